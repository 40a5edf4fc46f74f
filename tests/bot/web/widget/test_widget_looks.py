"""The widget as it is seen: narrow, dark, right to left, in other words and other colours, without motion."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.widget_browser import Reader, answer, ask, embed, events, said, told

CHAT = "<onrecord-chat></onrecord-chat>"


def colour(page: Page, part: str, name: str = "backgroundColor") -> str:
    return str(page.locator(part).first.evaluate(f"one => getComputedStyle(one).{name}"))


@pytest.mark.parametrize(("width", "zoom"), [(320, 1), (640, 2)])
def test_nothing_is_wider_than_a_phone(reader: Reader, paper: str, width: int, zoom: int) -> None:
    page = reader.opens(f"{paper}/demo/articles/toll", viewport={"width": width // zoom, "height": 500})
    ask(page)
    page.locator(".prose .cite").first.click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    card = page.get_by_role("dialog").bounding_box()
    assert card and (card["x"], card["width"]) == (0, width // zoom)


def test_dark_follows_the_reader_unless_the_page_says(reader: Reader, paper: str) -> None:
    page = reader.page(color_scheme="dark")
    embed(page, paper, "<onrecord-chat></onrecord-chat><onrecord-chat theme=light></onrecord-chat>")
    dark, light = (
        page.locator(".chat").nth(n).evaluate("one => getComputedStyle(one).backgroundColor") for n in (0, 1)
    )
    assert (dark, light) == ("rgb(23, 24, 26)", "rgb(255, 255, 255)")
    page.emulate_media(color_scheme="light")
    assert colour(page, ".chat") == "rgb(255, 255, 255)"
    page.locator("onrecord-chat").first.evaluate("chat => chat.setAttribute('theme', 'dark')")
    assert colour(page, ".chat") == "rgb(23, 24, 26)"


def test_colours_and_type_are_the_publisher_s(reader: Reader, paper: str) -> None:
    page = reader.page()
    style = "body { font-family: Georgia } onrecord-chat { --onrecord-accent: #8a1538; --onrecord-radius: 0 }"
    embed(page, paper, CHAT, head=f"<style>{style}</style>")
    assert colour(page, ".main") == "rgb(138, 21, 56)" and colour(page, ".chat", "fontFamily") == "Georgia"
    assert colour(page, ".main", "borderRadius") == "0px"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_that_answer_are_bold_in_the_colour_of_the_text(reader: Reader, paper: str, scheme: str) -> None:
    page = reader.page(color_scheme=scheme)
    highlights = [{"start": 12, "end": 18}]
    page.route("**/v1/ask", events(("done", answer("The pier is closed.", highlights=highlights))))
    embed(page, paper, CHAT)
    ask(page)
    assert page.locator("mark").inner_text() == "closed"
    assert colour(page, "mark", "color") == colour(page, ".prose", "color")
    assert colour(page, "mark") == "rgba(0, 0, 0, 0)" and colour(page, "mark", "fontWeight") == "700"


def test_right_to_left_pages_are_mirrored_and_texts_keep_their_direction(reader: Reader, paper: str) -> None:
    page = reader.page()
    page.route("**/v1/ask", events(("done", answer("الرصيف مغلق.\n\nThe pier is closed."))))
    embed(page, paper, CHAT, html="lang=ar dir=rtl")
    field, send = page.locator("textarea").bounding_box(), page.locator("button.main").first.bounding_box()
    assert field and send and send["x"] < field["x"]
    ask(page)
    paragraphs = page.locator(".prose p")
    ask(page, "لماذا؟")
    assert page.locator(".question").last.evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert [paragraphs.nth(n).evaluate("one => getComputedStyle(one).direction") for n in (0, 1)] == ["rtl", "ltr"]


def test_motion_stops_for_those_who_want_none(reader: Reader, paper: str) -> None:
    page = reader.opens(f"{paper}/demo", reduced_motion="reduce")
    page.get_by_role("button", name="Ask our articles").click()
    assert colour(page, ".panel", "animationName") == "none"
    page.emulate_media(reduced_motion="no-preference")
    assert colour(page, ".panel", "animationName") == "arrive"


def test_ukrainian_by_the_page_s_language(reader: Reader, paper: str) -> None:
    page = reader.page()
    told_at = "2025-05-02T10:00:00+00:00"
    page.route("**/v1/ask", events(("done", answer(newest_source="2025-03-11", indexed_at=told_at))))
    embed(page, paper, CHAT, html="lang=uk-UA")
    page.get_by_label("Ваше запитання").fill("Що сказав Рубіо?")
    page.get_by_role("button", name="Запитати").click()
    expect(page.locator(".foot")).to_contain_text("Найновіше джерело 11 березня 2025 р., покажчик оновлено")
    page.locator("onrecord-chat").evaluate("chat => { chat.lang = 'en'; chat.strings = { send: 'Go' } }")
    expect(page.get_by_role("button", name="Go")).to_be_visible()
    expect(page.locator(".foot")).to_contain_text("Newest source 11 March 2025")


def test_words_are_replaced_by_an_attribute(reader: Reader, paper: str) -> None:
    page = reader.page()
    words = '{"title": "Frag das Archiv", "errors": {"offline": "Kein Netz."}}'
    embed(page, paper, f"<onrecord-chat strings='{words}'></onrecord-chat>", html="lang=it")
    expect(page.get_by_role("region", name="Frag das Archiv")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_label("Your question").fill("Warum?")
    page.get_by_label("Your question").press("Enter")
    expect(page.locator(".failure")).to_have_text("Kein Netz.")


def test_nothing_is_built_or_fetched_before_the_panel_opens(reader: Reader, paper: str) -> None:
    page, fetched = reader.page(), list[str]()
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(f"{paper}/demo")
    expect(page.get_by_role("button", name="Ask our articles")).to_be_visible()
    assert page.locator("onrecord-chat").evaluate("chat => chat.shadowRoot.querySelectorAll('.chat').length") == 0
    assert fetched == [f"{paper}/demo", f"{paper}/demo/style.css", f"{paper}/widget.js"]


def test_an_article_is_named_by_its_canonical_address(reader: Reader, paper: str) -> None:
    page = reader.page()
    page.route("**/v1/ask", events(("done", answer())))
    head = "<link rel=canonical href='https://courier.example/pier?id=7#top'>"
    embed(page, paper, "<onrecord-chat article=auto></onrecord-chat>", head=head)
    ask(page)
    assert told(page, "question")[0]["article"] == "https://courier.example/pier?id=7"
    assert said(page) == "The pier is closed."
