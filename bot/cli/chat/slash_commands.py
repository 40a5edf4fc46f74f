"""Commands of the chat, which begin with a slash.

Each takes the session and the rest of the line, and returns what to show; its docstring is its line in /help.
"""

import webbrowser
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from bot.answering.generation.writer import GenerationState
from bot.answering.messages import Citation, Understanding
from bot.app.build import App
from bot.cli.output import answer_text, terminal
from bot.cli.output.answer_text import format_answer
from bot.cli.output.quote_text import format_quotes, format_speakers
from bot.cli.output.streaming_output import show_stream
from bot.cli.output.terminal_style import TerminalStyle, wrap
from bot.formatting import format_date, printable
from bot.service.quote_listing import find_quotes, misspelling_message, no_quotes_message
from bot.service.turns.turn import AnswerTrace
from retrieval.catalog.filters import Filters, parse_filters
from retrieval.errors import UsageError
from retrieval.index import pending

MAX_QUOTES = 20  # shown at once


@dataclass(slots=True)
class ChatSession:
    """One chat: its conversation, its filters and the answers so far."""

    app: App
    conversation: str
    filters: Filters
    turns: list[AnswerTrace] = field(default_factory=list)

    @property
    def last(self) -> AnswerTrace | None:
        return self.turns[-1] if self.turns else None

    def ask(self, question: str) -> None:
        """Show the answer while it is made, and keep it. Raises OnRecordError."""
        self.turns.append(show_stream(self.app.conversation.stream(question, self.conversation, filters=self.filters)))


def show_help(session: ChatSession, argument: str) -> str:
    """list these commands"""
    return (
        "\n".join(f"{usage:<24} {command.__doc__}" for usage, command in _USAGE) + f"\n{'/quit':<24} leave (or Ctrl-D)"
    )


def new_conversation(session: ChatSession, argument: str) -> str:
    """start a new conversation: what was said no longer counts"""
    session.conversation, session.turns = f"terminal/{uuid4().hex}", []
    return "A new conversation."


def sources(session: ChatSession, argument: str) -> str:
    """list the sources of the last answer, or show one with its words"""
    style = terminal.stdout_style()
    if argument:
        return _full_source(_citation(session, argument), style)
    citations = _last_turn(session).answer.citations
    return answer_text.format_sources(citations, style) or "The last answer has no sources."


def open_source(session: ChatSession, argument: str) -> str:
    """open a source in the browser, at the words"""
    citation = _citation(session, argument)
    if not citation.deep_link:
        raise UsageError(f"Source {citation.number} has no address to open.")
    webbrowser.open(citation.deep_link)
    return f"Opened {citation.deep_link}"


def quote(session: ChatSession, argument: str) -> str:
    """show the exact words a citation rests on"""
    citation = _citation(session, argument)
    style = terminal.stdout_style()
    words = wrap(answer_text.format_words(citation.quote, citation.highlights, style), style)
    return f"{words}\n\n{answer_text.format_sources([citation], style)}"


def quotes(session: ChatSession, argument: str) -> str:
    """who is on record, one speaker's words, or those about something"""
    quote_search = session.app.search.quote_search()
    if not argument:
        speakers = [speaker for speaker in quote_search.speakers(session.filters) if speaker.has_name]
        return format_speakers(speakers) or "Nobody is on record."
    speaker, _, about = (part.strip() for part in f" {argument} ".partition(" about "))
    if not speaker and not about:
        raise UsageError("Say whose words, or about what: /quotes rubio about concessions.")
    match, found = find_quotes(quote_search, speaker, about, session.filters, with_unsaid=True)
    parts = [
        misspelling_message(speaker, match),
        format_quotes(found, MAX_QUOTES, terminal.stdout_style(), more="say about what, or narrow the days with /since")
        or no_quotes_message(speaker, about, match),
    ]
    return "\n\n".join(part for part in parts if part)


def since(session: ChatSession, argument: str) -> str:
    """only articles from this day on; without a day, from any"""
    session.filters = replace(session.filters, since=parse_filters(since=argument).since)
    return _format_filters(session)


def until(session: ChatSession, argument: str) -> str:
    """only articles up to this day; without a day, up to any"""
    session.filters = replace(session.filters, until=parse_filters(until=argument).until)
    return _format_filters(session)


def outlet(session: ChatSession, argument: str) -> str:
    """only articles of this outlet; without a name, of all"""
    session.filters = replace(session.filters, outlet=argument)
    return _format_filters(session)


def speaker(session: ChatSession, argument: str) -> str:
    """only what this person says; without a name, everything"""
    session.filters = replace(session.filters, speaker=argument)
    return _format_filters(session)


