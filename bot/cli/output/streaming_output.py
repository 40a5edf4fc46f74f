"""An answer on the terminal, sentence by sentence as it comes about."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

from bot.answering.messages import Sentence
from bot.cli.output import terminal
from bot.cli.output.answer_text import format_body, format_footer
from bot.cli.output.terminal_style import LineWrapper
from bot.formatting import printable
from bot.service.conversation import AnswerEvent, AnswerTrace

_DOING = {"searching": "Searching …", "writing": "Writing …"}


def show_stream(events: Iterator[AnswerEvent], *, quiet: bool = False) -> AnswerTrace:
    """Print what happens and return how it ended; unless `quiet`, it is said meanwhile what is being done."""
    style = terminal.stdout_style()
    asking, begun = _stream(events, LineWrapper(style), quiet=quiet)
    answer = replace(asking.answer, notes=()) if quiet else asking.answer
    rest = "\n\n".join(
        part for part in ("" if begun else format_body(answer, style), format_footer(answer, style)) if part
    )
    if rest:
        terminal.write(f"\n{rest}" if begun else rest)
    return asking


def _stream(events: Iterator[AnswerEvent], flow: LineWrapper, *, quiet: bool) -> tuple[AnswerTrace, bool]:
    """How it ended, and whether sentences were shown."""
    begun = False
    with ExitStack() as doing:
        try:
            for event in events:
                doing.close()
                if isinstance(event, AnswerTrace):
                    return event, begun
                if isinstance(event, Sentence):
                    terminal.write(flow.feed(printable(event.text)), end="")
                    begun = True
                elif not quiet:
                    doing.enter_context(terminal.spinner(_DOING[event]))
        finally:
            if begun:
                terminal.write("")
    raise AssertionError("an answer ends with its Asking")
