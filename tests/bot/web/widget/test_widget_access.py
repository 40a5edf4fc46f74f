"""The widget for those who cannot see it or see little: axe-core finds nothing, the tree says what is there."""

from importlib import util
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.widget_browser import Reader, answer, ask, events, failing

TREE = """
- region "Ask our articles":
  - paragraph: Ask our articles
  - button "Start over"
  - log "Questions and answers":
    - paragraph: "Question: What did Brandt say about the toll?"
    - paragraph:
      - text: /The toll will pay/
      - button "[1] Council votes for the bridge toll"
"""
FORM = """
- group "Where to look":
  - radio "This article first" [checked]
  - radio "All articles"
- textbox "Your question"
- button "Ask"
"""


def axe() -> str:
    """axe-core as a Python package carries it."""
    found = util.find_spec("axe_playwright_python")
    if not found or not found.origin:
        pytest.fail("axe-playwright-python is missing; install the dev dependencies.")
    return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")


def violations(page: Page) -> list[str]:
    """What axe-core finds on the whole page, the shadow trees included."""
    page.evaluate(axe())
    found = page.evaluate("axe.run().then((results) => results.violations)")
    return [f"{one['id']}: {node['html'][:120]} {node['failureSummary']}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_an_article(reader: Reader, paper: str, scheme: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/long", color_scheme=scheme, reduced_motion="reduce")
    assert violations(page) == []
    ask(page)
    page.route("**/v1/ask", events(("done", answer("Closed.", notes=["No article mentions Lavrov."]))))
    ask(page, "And the pier?")
    page.get_by_role("button", name="Not helpful").last.click()
    page.route("**/v1/ask", failing(429, "rate_limited", **{"Retry-After": "60"}))
    page.get_by_label("Your question").fill("And then?")
    page.get_by_label("Your question").press("Enter")
    expect(page.locator(".failure")).to_be_visible()
    page.locator(".prose .cite").first.click()
    assert violations(page) == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_axe_finds_nothing_in_the_panel(reader: Reader, paper: str, scheme: str, width: int) -> None:
    page = reader.opens(
        f"{paper}/demo", color_scheme=scheme, viewport={"width": width, "height": 700}, reduced_motion="reduce"
    )
    assert violations(page) == []
    page.get_by_role("button", name="Ask our articles").click()
    assert violations(page) == []
    ask(page)
    page.locator(".prose .cite").first.click()
    assert violations(page) == []


def test_the_accessibility_tree_reads_as_a_conversation(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/toll")
    ask(page)
    chat = page.get_by_role("region", name="Ask our articles")
    expect(chat).to_match_aria_snapshot(TREE)
    expect(chat).to_match_aria_snapshot(FORM)
    page.locator(".prose .cite").first.click()
    expect(page.get_by_role("dialog")).to_match_aria_snapshot(
        "- dialog:\n"
        '  - button "Close"\n  - paragraph: Quay Gazette\n  - blockquote\n'
        '  - link "Show these words on this page"'
    )


def test_each_answer_is_announced_once(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/toll")
    sentences = [("sentence", {"text": f" Sentence {n}."}) for n in range(8)]
    text = "".join(told["text"] for _, told in sentences)
    page.route("**/v1/ask", events(*sentences, ("done", answer(text))))
    ask(page)
    ask(page, "Once more?")
    assert page.evaluate("announced") == [text.strip()] * 2
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "off")
