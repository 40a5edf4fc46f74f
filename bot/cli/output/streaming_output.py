"""Show an answer on the terminal while it is made, sentence by sentence."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

from bot.answering.messages import Sentence
from bot.cli.output import terminal
from bot.cli.output.answer_text import format_body, format_footer, format_words
from bot.cli.output.terminal_style import LineWrapper, TerminalStyle
from bot.service.turns.turn import AnswerEvent, AnswerTrace

_SPINNER_TEXTS = {"searching": "Searching …", "writing": "Writing …"}


def show_stream(events: Iterator[AnswerEvent], *, quiet: bool = False) -> AnswerTrace:
    """Print the answer as its events arrive and return its trace; `quiet` leaves out the spinner and the notes."""
    style = terminal.stdout_style()
    trace, has_text = _show_sentences(events, style, quiet=quiet)
    answer = replace(trace.answer, notes=()) if quiet else trace.answer
    body, footer = "" if has_text else format_body(answer, style), format_footer(answer, style)
    if rest := "\n\n".join(part for part in (body, footer) if part):
        terminal.write(f"\n{rest}" if has_text else rest)
    return trace


def _show_sentences(events: Iterator[AnswerEvent], style: TerminalStyle, *, quiet: bool) -> tuple[AnswerTrace, bool]:
    """The trace that ends the events, and whether sentences were printed before it."""
    wrapper, has_text = LineWrapper(style), False
    with ExitStack() as spinner:
        try:
            for event in events:
                spinner.close()
                if isinstance(event, AnswerTrace):
                    return event, has_text
                if isinstance(event, Sentence):
                    terminal.write(wrapper.feed(format_words(event.text, event.highlights, style)), end="")
                    has_text = True
                elif not quiet:
                    spinner.enter_context(terminal.spinner(_SPINNER_TEXTS[event]))
        finally:
            if has_text:
                terminal.write("")
    raise AssertionError("the events of an answer end with its trace")
