"""`onrecord` commands for tests: run inside this process, or started as the installed command.

Both take the same arguments and return the same, so that a test says which of the two it needs and nothing else.
Inside this process a question costs a quarter of a second of CPU time instead of two and a half: nothing has to be
imported again, and the embedding model is loaded once for the whole session.
"""

import io
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Protocol
from unittest import mock

from bot.cli import main

ROOT = Path(__file__).parents[2]
SETTINGS = ("ONRECORD_", "OPENAI_", "TELEGRAM_")  # prefixes of the variables that OnRecord reads
TIMEOUT = 120  # seconds for a command that runs as a process
# Search by words alone: loading the embedding model and Chroma makes two thirds of the CPU time of a start.
WORDS_ALONE = {"ONRECORD_EMBEDDING_MODEL": "missing.onnx"}

Completed = subprocess.CompletedProcess[str]


class Onrecord(Protocol):
    """Runs one command in a folder with an index of its own; keywords are environment variables."""

    def __call__(self, *arguments: str, stdin: str = "", **settings: str) -> Completed: ...


def command(*arguments: str) -> list[str]:
    """The command line of the installed entry point."""
    return [str(Path(sys.executable).parent / "onrecord"), *arguments]


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The environment without the developer's own settings, with an index below `folder`, and with `settings`."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(SETTINGS)}
    return clean | {"ONRECORD_DATA": str(folder / "data"), "ONRECORD_ARTICLES": str(ROOT / "articles")} | settings


def run_inside(folder: Path, *arguments: str, stdin: str = "", **settings: str) -> Completed:
    """Run one command in this process, with streams, environment and working folder of its own."""
    out, err = _captured(), _captured()
    with ExitStack() as stack:
        stack.enter_context(_logging_and_signals_as_before())
        stack.enter_context(chdir(folder))
        stack.enter_context(mock.patch.dict(os.environ, environment(folder, **settings), clear=True))
        stack.enter_context(mock.patch.object(sys, "stdin", _stdin(stdin)))
        stack.enter_context(redirect_stdout(out))
        stack.enter_context(redirect_stderr(err))
        code = _exit_code(arguments)
    return Completed(["onrecord", *arguments], code, _text(out), _text(err))


def run_process(folder: Path, *arguments: str, stdin: str = "", **settings: str) -> Completed:
    """Run the installed command in a process of its own."""
    return subprocess.run(
        command(*arguments),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        cwd=folder,
        env=environment(folder, **settings),
    )


@contextmanager
def started(folder: Path, *arguments: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """The installed command while it runs, its streams as pipes; it is killed at the end unless it has ended."""
    with subprocess.Popen(
        command(*arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment(folder, **settings),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def _logging_and_signals_as_before() -> Iterator[None]:
    """Take back what a command sets for its whole process and would be gone with it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    signals = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for number, handler in signals.items():
            signal.signal(number, handler)


def _exit_code(arguments: tuple[str, ...]) -> int:
    """What a shell would see. Exceptions that a process would end with are raised."""
    try:
        main(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    raise AssertionError("main() ends with SystemExit")


def _stdin(text: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "surrogateescape")), encoding="utf-8")


def _captured() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")
