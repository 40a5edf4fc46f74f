"""What can be typed after a slash in the chat; each command takes the session and the rest of the line."""

import webbrowser
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from bot.answering.generation.writer import GenerationState
from bot.answering.messages import Citation
from bot.app.build import App
from bot.cli.output import answer_text, terminal
from bot.cli.output.answer_text import format_answer
from bot.cli.output.quote_text import format_quotes as quotes_to_text
from bot.cli.output.quote_text import format_speakers
from bot.cli.output.streaming_output import show_stream
from bot.cli.output.terminal_style import TerminalStyle
from bot.formatting import format_date, printable
from bot.service.conversation import AnswerTrace
from bot.service.quote_listing import find_quotes, misspelling_message, no_quotes_message
from retrieval.catalog.filters import Filters, parse_filters
from retrieval.errors import UsageError
from retrieval.index import pending

QUOTES = 20  # shown at once


@dataclass(slots=True)
class ChatSession:
    """One chat: its conversation, its filters and what was answered so far."""

    app: App
    conversation: str
    filters: Filters
    asked: list[AnswerTrace] = field(default_factory=list)

    @property
    def last(self) -> AnswerTrace | None:
        return self.asked[-1] if self.asked else None

    def ask(self, question: str) -> None:
        """Ask, show the answer as it comes, and remember. Raises OnRecordError."""
        self.asked.append(show_stream(self.app.conversation.stream(question, self.conversation, filters=self.filters)))


def show_help(session: ChatSession, rest: str) -> str:
    """list these commands"""
    return (
        "\n".join(f"{usage:<24} {command.__doc__}" for usage, command in _USAGE) + f"\n{'/quit':<24} leave (or Ctrl-D)"
    )


def new(session: ChatSession, rest: str) -> str:
    """start a new conversation: what was said no longer counts"""
    session.conversation, session.asked = f"terminal/{uuid4().hex}", []
    return "A new conversation."


def sources(session: ChatSession, rest: str) -> str:
    """list the sources of the last answer, or show one with its words"""
    style = terminal.stdout_style()
    if rest:
        return _in_full(_cited(session, rest), style)
    citations = _last(session).answer.citations
    return answer_text.format_sources(citations, style) or "The last answer has no sources."


def open_source(session: ChatSession, rest: str) -> str:
    """open a source in the browser, at the words"""
    citation = _cited(session, rest)
    if not citation.deep_link:
        raise UsageError(f"Source {citation.number} has no address to open.")
    webbrowser.open(citation.deep_link)
    return f"Opened {citation.deep_link}"


def quote(session: ChatSession, rest: str) -> str:
    """show the exact words a citation rests on"""
    citation = _cited(session, rest)
    style = terminal.stdout_style()
    quote = answer_text.wrapped(printable(citation.quote), style)
    return f"{quote}\n\n{answer_text.format_sources([citation], style)}"


def quotes(session: ChatSession, rest: str) -> str:
    """who is on record, one speaker's words, or those about something"""
    record = session.app.search.quote_search()
    if not rest:
        voices = [voice for voice in record.speakers(session.filters) if voice.has_name]
        return format_speakers(voices) or "Nobody is on record."
    speaker, _, about = (part.strip() for part in f" {rest} ".partition(" about "))
    if not speaker and not about:
        raise UsageError("Say whose words, or about what: /quotes rubio about concessions.")
    match, found = find_quotes(record, speaker, about, session.filters)
    parts = [
        misspelling_message(speaker, match),
        quotes_to_text(found, QUOTES, terminal.stdout_style(), more="say about what, or narrow the days with /since")
        or no_quotes_message(speaker, about, match),
    ]
    return "\n\n".join(part for part in parts if part)


def since(session: ChatSession, rest: str) -> str:
    """only articles from this day on; without a day, from any"""
    session.filters = replace(session.filters, since=parse_filters(since=rest).since)
    return _filters(session)


def until(session: ChatSession, rest: str) -> str:
    """only articles up to this day; without a day, up to any"""
    session.filters = replace(session.filters, until=parse_filters(until=rest).until)
    return _filters(session)


def outlet(session: ChatSession, rest: str) -> str:
    """only articles of this outlet; without a name, of all"""
    session.filters = replace(session.filters, outlet=rest)
    return _filters(session)


def speaker(session: ChatSession, rest: str) -> str:
    """only what this person says; without a name, everything"""
    session.filters = replace(session.filters, speaker=rest)
    return _filters(session)


def retry(session: ChatSession, rest: str) -> str:
    """ask the last question again, with the filters as they are now"""
    session.ask(_last(session).answer.question)
    return ""


