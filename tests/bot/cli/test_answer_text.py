"""Answers as a terminal shows them."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.citations import cite_article
from bot.answering.messages import Answer, Highlight, Sentence
from bot.answering.questions.reader_strings import packaged_strings
from bot.cli.output import terminal
from bot.cli.output.answer_text import format_answer, format_body, format_sources, format_words
from bot.cli.output.streaming_output import show_stream
from bot.cli.output.terminal_style import BOLD, RESET, LineWrapper, TerminalStyle, wrap
from bot.formatting import format_age, format_date
from bot.service.freshness import freshness_line
from bot.service.turns.turn import AnswerTrace
from retrieval.documents import Copy
from tests.support.articles import article
from tests.support.newsroom import FERRY, LORRIES, TOLL

NOW = datetime(2025, 5, 6, 12, 0, tzinfo=UTC)
CITED = (cite_article(1, TOLL, (0, 22)), cite_article(2, FERRY, (0, 10)))
ANSWERED = Answer(
    "q", "q", "answered", f"{LORRIES} [1]", CITED, newest_source="2025-05-02", indexed_at="2025-05-06T11:48:00+00:00"
)
NO_ANSWER = packaged_strings().of("en").say("no_answer")
DECLINED = Answer("q", "q", "no_answer", NO_ANSWER, nearest=CITED, indexed_at="2025-05-06T11:59:30+00:00")
TEXT = st.text(st.sampled_from("\x1b\x07[]m 🛳") | st.characters(exclude_categories=("Cs",)))
FOURTEEN = "14 crowns a crossing"
MARKED = replace(ANSWERED, highlights=(Highlight(LORRIES.index(FOURTEEN), LORRIES.index(FOURTEEN) + len(FOURTEEN)),))
PLAIN, RICH = TerminalStyle(), TerminalStyle(colour=True, links=True)


def test_an_answer_comes_with_its_sources_and_how_fresh_they_are() -> None:
    assert format_answer(ANSWERED, PLAIN, NOW) == (
        f"{LORRIES} [1]\n\n"
        "[1] Quay Gazette, Council votes for the bridge toll, Nia Roth, 2 May 2025, updated 4 May 2025\n"
        f"    {TOLL.url}\n"
        "[2] Northern Tide, A good year for the ferries, Per Holm and Ada Quist, 20 April 2025\n"
        f"    {FERRY.url}\n\n"
        "Newest source 2 May 2025, index updated 12 minutes ago."
    )


def test_a_refusal_offers_the_nearest_articles() -> None:
    lines = format_answer(DECLINED, PLAIN, NOW).splitlines()
    assert lines[0] == NO_ANSWER and "Nearest articles:" in lines
    assert lines[-1] == "Index updated just now."


def test_notes_stand_at_the_end() -> None:
    assert format_answer(replace(ANSWERED, notes=("Searched by words alone.",)), PLAIN, NOW).endswith(
        "\n\nSearched by words alone."
    )


def test_nothing_is_said_of_freshness_where_nothing_is_known() -> None:
    assert freshness_line(Answer("q", "q", "no_answer", NO_ANSWER)) == ""


def test_a_source_without_facts_or_address_is_one_short_line() -> None:
    bare = cite_article(1, article("a", "Words.", title="Untitled", url=""), (0, 5))
    assert format_sources([bare], RICH) == "[1] Untitled"


def test_a_source_says_that_it_was_corrected_and_where_else_it_stands() -> None:
    copies = tuple(Copy(outlet, outlet, "") for outlet in ("Inland Times", "Quay Gazette", "Echo", "Echo", ""))
    corrected = replace(CITED[0], corrected="2025-05-04T10:00:00+00:00", copies=copies)
    line = format_sources([corrected], PLAIN).splitlines()[0]
    assert line.endswith("Nia Roth, 2 May 2025, corrected on 4 May 2025, also in Inland Times, Echo")


def test_an_article_cited_twice_is_one_source_with_one_address_or_two_links() -> None:
    again = cite_article(3, TOLL, (30, 60))
    cited = [CITED[0], CITED[1], again]
    lines = format_sources(cited, PLAIN).splitlines()
    assert lines[0].startswith("[1] [3] Quay Gazette") and lines[1] == f"    {TOLL.url}"
    assert lines[2].startswith("[2] Northern Tide")
    linked = format_sources(cited, RICH)
    assert all(f"\x1b]8;;{citation.deep_link}\x1b\\[{citation.number}]" in linked for citation in cited)
    assert len(linked.splitlines()) == 2


def test_sources_and_their_links_are_broken_at_the_terminals_width() -> None:
    narrow = format_sources(CITED, TerminalStyle(colour=True, links=True, width=40))
    shown = re.sub(r"\x1b\]8;;[^\x1b]*\x1b\\", "", narrow)
    assert max(map(len, shown.splitlines())) <= 40
    assert " ".join(shown.split()).startswith("[1] Quay Gazette, Council votes for the bridge toll, Nia Roth")


def test_paragraphs_are_broken_between_words_at_the_terminals_width() -> None:
    shown = format_answer(ANSWERED, TerminalStyle(width=30), NOW).split("\n\n")[0]
    assert max(map(len, shown.splitlines())) <= 30
    assert shown.replace("\n", " ") == f"{LORRIES} [1]"


def test_the_words_that_answer_are_bold_where_there_is_colour() -> None:
    shown = format_body(MARKED, RICH)
    assert shown == f"{LORRIES} [1]".replace(FOURTEEN, f"{BOLD}{FOURTEEN}{RESET}")
    assert format_body(MARKED, PLAIN) == f"{LORRIES} [1]"


def test_bold_takes_no_room_on_a_line() -> None:
    for width in range(10, 80):
        bold, usual = (
            wrap(format_words(MARKED.text, found, RICH), TerminalStyle(True, width=width))
            for found in (MARKED.highlights, ())
        )
        assert bold.replace(BOLD, "").replace(RESET, "") == usual


def test_a_control_character_before_the_words_that_answer_does_not_move_them() -> None:
    assert format_words("\x1b\x1bIn May, 14.", (Highlight(10, 12),), RICH) == f"In May, {BOLD}14{RESET}."


def test_words_are_bold_while_the_answer_is_streamed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    style = TerminalStyle(colour=True, width=30)
    monkeypatch.setattr(terminal, "stdout_style", lambda: style)
    text = f"\n\n{MARKED.text}"
    (marked,) = MARKED.highlights
    second = Sentence(text, (), (Highlight(marked.start + 2, marked.end + 2),))
    trace = AnswerTrace(MARKED, None)  # type: ignore[arg-type]
    show_stream(iter(("searching", Sentence(MARKED.text, CITED, MARKED.highlights), second, trace)))
    shown = capsys.readouterr().out
    assert shown.startswith(f"{format_body(MARKED, style)}\n\n{format_body(MARKED, style)}\n\n")


def test_where_links_are_shown_they_open_at_the_words() -> None:
    line = format_sources(CITED[:1], RICH)
    opening, closing = f"\x1b]8;;{CITED[0].deep_link}\x1b\\", "\x1b]8;;\x1b\\"
    assert line.startswith(f"{opening}[1]{closing} {opening}Quay Gazette")
    assert line.endswith(closing)


def test_colour_only_adds_to_the_text() -> None:
    coloured = format_answer(DECLINED, TerminalStyle(colour=True), NOW)
    assert coloured != format_answer(DECLINED, PLAIN, NOW)
    for code in ("\x1b[1m", "\x1b[2m", "\x1b[0m"):
        coloured = coloured.replace(code, "")
    assert coloured == format_answer(DECLINED, PLAIN, NOW)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2025-05-06T11:59:01+00:00", "just now"),
        ("2025-05-06T11:59:00+00:00", "1 minute ago"),
        ("2025-05-06T10:00:00+00:00", "2 hours ago"),
        ("2025-05-06T13:00:00+02:00", "1 hour ago"),
        ("2025-05-04T12:00:00+00:00", "2 days ago"),
        ("2025-05-06T12:00:09+00:00", "just now"),
    ],
)
def test_ages_are_said_in_the_largest_unit_that_fits(moment: str, said: str) -> None:
    assert format_age(moment, NOW) == said


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2025-03-11", "11 March 2025"),
        ("2025-03-01T23:59:59+02:00", "1 March 2025"),
        ("2025-03", "March 2025"),
        ("2025", "2025"),
        ("", ""),
    ],
)
def test_days_are_written_as_readers_write_them(moment: str, said: str) -> None:
    assert format_date(moment) == said


@given(st.lists(st.sampled_from(["word", "a", "\n", f"{BOLD}bold{RESET}", "longer-words"])), st.integers(4, 20))
def test_a_text_in_pieces_is_broken_like_a_whole_one(words: list[str], width: int) -> None:
    pieces = [f"{' ' if at else ''}{word}" for at, word in enumerate(words)]
    wrapper = LineWrapper(TerminalStyle(width=width))
    assert "".join(map(wrapper.feed, pieces)) == wrap("".join(pieces), TerminalStyle(width=width))


@given(TEXT, TEXT, TEXT)
def test_without_colour_there_are_no_escape_characters(text: str, title: str, outlet: str) -> None:
    item = cite_article(1, article("a", f"x{text}", title=title, outlet=outlet), (0, 1))
    answer = Answer("q", "q", "answered", f"{text} [1]", (item,), nearest=(item,), notes=(text,))
    assert "\x1b" not in format_answer(answer, PLAIN, NOW)


def test_an_article_cannot_send_commands_to_the_terminal() -> None:
    item = cite_article(1, article("a", "Words.", title="Look\x1b]0;pwned\x07\x1b[2J here"), (0, 5))
    shown = format_answer(Answer("q", "q", "answered", "Red \x1b[31malert [1]", (item,)), PLAIN, NOW)
    assert not {"\x1b", "\x07"} & set(shown)
