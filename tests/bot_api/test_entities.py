from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bot_api.entities import Refusal, checked_link, kept, message_text, offsets, parsed_entities, shown, units
from tests.bot_api.html_markup import from_html
from tests.bot_api.markdown_markup import from_markdown

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
WORDS = st.text("aé漢😀🇬🇧 ", min_size=1, max_size=20)


def entity(kind: str, offset: int, length: int, **more: object) -> dict[str, object]:
    return {"type": kind, "offset": offset, "length": length} | more


@given(TEXTS)
def test_units_are_what_utf_16_counts(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le")) // 2 == offsets(text)[-1]


@given(WORDS, WORDS, WORDS)
def test_an_entity_shows_the_words_it_was_put_on(before: str, words: str, after: str) -> None:
    text, entities = from_html(f"{before}<b>{words}</b>{after}")
    assert text == before + words + after
    assert [shown(text, one) for one in entities] == [words]


@given(TEXTS, TEXTS, TEXTS)
def test_cleaning_and_trimming_keep_entities_on_their_words(before: str, words: str, after: str) -> None:
    result = kept(before + words + after, [entity("bold", units(before), units(words))])
    assert result.text == result.text.strip()
    for one in result.entities:
        assert shown(result.text, one).strip() in kept(words, []).text
        assert one["offset"] + one["length"] <= units(result.text)


@given(TEXTS)
def test_escaped_text_comes_back(text: str) -> None:
    assert from_html(escape(text)) == (text, [])


@pytest.mark.parametrize(
    ("offset", "length", "reason"),
    [
        (0, 4, "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 3"),
        (1, 2, "entity begins in a middle of a UTF-16 symbol at UTF-16 offset 1"),
        (0, 1, "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at UTF-16 offset 1"),
        (-1, 2, "entity has a negative offset or length"),
    ],
)
def test_an_entity_outside_or_inside_a_character_is_refused(offset: int, length: int, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        kept("😀a", [entity("bold", offset, length)])


@pytest.mark.parametrize(
    "given_",
    ["no list", [{"type": "blink", "offset": 0, "length": 1}], [{"type": "bold", "offset": "0", "length": 1}]],
)
def test_entities_of_unknown_shape_are_refused(given_: object) -> None:
    with pytest.raises(Refusal, match="can't parse"):
        parsed_entities(given_)


def test_a_message_has_one_to_4096_units_after_parsing() -> None:
    assert message_text(kept(*from_html("<b>" + "&amp;" * 4096 + "</b>")))
    assert message_text(kept("😀" * 2048, []))
    with pytest.raises(Refusal, match="message is too long"):
        message_text(kept("😀" * 2048 + "a", []))
    with pytest.raises(Refusal, match="text must be non-empty"):
        message_text(kept(" \n\u202a\r", []))


def test_entities_beyond_a_hundred_are_lost_and_noted() -> None:
    result = kept("a" * 101, [entity("bold", at, 1) for at in range(101)])
    assert len(result.entities) == 100
    assert result.lost == ["more than 100 entities: 101"]
    assert not kept("a" * 100, [entity("bold", at, 1) for at in range(100)]).lost


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("blockquote", "blockquote"),
        ("blockquote", "expandable_blockquote"),
        ("pre", "bold"),
        ("code", "italic"),
        ("bold", "code"),
        ("bold", "bold"),
    ],
)
def test_what_may_not_stand_inside_is_lost_and_noted(outer: str, inner: str) -> None:
    result = kept("abc", [entity(inner, 1, 1), entity(outer, 0, 3)])
    assert [one["type"] for one in result.entities] == [outer]
    assert result.lost == [f"{inner} inside {outer} at 1"]


def test_quotes_hold_everything_but_quotes() -> None:
    inner = [entity(kind, at, 1) for at, kind in enumerate(["bold", "code", "pre", "spoiler"])]
    assert kept("abcd", [*inner, entity("blockquote", 0, 4)]).lost == []


def test_entities_that_overlap_are_noted() -> None:
    result = kept("abc", [entity("bold", 0, 2), entity("italic", 1, 2)])
    assert result.lost == ["entities overlap: italic at 1"]


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://example.org", "https://example.org/"),
        ("example.org/a", "http://example.org/a"),
        ("https://example.org/a?b=1#:~:text=a%20b,c", "https://example.org/a?b=1#:~:text=a%20b,c"),
        ("tg://user?id=1", "tg://user?id=1"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/a"),
        ("file:///home/a.md", None),
        ("javascript:alert(1)", None),
        ("http://localhost/a", None),
        ("https://", None),
        ("https://exa mple.org/", None),
        ("https://example.org:port/", None),
    ],
)
def test_links_that_lead_nowhere_are_lost_and_noted(url: str, known: str | None) -> None:
    assert checked_link(url) == known
    result = kept("a", [entity("text_link", 0, 1, url=url)])
    assert [one["url"] for one in result.entities] == ([known] if known else [])
    assert result.lost == ([] if known else [f"link dropped: {url!r}"])


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("a <p>b</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("é <b>b", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é </b>", "Unexpected end tag at byte offset 3"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a href=b/c>d</a>", "Unexpected end of name token at byte offset 0"),
        ("<a =b>d</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ('<span class="red">a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_html_that_telegram_cannot_parse_is_refused_in_its_words(source: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        from_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<strong>a</strong><ins>b</ins>", "ab", [("bold", 0, 1), ("underline", 1, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ("<blockquote><b>a</b>c</blockquote>", "ac", [("bold", 0, 1), ("blockquote", 0, 2)]),
        ('<pre><code class="language-py">a</code></pre>', "a", [("pre", 0, 1)]),
        ("<tg-spoiler>a</tg-spoiler><b></b>", "a", [("spoiler", 0, 1)]),
        ("&lt;&#128512;&#x41;&nbsp;&", "<😀A&nbsp;&", []),
        ("<B>a</>", "a", [("bold", 0, 1)]),
    ],
)
def test_html_becomes_text_and_entities(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    plain, found = from_html(source)
    assert plain == text
    assert [(one["type"], one["offset"], one["length"]) for one in found] == entities


def test_a_link_in_html_keeps_its_address_and_a_link_to_a_user_mentions() -> None:
    _, (link, mention) = from_html("<a href='https://a.org/?x=1&amp;y=2'>a</a><a href=\"tg://user?id=7\">b</a>")
    assert link["url"] == "https://a.org/?x=1&y=2"
    assert (mention["type"], mention["user"]["id"]) == ("text_mention", 7)


def test_markdown_becomes_text_and_entities() -> None:
    text, found = from_markdown(r"*a* _b_ __c__ ~d~ ||e|| `f` [g](https://a.org/\)) 1\.")
    assert text == "a b c d e f g 1."
    kinds = ["bold", "italic", "underline", "strikethrough", "spoiler", "code", "text_link"]
    assert [(one["type"], shown(text, one)) for one in found] == list(zip(kinds, "abcdefg", strict=True))
    assert from_markdown(">a\n>b\nc") == ("a\nb\nc", [entity("blockquote", 0, 3)])


@pytest.mark.parametrize(
    ("source", "reason"), [("a.", "'.' is reserved"), ("*a", "end of Bold entity at byte offset 0")]
)
def test_markdown_that_is_not_escaped_is_refused(source: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        from_markdown(source)
