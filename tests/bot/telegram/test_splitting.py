"""Any text becomes messages that Telegram accepts, and nothing of it is lost."""

import regex
from hypothesis import example, given
from hypothesis import strategies as st

from bot.telegram.messages.rich_text import RichText, bold, join, link, plain, safe_url
from bot.telegram.messages.splitting import MAX_ENTITIES, MAX_UNITS, FormattedText, split_messages
from tests.bot_api.entities import kept, message_text, shown

FAMILY = "👨‍👩‍👧‍👦"
HARD = st.sampled_from(
    [FAMILY, "🇺🇦", "é", "שלום", "مرحبا", "<b>&amp;", "𝔘", "\u202e", "\r\n", "\ud800", "[1]", "\n\n", ". ", "x" * 700]
)
TEXTS = st.lists(st.one_of(st.text(), HARD, st.integers(1, 3000).map("a".__mul__)), max_size=12).map("".join)
URLS = st.one_of(
    st.text(), st.sampled_from(["https://example.org/a?b=<c>&d#:~:text=é", "javascript:alert(1)", "file:///etc/passwd"])
)
PARTS = st.one_of(
    TEXTS.map(plain),
    st.builds(link, TEXTS.map(lambda text: text[:300]), URLS),
    TEXTS.map(lambda text: plain(text).wrapped("expandable_blockquote")),
    st.text(max_size=40).map(bold),
)
RICH = st.lists(PARTS, max_size=8).map(lambda parts: sum(parts, RichText()))


def squeezed(text: str) -> str:
    return "".join(text.split())


def accepted(message: FormattedText) -> None:
    """Telegram takes the message as it is: it changes no character and drops no entity."""
    entities = [
        {"type": one.kind, "offset": one.offset, "length": one.length} | ({"url": one.url} if one.url else {})
        for one in message.entities
    ]
    result = message_text(kept(message.text, entities))
    assert result.text == message.text
    assert not result.lost
    assert len(result.entities) == len(entities) <= MAX_ENTITIES


@given(RICH)
@example(plain(FAMILY * 1000))
@example(plain("x" * 10_000))
@example(plain("Сказали. " * 2000))
@example(sum((link("[1]", "https://example.org") for _ in range(250)), RichText()))
@example(plain("y" * 9000).wrapped("expandable_blockquote"))
def test_telegram_takes_every_message_and_no_character_is_lost(rich: RichText) -> None:
    messages = split_messages(rich)
    for message in messages:
        accepted(message)
    seen = "".join(squeezed(message.text) for message in messages)
    assert seen == squeezed(rich.text) or not any(map(str.isprintable, squeezed(rich.text)))


@given(TEXTS)
def test_characters_as_readers_see_them_stay_whole(text: str) -> None:
    rich = plain(text)
    whole = {found for found in regex.findall(r"\X", rich.text) if len(found.encode("utf-16-le")) < 2 * MAX_UNITS}
    for message in split_messages(rich):
        assert all(found in whole or found.isspace() for found in regex.findall(r"\X", message.text))


@given(st.lists(TEXTS.map(lambda text: text[:800]), min_size=1, max_size=30))
def test_a_link_is_never_cut(texts: list[str]) -> None:
    rich = join((plain(text) + link("[12]", "https://example.org/a") for text in texts), " ")
    marked = [shown(one.text, vars_of(entity)) for one in split_messages(rich) for entity in one.entities]
    assert marked == ["[12]"] * len(texts)


def vars_of(entity: object) -> dict[str, int]:
    return {"offset": entity.offset, "length": entity.length}  # type: ignore[attr-defined]


def test_cuts_come_between_paragraphs_then_sentences_then_words() -> None:
    paragraph = "One two three. Four five six [1]. " * 40
    first, second = split_messages(plain(f"{paragraph.strip()}\n\n{paragraph.strip()}"), most=1500)
    assert first.text == second.text == paragraph.strip()
    assert all(one.text.endswith(("three.", "[1].")) for one in split_messages(plain(paragraph), most=100))
    assert all(one.text.split()[-1] in ("word", "other") for one in split_messages(plain("word other " * 50), most=64))


def test_a_citation_stays_with_its_sentence() -> None:
    text = "This is said. [1] " * 20
    assert all(one.text.endswith("[1]") for one in split_messages(plain(text), most=50))


def test_what_shows_nothing_is_no_message() -> None:
    assert split_messages(plain(" \u200b\n\ufeff ")) == ()


def test_only_addresses_that_telegram_links_are_links() -> None:
    assert safe_url("https://example.org/a b<c>") == "https://example.org/a%20b%3Cc%3E"
    for url in (
        "",
        "file:///a/b.md",
        "javascript:alert(1)",
        "http://localhost/a",
        "//example.org",
        "https://",
        "https://[",
        "tg://user?id=1",
    ):
        assert safe_url(url) == ""
    fragment = f"https://example.org/a#:~:text={'x' * 3000}"
    assert safe_url(fragment) == "https://example.org/a"
    assert safe_url(f"https://example.org/{'a' * 3000}") == ""
