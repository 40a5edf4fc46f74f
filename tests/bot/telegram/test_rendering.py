"""An answer as messages: links, sources, the words they rest on; whatever the articles hold, Telegram takes it."""

from dataclasses import asdict
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.answering.messages import Answer, Citation, Highlight
from bot.telegram.messages.outgoing import Button, MessageTarget, inline_keyboard, message_from_dict, outgoing_messages
from bot.telegram.messages.rendering import answer_to_rich, citations_to_rich, claims_to_rich
from bot.telegram.messages.rich_text import RichText, plain
from bot.telegram.messages.splitting import FormattedText, split_messages
from retrieval.documents import Copy
from tests.bot.telegram.test_splitting import TEXTS, URLS, accepted, squeezed, vars_of
from tests.bot_api.entities import shown

NOW = datetime(2025, 5, 4, 12, tzinfo=UTC)


def citation(number: int = 1, article: str = "toll", quote: str = "A toll is a tax.", **facts: object) -> Citation:
    usual = {"url": f"https://example.org/{article}", "title": "A toll", "outlet": "Gazette", "authors": ("Nia Roth",)}
    link = {"deep_link": f"https://example.org/{article}#:~:text={number}", "published": "2025-05-02", "updated": ""}
    about = usual | link | facts
    return Citation(number=number, article=article, quote=quote, start=0, end=len(quote), **about)  # type: ignore[arg-type]


def answer(text: str, *citations: Citation, **facts: object) -> Answer:
    return Answer("Q?", "Q?", "answered", text, citations, **facts)  # type: ignore[arg-type]


def highlights(text: str, *words: str) -> tuple[Highlight, ...]:
    return tuple(Highlight(text.index(one), text.index(one) + len(one)) for one in words)


def in_bold(*messages: FormattedText) -> list[str]:
    return [shown(one.text, vars_of(mark)) for one in messages for mark in one.entities if mark.kind == "bold"]


SHORT = TEXTS.map(lambda text: text[:500])
HIGHLIGHTS = st.lists(st.integers(0, 600), max_size=8, unique=True).map(
    lambda ends: tuple(map(Highlight, sorted(ends)[:-1:2], sorted(ends)[1::2]))
)
CITATIONS = st.builds(
    citation,
    number=st.integers(1, 12),
    article=st.sampled_from(["toll", "ferry"]),
    quote=SHORT,
    url=URLS,
    deep_link=URLS,
    title=SHORT,
    outlet=SHORT,
    authors=st.lists(st.text(), max_size=3).map(tuple),
    published=st.one_of(st.text(), st.just("2025-05-02")),
    highlights=HIGHLIGHTS,
)


@given(TEXTS, HIGHLIGHTS, st.lists(CITATIONS, max_size=5), st.sampled_from(["answered", "partial", "no_answer"]))
def test_any_answer_is_taken_by_telegram(
    text: str, marked: tuple[Highlight, ...], cited: list[Citation], status: str
) -> None:
    facts = {"nearest": tuple(cited), "notes": (text,), "highlights": marked}
    made = Answer("Q?", "Q?", status, text, tuple(cited), **facts)  # type: ignore[arg-type]
    messages = split_messages(answer_to_rich(made, NOW))
    for message in (*messages, *split_messages(citations_to_rich(cited))):
        accepted(message)
    said = squeezed("".join(message.text for message in messages))
    assert said.startswith(squeezed(plain(text).text)) or not any(map(str.isprintable, squeezed(text)))


def test_a_source_says_that_it_was_corrected_and_where_else_it_stands() -> None:
    cited = citation(updated="2025-05-03", corrected="2025-05-04", copies=(Copy("ferry", "Inland Times", ""),))
    line = next(line for line in answer_to_rich(answer("One. [1]", cited), NOW).text.splitlines() if "Nia Roth" in line)
    assert line.endswith("2 May 2025, updated 3 May 2025, corrected on 4 May 2025, also in Inland Times")


def test_articles_are_listed_once_with_all_their_numbers() -> None:
    rich = answer_to_rich(answer("One. [1] Two. [2] Three. [3]", citation(1), citation(2, "ferry"), citation(3)), NOW)
    lines = rich.text.splitlines()
    assert [line for line in lines if line.startswith("[")] == [
        "[1] [3] Gazette, A toll, Nia Roth, 2 May 2025",
        "[2] Gazette, A toll, Nia Roth, 2 May 2025",
    ]


