"""The widget when something is wrong: one friendly sentence and a way on; hostile text is only text."""

import pytest
from playwright.sync_api import Route, expect

from tests.support.widget_browser import ASK, TOLL, Reader, answer, ask, embed, events, failing, said, told

GONE = "There is no connection to our articles."
CITED = {
    "number": 1,
    "article": "a",
    "url": "javascript:window.taken=1",
    "deep_link": "javascript:window.taken=1#:~:text=x",
    "title": "<img src=x onerror='window.taken=1'>",
    "outlet": "<b>Bold</b>",
    "authors": ["<i>A</i>"],
    "published": "2025-05-02",
    "updated": "",
    "quote": "<script>window.taken=1</script>",
    "start": 0,
    "end": 5,
    "speaker": "<u>S</u>",
}


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (429, "rate_limited", "That was a lot of questions. Please wait a moment."),
        (503, "busy", "Many readers are asking at once."),
        (503, "index_unavailable", "Our articles cannot be searched right now."),
        (500, "internal", "Something went wrong on our side."),
    ],
)
def test_a_refusal_is_one_friendly_sentence(reader: Reader, paper: str, status: int, code: str, sentence: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/toll")
    page.route("**/v1/ask", failing(status, code, **{"Retry-After": "1"}))
    page.get_by_label(ASK).fill(TOLL)
    page.get_by_label(ASK).press("Enter")
    expect(page.locator(".failure")).to_contain_text(sentence)
    expect(page.get_by_role("button", name="Try again in 1 second")).to_be_disabled()
    page.unroute("**/v1/ask")
    page.get_by_role("button", name="Try again", exact=True).click()
    page.locator(".actions").wait_for()
    assert page.locator(".failure").count() == 0 and "The toll will pay" in said(page)
    assert [error["code"] for error in told(page, "error")] == [code]


def test_without_a_connection_it_says_so(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/toll")
    page.context.set_offline(True)
    page.get_by_label(ASK).fill(TOLL)
    page.get_by_label(ASK).press("Enter")
    expect(page.locator(".failure")).to_contain_text(GONE)
    assert page.evaluate("announced")[0].startswith(GONE)
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    page.locator(".actions").wait_for()


def test_an_answer_that_breaks_off_keeps_what_was_said(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/toll")
    page.route("**/v1/ask", events(("sentence", {"text": "It begins."})))
    page.get_by_label(ASK).fill(TOLL)
    page.get_by_label(ASK).press("Enter")
    expect(page.locator(".failure")).to_contain_text("broke off before the answer was complete")
    assert said(page) == "It begins."


def test_a_reload_continues_the_conversation(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/toll")
    ask(page)
    begun = told(page, "answer")[0]["conversation_id"]
    page.reload()
    expect(page.locator(".question")).to_contain_text(TOLL)
    assert page.evaluate("announced") == []
    ask(page, "And about the ferries?")
    assert told(page, "answer")[0]["conversation_id"] == begun
    page.reload()
    expect(page.locator(".question").last).to_be_in_viewport()
    assert page.locator(".turn").count() == 2 and page.context.cookies() == []


def test_a_conversation_that_is_not_known_begins_anew(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/toll")
    ask(page)
    page.evaluate(
        """() => { for (const [key, kept] of Object.entries(sessionStorage))
             sessionStorage[key] = JSON.stringify({ ...JSON.parse(kept), conversation: "lost" }) }"""
    )
    page.reload()
    ask(page)
    expect(page.locator(".turn").last).to_contain_text("this question began a new one")
    assert told(page, "answer")[0]["conversation_id"] not in ("", "lost") and told(page, "error") == []


def test_starting_over_forgets(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/toll")
    ask(page)
    with page.expect_request(lambda request: request.method == "DELETE"):
        page.get_by_role("button", name="Start over").click()
    page.reload()
    assert page.locator(".turn").count() == 0
    expect(page.get_by_role("button", name="What did Ilse Brandt say?")).to_be_visible()


def test_hostile_words_are_shown_as_words(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/hostile")
    expect(page.locator("article")).to_contain_text("<script>window.taken = 1</script> <img src=x")
    page.route(
        "**/v1/ask", events(("done", answer("See <b>this</b> ![x](https://example.org/x.png) [1]", citations=[CITED])))
    )
    ask(page)
    assert said(page).startswith("See <b>this</b> ![x](https://example.org/x.png)")
    page.locator(".prose .cite").click()
    card = page.get_by_role("dialog", name="Source 1")
    for text in (CITED["title"], CITED["quote"], CITED["outlet"], "<u>S</u>, in this article"):
        expect(card).to_contain_text(str(text))
    hrefs = page.locator("onrecord-chat a").evaluate_all("links => links.map((link) => link.href)")
    assert hrefs and all(href.startswith(f"{paper}/demo/articles/a#:~:text=%3Cscript%3E") for href in hrefs)
    assert page.locator("onrecord-chat img, onrecord-chat script, onrecord-chat b").count() == 0


def test_feedback_is_sent_with_its_reason(reader: Reader, paper: str) -> None:
    page, sent = reader.opens(f"{paper}/demo/articles/toll"), list[object]()

    def take(route: Route) -> None:
        sent.append(route.request.post_data_json)
        route.fulfill(status=204)

    page.route("**/v1/ask", events(("done", answer())))
    page.route("**/v1/feedback", take)
    ask(page)
    with page.expect_response("**/v1/feedback"):
        page.get_by_role("button", name="Not helpful").click()
    expect(page.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")
    with page.expect_response("**/v1/feedback"):
        page.get_by_role("button", name="Out of date").click()
    expect(page.locator(".foot")).to_contain_text("Thank you for telling us.")
    verdict = {"conversation_id": "c1", "turn": 1, "helpful": False}
    assert sent == [verdict, verdict | {"reason": "Out of date"}]


def test_a_site_s_token_is_renewed_once_and_kept_in_memory(reader: Reader, paper: str) -> None:
    page, tokens, asked = reader.page(), iter(["token-1", "token-2"]), list[str | None]()

    def session(route: Route) -> None:
        assert route.request.post_data_json == {"site": "courier"}
        route.fulfill(json={"token": next(tokens), "site": {"id": "courier", "starters": ["Why the pier?"]}})

    def gate(route: Route) -> None:
        asked.append(route.request.headers.get("authorization"))
        (failing(401, "unauthorized") if asked[-1] == "Bearer token-1" else events(("done", answer())))(route)

    page.route("**/v1/session", session)
    page.route("**/v1/ask", gate)
    embed(page, paper, "<onrecord-chat site=courier></onrecord-chat>")
    page.get_by_role("button", name="Why the pier?").click()
    page.locator(".actions").wait_for()
    assert asked == ["Bearer token-1", "Bearer token-2"]
    assert "token" not in page.evaluate("JSON.stringify(sessionStorage)")
