"""The widget in a browser: asked, answered sentence by sentence, cited, led to the words."""

import pytest
from playwright.sync_api import Page, expect

from bot.service.turns import article_turn
from retrieval.index.store import Store
from tests.support.endpoint_standin import HOLD, Answer, Asked, Standin, data, delta
from tests.support.marked_answers import FOURTEEN, PASSENGERS, marked_answer
from tests.support.model_answers import COST, conversing, number_of
from tests.support.newsroom import LORRIES, VELDE
from tests.support.widget_browser import ASK, TOLL, WORDS, Reader, answer, ask, events, said, serving, told

FIRST, SECOND = "Lorries will pay 14 crowns a crossing from 1 September.", "The ferries have been forgotten."


def test_an_answer_has_numbers_sources_and_freshness(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/long")
    ask(page)
    assert "The toll will pay for the ferries" in said(page)
    expect(page.get_by_role("button", name="[1] Council votes for the bridge toll").first).to_be_visible()
    expect(page.locator(".sources li")).to_have_count(1)
    expect(page.locator(".sources")).to_contain_text("Quay Gazette · Nia Roth · 2 May 2025 · updated 4 May 2025")
    expect(page.locator(".foot")).to_contain_text("Newest source 2 May 2025, index updated")
    assert len(told(page, "question")) == len(told(page, "answer")) == 1


def test_a_source_says_that_it_was_corrected_and_where_else_it_stands(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/toll")
    copies = [{"article": name, "outlet": name, "url": ""} for name in ("Inland Times", "Gazette")]
    dates = {"published": "2025-05-02", "updated": "2025-05-04", "corrected": "2025-05-04T10:00:00+00:00"}
    article = {
        "article": "pier",
        "url": "",
        "deep_link": "",
        "title": "Pier closes",
        "outlet": "Gazette",
        "authors": [],
    }
    cited = {"number": 1, "quote": "The pier is closed.", "speaker": "", "copies": copies} | dates | article
    page.route("**/v1/ask", events(("done", answer("The pier is closed. [1]", citations=[cited]))))
    ask(page)
    since = "2 May 2025 · corrected on 4 May 2025 · also in Inland Times"
    expect(page.locator(".sources li")).to_contain_text(f"Gazette · {since}")
    page.locator(".prose .cite").click()
    expect(page.get_by_role("dialog", name="Source 1").locator(".facts")).to_have_text(since)


def test_a_number_opens_a_card_with_the_quote(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/long")
    ask(page)
    page.locator(".prose .cite").first.click()
    card = page.get_by_role("dialog", name="Source 1: Council votes for the bridge toll")
    for shown in ("Quay Gazette", "Council votes for the bridge toll", "2 May 2025", "Ilse Brandt, in this article"):
        expect(card).to_contain_text(shown)
    expect(card.get_by_role("blockquote")).to_contain_text("nobody who lives on the island will pay twice")
    link = card.get_by_role("link", name="Open the article at these words")
    assert (link.get_attribute("href") or "").startswith("https://example.org/toll#:~:text=")
    assert (link.get_attribute("rel"), link.get_attribute("target")) == ("noopener nofollow", "_blank")
    page.locator("article").first.click(position={"x": 5, "y": 5})
    expect(card).to_be_hidden()
    assert [cited["action"] for cited in told(page, "cite")] == ["show"]


def holds_the_words_in_view(page: Page) -> None:
    expect(page.locator("article p", has_text="A pier that nobody repairs")).to_be_in_viewport()
    assert page.evaluate("scrollY") > 500


def test_a_link_opens_the_article_scrolled_to_the_words(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo")
    page.get_by_role("button", name="Ask our articles").click()
    ask(page, "What did Ines Falk say about the pier?")
    assert "nobody repairs" in said(page)
    page.locator(".prose .cite").first.click()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the article at these words").click()
    article = opened.value
    holds_the_words_in_view(article)
    assert article.url.startswith(f"{paper}/demo/articles/long#:~:text=")


def test_words_of_this_page_are_scrolled_to(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/long")
    ask(page, "What did Ines Falk say about the pier?")
    page.locator(".prose .cite").first.click()
    page.evaluate("scrollTo(0, 0)")
    link = page.get_by_role("link", name="Show these words on this page")
    assert link.get_attribute("target") is None
    link.click()
    holds_the_words_in_view(page)
    assert page.evaluate("location.hash") == "" and len(page.context.pages) == 1
    assert WORDS[1:20] in page.locator("article").inner_text()


def test_what_the_articles_do_not_say_offers_the_nearest(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/long")
    ask(page, "How much did the bridge cost?")
    assert said(page) == "The articles do not answer this."
    expect(page.locator(".sources .heading")).to_have_text("Nearest articles")
    assert page.locator(".sources li a").count() >= 1 and page.locator(".cite").count() == 0


def writes_slowly(asked: Asked) -> Answer:
    prompt = asked.body["messages"][-1]["content"]
    first = f"{FIRST} [{number_of(prompt, LORRIES)}] "
    return Answer(
        [data(delta(first)), data(delta("The ")), 1.0, data(delta(f"“ferries” are {SECOND}")), data(delta("", "stop"))]
    )


def test_sentences_come_one_by_one_and_are_announced_once(reader: Reader, store: Store) -> None:
    with conversing(store, writes_slowly) as (conversation, _), serving(store, conversation) as address:
        page = reader.opens(f"{address}/demo/articles/toll")
        page.get_by_label(ASK).fill(COST)
        page.get_by_label(ASK).press("Enter")
        expect(page.locator(".prose")).to_contain_text(FIRST)
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        assert page.locator(".sources").count() == 0 and page.evaluate("announced") == []
        page.locator(".actions").wait_for()
        expect(page.get_by_role("button", name="Stop")).to_be_hidden()
        assert page.evaluate("announced") == [f"{FIRST} 1 source."]


def test_the_words_that_answer_are_marked_while_the_answer_comes_and_in_the_quote(
    reader: Reader, paper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(article_turn, "answer_question", marked_answer(pause=1.0))
    page = reader.opens(f"{paper}/demo/articles/long")
    page.get_by_label(ASK).fill(COST)
    page.get_by_label(ASK).press("Enter")
    expect(page.locator(".prose mark")).to_have_text([FOURTEEN])
    assert page.locator(".actions").count() == 0
    page.locator(".actions").wait_for()
    expect(page.locator(".prose mark")).to_have_text([FOURTEEN, PASSENGERS])
    page.locator(".prose .cite").last.click()
    expect(page.get_by_role("blockquote").locator("mark")).to_have_text([PASSENGERS])
    page.reload()
    expect(page.locator(".prose mark")).to_have_text([FOURTEEN, PASSENGERS])


def test_any_words_may_be_marked(reader: Reader, paper: str) -> None:
    text = "🛳🛳 “It is <b>14</b>\ncrowns,” she\n\nsaid on [7] Monday. [1] “Yes.”"
    parts = ("🛳 “It is <b>14</b>\ncrowns,” she\n\nsaid", "on [7] Monday. [1] “Yes.")
    highlights = [{"start": text.index(part), "end": text.index(part) + len(part)} for part in parts]
    cited = {"number": 1, "article": "a", "title": "A", "quote": text, "highlights": highlights, "published": ""}
    page = reader.opens(f"{paper}/demo/articles/toll")
    whole = answer(text, highlights=highlights, citations=[cited | {"url": "", "deep_link": "", "authors": []}])
    page.route("**/v1/ask", events(("done", whole)))
    ask(page)
    marks = page.locator(".prose mark").evaluate_all("marks => marks.map((one) => one.textContent)")
    assert marks == ["🛳 ", "“It is <b>14</b>\ncrowns,”", " she", "said", "on", " [7]", " Monday.", " ", "“Yes."]
    shown = said(page)
    page.unroute("**/v1/ask")
    page.route("**/v1/ask", events(("done", whole | {"highlights": []})))
    ask(page)
    assert said(page) == shown
    page.locator(".prose .cite").first.click()
    expect(page.get_by_role("blockquote").locator("p")).to_have_count(2)
    expect(page.get_by_role("blockquote").locator("mark")).to_have_count(3)


def test_stopping_ends_the_model_and_trying_again_answers(reader: Reader, store: Store) -> None:
    def holds(asked: Asked) -> Answer:
        return Answer([*writes_slowly(asked).steps[:2], HOLD])

    with conversing(store, holds, writes_slowly) as (conversation, server), serving(store, conversation) as address:
        page = reader.opens(f"{address}/demo/articles/toll")
        page.get_by_label(ASK).fill(COST)
        page.get_by_label(ASK).press("Enter")
        expect(page.locator(".prose")).to_contain_text(FIRST)
        page.get_by_role("button", name="Stop").click()
        expect(page.locator(".foot")).to_contain_text("Stopped.")
        assert server.left(), "the model was told"
        page.get_by_role("button", name="Try again").click()
        page.locator(".actions").wait_for()
        assert page.locator(".turn").count() == 1 and FIRST in said(page)
    assert isinstance(server, Standin)


def test_new_text_scrolls_only_for_a_reader_at_the_end(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/long")
    page.route("**/v1/ask", events(("done", answer("\n\n".join(["A long sentence. "] * 60)))))
    ask(page)
    log = page.get_by_role("log")
    first = page.locator(".question").first
    assert log.evaluate("log => log.scrollTop") == 0, "a question is never scrolled away by its own answer"
    log.evaluate("log => { log.scrollTop = 300 }")
    ask(page, "And then?")
    expect(page.locator(".question").last).to_be_in_viewport()
    expect(first).not_to_be_in_viewport()


def test_copying_takes_the_sources_along(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/long", permissions=["clipboard-read", "clipboard-write"])
    ask(page, "Who said that Brandt has forgotten the ferries?")
    page.get_by_role("button", name="Copy with sources").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert VELDE[1:30] in copied and "\n\nSources:\n[1]" in copied and "https://example.org/ferry#:~:text=" in copied


def test_starter_questions_are_asked_and_go(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/toll")
    page.get_by_role("button", name="What did Ilse Brandt say?").click()
    page.locator(".actions").wait_for()
    expect(page.locator(".starters")).to_be_hidden()
    assert told(page, "question") == [{"question": "What did Ilse Brandt say?", "article": "https://example.org/toll"}]


def test_a_greeting_is_greeted_with_questions_to_press_and_nothing_to_rate(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/toll")
    page.get_by_label("Your question").fill("hello there")
    page.get_by_label("Your question").press("Enter")
    suggested = page.locator(".suggestions button")
    suggested.first.wait_for()
    expect(page.locator(".prose")).to_have_text("Hello! Ask me about what these articles say.")
    expect(page.locator(".actions, .sources")).to_have_count(0)
    suggested.first.click()
    page.locator(".actions").wait_for()
    expect(page.locator(".turn")).to_have_count(2)


def test_a_list_of_articles_has_a_number_each(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/toll")
    ask(page, "articles by Nia Roth")
    assert "Council votes for the bridge toll" in said(page)
    expect(page.locator(".sources li").first).to_contain_text("Quay Gazette · Nia Roth · 2 May 2025")


def test_all_articles_can_be_asked_from_an_article(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo/articles/long")
    ask(page)
    page.get_by_label("All articles").check()
    ask(page)
    assert [asked["article"] for asked in told(page, "question")] == ["long", ""]
    assert TOLL in page.locator(".question").last.inner_text()