def test_an_article_without_an_address_is_cited_without_a_link() -> None:
    rich = answer_to_rich(answer("One. [1]", citation(url="", deep_link="")), NOW)
    assert "[1] Gazette, A toll" in rich.text
    assert not [mark for mark in rich.marks if mark.kind == "text_link"]


def test_a_number_that_cites_nothing_stays_as_it_is() -> None:
    rich = answer_to_rich(answer("In [7] we trust. [1]", citation()), NOW)
    assert rich.text.startswith("In [7] we trust. [1]")
    assert [rich.text[mark.start : mark.end] for mark in rich.marks if mark.kind == "text_link"][:1] == ["[1]"]


def test_the_words_that_answer_are_bold_in_the_answer_and_in_the_quote() -> None:
    quote = "🛳 The toll\n\nwill be 14 crowns [2] a crossing."
    text = f"👨‍👩‍👧‍👦\r\nSince May\u202e the toll is 14 crowns. [1]\n\n{quote} [2]"
    marked = highlights(text, "14 crowns", "14 crowns [2]")
    cited = (citation(1, quote=quote, highlights=highlights(quote, "toll\n\nwill be 14 crowns [2]")), citation(2))
    (message,) = split_messages(claims_to_rich(text, marked, cited))
    assert in_bold(message) == ["14 crowns", "14 crowns [2]"]
    accepted(message)
    (message,) = split_messages(citations_to_rich(cited))
    assert in_bold(message) == ["toll will be 14 crowns [2]"]
    accepted(message)


def test_the_words_that_answer_stay_bold_in_every_message_and_whole() -> None:
    claims = [f"🛳 On day {day} the toll was {day} silver crowns and nothing more was said. [1]" for day in range(200)]
    text = "\n\n".join(claims)
    words = [f"{day} silver crowns" for day in range(200)]
    messages = split_messages(claims_to_rich(text, highlights(text, *(f"was {one}" for one in words)), [citation()]))
    assert len(messages) > 2 and in_bold(*messages) == [f"was {one}" for one in words]
    for message in messages:
        accepted(message)


def test_sentences_that_come_one_by_one_are_shown_like_the_whole_answer() -> None:
    sentences = ("🛳 The toll is 14 crowns. [1]", "\n\n🛳 The ferry costs 9 crowns. [2]")
    cited = [citation(1), citation(2, "ferry")]
    pieces = (claims_to_rich(one, highlights(one, "crowns"), cited) for one in sentences)
    first, second = (highlights(one, "crowns")[0] for one in sentences)
    start = len(sentences[0])
    marked = (first, Highlight(start + second.start, start + second.end))
    assert sum(pieces, RichText()) == claims_to_rich("".join(sentences), marked, cited)


def test_words_that_the_answer_does_not_quote_unfold_below_their_source() -> None:
    shown = answer_to_rich(
        answer("Okoro is against it. [1] A toll is a tax. [2]", citation(quote="No!"), citation(2)), NOW
    )
    assert [shown.text[mark.start : mark.end] for mark in shown.marks if mark.kind == "expandable_blockquote"] == [
        "No!"
    ]


def test_how_fresh_the_answer_is_stands_below() -> None:
    facts = {"newest_source": "2025-05-02", "indexed_at": "2025-05-04T11:48:00+00:00", "notes": ("Half is embedded.",)}
    text = answer_to_rich(answer("One. [1]", citation(), **facts), NOW).text
    assert text.endswith("Newest source 2 May 2025, index updated 12 minutes ago.\nHalf is embedded.")


def test_a_message_that_was_written_down_comes_back_as_it_was() -> None:
    rich = answer_to_rich(answer("One. [1] " * 900, citation()), NOW)
    messages = outgoing_messages(MessageTarget(7, None, 3), rich, [[Button("Yes", "yes:1")]])
    assert len(messages) > 1
    assert messages[0].place.reply_to == 3 and messages[1].place.reply_to is None
    assert [bool(inline_keyboard(message.buttons)) for message in messages] == [False] * (len(messages) - 1) + [True]
    assert tuple(message_from_dict(asdict(message)) for message in messages) == messages
