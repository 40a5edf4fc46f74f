"""Print results on stdout, and progress and warnings on stderr."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.cli.output.terminal_style import TerminalStyle

if TYPE_CHECKING:
    from retrieval.index.index_updates import Progress

# Terminals known to open OSC 8 links.
_LINKING_TERMINALS = ("iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio")
STAGE_LABELS = {
    "reading": "Reading articles",
    "words": "Indexing words",
    "vectors": "Embedding passages",
    "cutting": "Cutting passages",
    "copying": "Copying rows",
    "asking": "Asking questions",
}


def stdout_style() -> TerminalStyle:
    """What stdout can show: nothing special where it is no terminal, no colour where NO_COLOR is set."""
    is_terminal = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    links = (
        os.environ.get("TERM_PROGRAM") in _LINKING_TERMINALS
        or "VTE_VERSION" in os.environ
        or "KITTY_WINDOW_ID" in os.environ
    )
    return TerminalStyle(
        colour=is_terminal and not os.environ.get("NO_COLOR"),
        links=is_terminal and links,
        width=shutil.get_terminal_size().columns if is_terminal else 0,
    )


def write(text: str, end: str = "\n") -> None:
    """Print a piece of the result and flush it."""
    print(text, end=end, flush=True)


def write_json(value: Any) -> None:
    """Print a value as one line of JSON."""
    print(json.dumps(value, ensure_ascii=False))


def warn(text: str) -> None:
    """Print one line on stderr."""
    print(f"onrecord: {text}", file=sys.stderr)


@contextmanager
def spinner(text: str) -> Iterator[None]:
    """Show a text on stderr, where that is a terminal, until the block ends."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


@contextmanager
def progress(*, quiet: bool) -> "Iterator[Progress]":
    """Show bars with rate and time left on stderr; one line for each stage where it is no terminal; nothing when quiet.

    Gives the function that a stage reports its progress to.
    """
    if quiet or not sys.stderr.isatty():
        yield _report_nothing if quiet else _report_ends
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(STAGE_LABELS.get(stage, stage), total=total or None, rate="")
            speed = bars.tasks[tasks[stage]].speed
            bars.update(tasks[stage], completed=done, total=total or None, rate=f"{speed:.0f}/s" if speed else "")

        yield report


def _report_nothing(stage: str, done: int, total: int) -> None:
    pass


def _report_ends(stage: str, done: int, total: int) -> None:
    """Print a line when a stage ends, so that a log stays short."""
    if total and done >= total:
        warn(f"{STAGE_LABELS.get(stage, stage)}: {done}")
