"""The command `onrecord`: its global options, and its errors as one sentence on stderr and an exit code."""

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from typer.main import get_command

from bot.cli.command_table import Commands
from bot.cli.exit_code import ExitCode
from retrieval.errors import (
    DISK_FULL,
    IndexDamaged,
    IndexServerUnavailable,
    ModelError,
    OnRecordError,
    ParserUnavailable,
    SourceError,
    StorageError,
    VectorsUnavailable,
    is_disk_full,
)

HELP = "Answer questions about a body of articles with what the articles say."
STOP_SECONDS = 1.5  # after SIGTERM until the process ends, whatever it still does
STAGE_LOGGER = "onrecord.stages"  # bot.service.turns.stages, which takes longer to import than --help may take


app = typer.Typer(
    cls=Commands,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=HELP,
)


@app.callback()
def global_options(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option(help="Folder of the index (default: ONRECORD_DATA or .onrecord).")
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="One line on stderr for each stage of an answer.")
    ] = False,
) -> None:
    """Keep the folder where `data_option` finds it, and log the stages of answers while the command runs."""
    context.obj = data
    context.with_resource(_stage_log(verbose=verbose))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command with `arguments`, those of the process by default, and end with SystemExit.

    Errors become one sentence on stderr and an exit code; with ONRECORD_DEBUG an unexpected one is raised instead.
    """
    interrupted = threading.Event()
    if arguments is None:
        _interrupt_on_sigterm(interrupted)
    try:
        command = get_command(app)
        command(args=list(sys.argv[1:] if arguments is None else arguments), prog_name="onrecord")
    except OnRecordError as exc:
        is_explained = isinstance(exc, StorageError) or not is_disk_full(exc)
        sys.exit(_fail(str(exc) if is_explained else DISK_FULL, _exit_code(exc)))
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
    except Exception as exc:
        if interrupted.is_set():  # an interrupted import, for one, becomes an ImportError
            sys.exit(ExitCode.INTERRUPTED)
        if os.environ.get("ONRECORD_DEBUG"):
            raise
        if is_disk_full(exc):
            sys.exit(_fail(DISK_FULL, ExitCode.STORAGE))
        sentence = f"unexpected {type(exc).__name__}: {exc} (ONRECORD_DEBUG=1 shows where)."
        sys.exit(_fail(sentence, ExitCode.UNEXPECTED))


def _interrupt_on_sigterm(interrupted: threading.Event) -> None:
    """Have SIGTERM interrupt a command as Ctrl-C does, note it, and end the process in any case before long.

    A thread counts the time, which learns of the signal from the file that Python writes signals to: the main thread
    may be in a library that returns late. Nothing is lost, because what is stored survives a process that is killed.
    The commands that serve have handlers of their own, and then the thread ends nothing.
    """
    signals, wakeup = socket.socketpair()
    wakeup.setblocking(False)

    def interrupt(number: int, frame: FrameType | None) -> None:
        interrupted.set()
        raise KeyboardInterrupt

    def end_in_time() -> None:
        while signals.recv(1)[0] != signal.SIGTERM:
            pass
        if signal.getsignal(signal.SIGTERM) is interrupt:
            time.sleep(STOP_SECONDS)
            os._exit(ExitCode.INTERRUPTED)

    signal.signal(signal.SIGTERM, interrupt)
    signal.set_wakeup_fd(wakeup.detach(), warn_on_full_buffer=False)
    threading.Thread(target=end_in_time, name="termination", daemon=True).start()


@contextmanager
def _stage_log(*, verbose: bool) -> Iterator[None]:
    """Log stages to stderr if `verbose`, else nowhere; the lines hold no text of questions or articles."""
    logger, handler = logging.getLogger(STAGE_LOGGER), logging.StreamHandler()
    handler.setFormatter(logging.Formatter("onrecord: %(message)s"))
    before = logger.level, logger.propagate
    logger.setLevel(logging.INFO if verbose else logging.WARNING)
    logger.propagate = False  # to the log of `telegram`, which shows INFO and would repeat the line
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = before[1]
        logger.setLevel(before[0])


def _exit_code(error: OnRecordError) -> ExitCode:
    if isinstance(error, ModelError | VectorsUnavailable | IndexServerUnavailable):
        return ExitCode.MODEL
    if isinstance(error, IndexDamaged | StorageError) or is_disk_full(error):
        return ExitCode.STORAGE
    return ExitCode.SOURCE if isinstance(error, SourceError | ParserUnavailable) else ExitCode.USAGE


def _fail(sentence: str, code: ExitCode) -> ExitCode:
    print(f"onrecord: {sentence}", file=sys.stderr)
    return code
