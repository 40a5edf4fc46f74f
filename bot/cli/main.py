"""The command `onrecord`: its global options, and its errors as one sentence on stderr and an exit code."""

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command

from bot.cli.command_table import Commands
from bot.cli.exit_code import ExitCode
from retrieval.errors import (
    DISK_FULL,
    DiskFull,
    IndexDamaged,
    ModelError,
    OnRecordError,
    SourceError,
    StorageError,
    VectorsUnavailable,
    is_disk_full,
)

HELP = "Answer questions about a body of articles with what the articles say."
STAGE_LOGGER = "onrecord.stages"  # bot.service.stages, which takes longer to import than --help may take


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
    command = get_command(app)
    try:
        command(args=list(sys.argv[1:] if arguments is None else arguments), prog_name="onrecord")
    except OnRecordError as exc:
        is_explained = isinstance(exc, DiskFull | StorageError) or not is_disk_full(exc)
        sys.exit(_fail(str(exc) if is_explained else DISK_FULL, _exit_code(exc)))
    except Exception as exc:
        if os.environ.get("ONRECORD_DEBUG"):
            raise
        if is_disk_full(exc):
            sys.exit(_fail(DISK_FULL, ExitCode.STORAGE))
        sentence = f"unexpected {type(exc).__name__}: {exc} (ONRECORD_DEBUG=1 shows where)."
        sys.exit(_fail(sentence, ExitCode.UNEXPECTED))


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
    if isinstance(error, ModelError | VectorsUnavailable):
        return ExitCode.MODEL
    if isinstance(error, DiskFull | IndexDamaged | StorageError) or is_disk_full(error):
        return ExitCode.STORAGE
    return ExitCode.SOURCE if isinstance(error, SourceError) else ExitCode.USAGE


def _fail(sentence: str, code: ExitCode) -> ExitCode:
    print(f"onrecord: {sentence}", file=sys.stderr)
    return code
