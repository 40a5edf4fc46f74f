"""What the commands print: results on stdout, progress and warnings on stderr."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.cli.output.terminal_style import TerminalStyle

if TYPE_CHECKING:
    from retrieval.index.indexer import Progress

# Terminals known to open OSC 8 links.
_LINKING = ("iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio")
_STAGES = {
    "reading": "Reading articles",
    "words": "Indexing words",
    "vectors": "Embedding passages",
    "cutting": "Cutting passages",
    "asking": "Asking questions",
}


def stdout_style() -> TerminalStyle:
    """What stdout can show: nothing where it is no terminal or NO_COLOR is set."""
    is_terminal = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    links = os.environ.get("TERM_PROGRAM") in _LINKING or "VTE_VERSION" in os.environ or "KITTY_WINDOW_ID" in os.environ
    return TerminalStyle(
        colour=is_terminal and not os.environ.get("NO_COLOR"),
        links=is_terminal and links,
        width=shutil.get_terminal_size().columns if is_terminal else 0,
    )


def write(text: str, end: str = "\n") -> None:
    """One piece of the result, shown at once."""
    print(text, end=end, flush=True)


def write_json(value: Any) -> None:
    """One JSON object on one line."""
    print(json.dumps(value, ensure_ascii=False))


def warn(text: str) -> None:
    """One line beside the result."""
    print(f"onrecord: {text}", file=sys.stderr)


@contextmanager
def spinner(what: str) -> Iterator[None]:
    """What is being done, on stderr where it is a terminal, gone when it is over."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


@contextmanager
def progress(*, quiet: bool) -> "Iterator[Progress]":
    """A bar with rate and time left on stderr, one line a stage where stderr is no terminal, nothing when quiet."""
    if quiet or not sys.stderr.isatty():
        yield _nothing if quiet else _lines()
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
                tasks[stage] = bars.add_task(_STAGES.get(stage, stage), total=total or None, rate="")
            speed = bars.tasks[tasks[stage]].speed
            bars.update(tasks[stage], completed=done, total=total or None, rate=f"{speed:.0f}/s" if speed else "")

        yield report


def _nothing(stage: str, done: int, total: int) -> None:
    pass


def _lines() -> "Progress":
    """A line when a stage ends, so that a log stays short."""

    def report(stage: str, done: int, total: int) -> None:
        if total and done >= total:
            print(f"onrecord: {_STAGES.get(stage, stage)}: {done}", file=sys.stderr)

    return report