def retry(session: ChatSession, argument: str) -> str:
    """ask the last question again, with the filters as they are now"""
    session.ask(_last_turn(session).answer.question)
    return ""


def save(session: ChatSession, argument: str) -> str:
    """write the conversation to a file, as Markdown"""
    if not argument:
        raise UsageError("Say where to: /save FILE.")
    parts = [f"## {turn.answer.question}\n\n{format_answer(turn.answer, TerminalStyle())}" for turn in session.turns]
    try:
        with Path(argument).expanduser().open("x", encoding="utf-8") as file:
            file.write("\n\n".join(parts) + "\n")
    except OSError as exc:
        raise UsageError(f"{argument} cannot be written: {exc.strerror}.") from exc
    return f"{len(parts)} answers written to {argument}."


def stats(session: ChatSession, argument: str) -> str:
    """what the index holds and how this conversation went"""
    coverage = pending.index_coverage(session.app.store.catalog)
    statuses = [turn.answer.status for turn in session.turns]
    times = sorted(turn.answer.timings_ms["total"] for turn in session.turns)
    lines = [
        f"{coverage.articles} articles, {coverage.passages} passages, {coverage.vectors_percent} % embedded",
        f"{len(statuses) - statuses.count('no_question')} questions, {statuses.count('no_answer')} without an answer",
    ]
    return "\n".join([*lines, f"median {times[len(times) // 2]:.0f} ms an answer"] if times else lines)


def debug(session: ChatSession, argument: str) -> str:
    """how the last answer came about"""
    turn = _last_turn(session)
    answer = turn.answer
    question = turn.search_result.question
    intent = question.quote_intent
    lines = [
        f"standalone question: {answer.standalone_question}",
        f"filters: {_format_filters(session)}",
        f"understood as: {answer.understood.kind}{f', the words of {intent.speaker_name}' if intent else ''}; "
        f"{_constraints(answer.understood)}",
        f"evidence: {answer.evidence:.2f}, {answer.status}, by {answer.answered_by}",
        *_generation_lines(turn.generation),
        "timings: " + ", ".join(f"{stage} {spent:.0f} ms" for stage, spent in answer.timings_ms.items()),
        "passages (score, BM25, cosine):",
    ]
    for hit in turn.search_result.hits:
        start = " ".join(hit.passage.text.split())[: max(20, (terminal.stdout_style().width or 120) - 42)]
        lines.append(f"  {hit.score:5.2f} {hit.bm25:6.2f} {hit.dense:5.2f}  {hit.passage.article}  {start}…")
    return "\n".join(lines)


_USAGE: tuple[tuple[str, Callable[[ChatSession, str], str]], ...] = (
    ("/help", show_help),
    ("/new", new_conversation),
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
SLASH_COMMANDS = {usage.split()[0]: command for usage, command in _USAGE}


def _constraints(understood: Understanding) -> str:
    """What a question restricts the articles to."""
    days = f"days {understood.since or '…'} to {understood.until or '…'}"
    named = ((name, getattr(understood, name)) for name in ("outlet", "author", "topic"))
    return ", ".join([days, *(f"{name} {printable(value)}" for name, value in named if value)])


def _generation_lines(generation: GenerationState | None) -> list[str]:
    """The prompt, the model's draft, and the sentences that verification dropped, with the reasons."""
    if generation is None or not generation.prompt:
        return ["no model was asked"]
    return [
        f"prompt ({generation.tokens.read} tokens read, {generation.tokens.written} written):",
        *_indented(generation.prompt),
        "draft:",
        *_indented(generation.draft or "nothing"),
        "dropped by verification:" if generation.dropped else "nothing was dropped by verification",
        *(f"  {dropped.reason}: {printable(dropped.text)}" for dropped in generation.dropped),
    ]


def _indented(text: str) -> list[str]:
    return [f"  {line}" for line in printable(text).splitlines()]


def _last_turn(session: ChatSession) -> AnswerTrace:
    if session.last is None:
        raise UsageError("Nothing has been asked yet.")
    return session.last


def _citation(session: ChatSession, number: str) -> Citation:
    citations = {str(citation.number): citation for citation in _last_turn(session).answer.citations}
    if number not in citations:
        raise UsageError(
            f"Say which source: {', '.join(citations)}." if citations else "The last answer has no sources."
        )
    return citations[number]


def _full_source(citation: Citation, style: TerminalStyle) -> str:
    dates = f"published {format_date(citation.published)}" if citation.published else "undated"
    words = answer_text.format_words(citation.quote, citation.highlights, style)
    return f"{answer_text.format_sources([citation], style)}\n{dates}\n\n{words}"


def _format_filters(session: ChatSession) -> str:
    filters = asdict(session.filters)
    return ", ".join(f"{name} {value}" for name, value in filters.items() if value) or "no filters"
