"""The widget without a mouse: what has focus, where it goes, what Escape closes."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.support.widget_browser import ASK, TOLL, Reader, ask, told

PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "reduced_motion": "reduce"}


def focused(page: Page) -> str:
    """What has focus, by its label or text."""
    return str(
        page.evaluate(
            """() => {
              let at = document.activeElement;
              while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
              return at === document.body ? "" : at.getAttribute("aria-label") ?? at.textContent.trim();
            }"""
        )
    )


def test_everything_can_be_done_with_keys(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo")
    page.get_by_role("button", name="Ask our articles").focus()
    page.keyboard.press("Enter")
    assert focused(page) == ASK
    page.keyboard.type("What did Brandt say")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("about the toll?")
    assert page.get_by_label(ASK).input_value() == "What did Brandt say\nabout the toll?"
    page.keyboard.press("Enter")
    page.locator(".actions").wait_for()
    assert focused(page) == ASK and page.get_by_label(ASK).input_value() == ""
    page.locator(".prose .cite").first.focus()
    page.keyboard.press("Enter")
    assert focused(page) == "Source 1: Council votes for the bridge toll"
    page.keyboard.press("Tab")
    assert focused(page) == "Close"
    page.keyboard.press("Tab")
    assert focused(page) == "Open the article at these words"


def test_escape_closes_the_card_then_the_panel_and_focus_returns(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo")
    page.get_by_role("button", name="Ask our articles").press("Enter")
    ask(page)
    page.locator(".prose .cite").first.press("Enter")
    card = page.get_by_role("dialog", name="Source 1")
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    assert focused(page) == "[1] Council votes for the bridge toll"
    expect(page.get_by_role("dialog", name="Ask our articles")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Ask our articles")).to_be_hidden()
    assert focused(page) == "Ask our articles"
    assert (len(told(page, "open")), len(told(page, "close"))) == (1, 1)


def test_tab_leaves_a_card_behind_its_number(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo")
    page.get_by_role("button", name="Ask our articles").press("Enter")
    ask(page, "How much will lorries pay for a crossing, and how many passengers did the ferries carry last year?")
    page.locator(".prose .cite").first.press("Enter")
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_role("dialog", name="Source 1")).to_be_hidden()
    assert focused(page) == "[2] A good year for the ferries", "the next one after the number"


def test_a_phone_s_panel_keeps_focus_inside(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo", **PHONE)
    page.get_by_role("button", name="Ask our articles").press("Enter")
    dialog = page.get_by_role("dialog", name="Ask our articles")
    assert dialog.evaluate("dialog => dialog.matches(':modal')")
    assert dialog.bounding_box() == {"x": 0, "y": 0, "width": 320, "height": 640}
    seen = set[str]()
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.add(focused(page))
    starters = {f"What did {name} say?" for name in ("Boris Quill", "Daniel Okoro", "Ilse Brandt")}
    assert seen - {""} == {ASK, "Ask", "Close"} | starters, "nothing of the page; empty is the browser's own bar"


def test_a_desktop_s_panel_lets_the_page_be_read(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo")
    page.get_by_role("button", name="Ask our articles").click()
    assert not page.get_by_role("dialog", name="Ask our articles").evaluate("dialog => dialog.matches(':modal')")
    page.get_by_role("link", name="Ninety days on the pier").focus()
    assert focused(page) == "Ninety days on the pier"


def test_words_under_composition_are_not_sent(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/toll")
    field = page.get_by_label(ASK)
    field.fill(TOLL)
    field.evaluate("field => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true }))")
    assert page.locator(".turn").count() == 0 and field.input_value() == TOLL


def test_focus_is_visible(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/toll")
    ask(page)
    page.keyboard.press("Tab")
    assert focused(page) == "Ask"
    style = page.locator("button.main").first.evaluate("one => getComputedStyle(one).outlineStyle")
    assert style == "solid"