def save(session: ChatSession, rest: str) -> str:
    """write the conversation to a file, as Markdown"""
    if not rest:
        raise UsageError("Say where to: /save FILE.")
    parts = [f"## {turn.answer.question}\n\n{format_answer(turn.answer, TerminalStyle())}" for turn in session.asked]
    try:
        with Path(rest).expanduser().open("x", encoding="utf-8") as file:
            file.write("\n\n".join(parts) + "\n")
    except OSError as exc:
        raise UsageError(f"{rest} cannot be written: {exc.strerror}.") from exc
    return f"{len(parts)} answers written to {rest}."


def stats(session: ChatSession, rest: str) -> str:
    """what the index holds and how this conversation went"""
    share = pending.index_coverage(session.app.store.catalog)
    statuses = [turn.answer.status for turn in session.asked]
    times = sorted(turn.answer.timings_ms["total"] for turn in session.asked)
    lines = [
        f"{share.articles} articles, {share.passages} passages, {share.vectors_percent} % embedded",
        f"{len(statuses)} questions, {statuses.count('no_answer')} without an answer",
    ]
    return "\n".join([*lines, f"median {times[len(times) // 2]:.0f} ms an answer"] if times else lines)


def debug(session: ChatSession, rest: str) -> str:
    """how the last answer came about"""
    turn = _last(session)
    answer = turn.answer
    speech = turn.search_result.question.quote_intent
    lines = [
        f"standalone question: {answer.standalone_question}",
        f"filters: {_filters(session)}",
        f"understood as: {f'the words of {speech.speaker_name}' if speech else 'a question of fact'}; "
        f"days {turn.search_result.question.since or '…'} to {turn.search_result.question.until or '…'}",
        f"evidence: {answer.evidence:.2f}, {answer.status}, by {answer.answered_by}",
        *_written(turn.generation),
        "timings: " + ", ".join(f"{stage} {spent:.0f} ms" for stage, spent in answer.timings_ms.items()),
        "passages (score, BM25, cosine):",
    ]
    for hit in turn.search_result.hits:
        start = " ".join(hit.passage.text.split())[: max(20, (terminal.stdout_style().width or 120) - 42)]
        lines.append(f"  {hit.score:5.2f} {hit.bm25:6.2f} {hit.dense:5.2f}  {hit.passage.article}  {start}…")
    return "\n".join(lines)


_USAGE: tuple[tuple[str, Callable[[ChatSession, str], str]], ...] = (
    ("/help", show_help),
    ("/new", new),
    ("/sources [n]", sources),
    ("/open n", open_source),
    ("/quote n", quote),
    ("/quotes WHO about WHAT", quotes),
    ("/since DAY", since),
    ("/until DAY", until),
    ("/outlet NAME", outlet),
    ("/speaker NAME", speaker),
    ("/retry", retry),
    ("/save FILE", save),
    ("/stats", stats),
    ("/debug", debug),
)
COMMANDS = {usage.split()[0]: command for usage, command in _USAGE}


def _written(writing: GenerationState | None) -> list[str]:
    """What a model was asked, what it wrote and what of it was not shown, with the reason."""
    if writing is None or not writing.prompt:
        return ["no model was asked"]
    return [
        f"prompt ({writing.tokens.read} tokens read, {writing.tokens.written} written):",
        *_indented(writing.prompt),
        "draft:",
        *_indented(writing.draft or "nothing"),
        "dropped by verification:" if writing.dropped else "nothing was dropped by verification",
        *(f"  {dropped.reason}: {printable(dropped.text)}" for dropped in writing.dropped),
    ]


def _indented(text: str) -> list[str]:
    return [f"  {line}" for line in printable(text).splitlines()]


def _last(session: ChatSession) -> AnswerTrace:
    if session.last is None:
        raise UsageError("Nothing has been asked yet.")
    return session.last


def _cited(session: ChatSession, number: str) -> Citation:
    citations = {str(citation.number): citation for citation in _last(session).answer.citations}
    if number not in citations:
        raise UsageError(
            f"Say which source: {', '.join(citations)}." if citations else "The last answer has no sources."
        )
    return citations[number]


def _in_full(citation: Citation, style: TerminalStyle) -> str:
    dates = f"published {format_date(citation.published)}" if citation.published else "undated"
    return f"{answer_text.format_sources([citation], style)}\n{dates}\n\n{printable(citation.quote)}"


def _filters(session: ChatSession) -> str:
    chosen = session.filters
    named = asdict(chosen).items()
    return ", ".join(f"{name} {value}" for name, value in named if value) or "no filters"
