"""work: index what is pending, as one of any number of workers on any machines."""

import time
from typing import Annotated

import typer

from bot.app.index_place import index_place
from bot.cli.commands.archive.ingestion import warn_of_writer
from bot.cli.commands.serving.termination import Termination
from bot.cli.exit_code import ExitCode
from bot.cli.options import data_option
from bot.cli.output import terminal
from retrieval.errors import EmbeddingUnavailable, IndexDamaged, IndexUnavailable, StorageError
from retrieval.index import indexer, pending
from retrieval.index.store import Store

POLL_SECONDS = 3.0  # between two looks for pending work, and for a model or server that can be reached again


def work(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="End when nothing is pending.")] = False,
) -> ExitCode:
    """Index until SIGTERM or SIGINT. Raises with --once what keeps it from the rest, and IndexDamaged always."""
    with index_place(data_option(context)).open_store() as store, Termination(store.release_claims):
        if once:
            _index(store, wait=-1)
            return ExitCode.OK
        failure = ""
        while True:
            failure = _index_or_explain(store, failure)
            time.sleep(POLL_SECONDS)


def _index_or_explain(store: Store, former: str) -> str:
    """Index what is free; why that failed, said when it is not the former reason, empty where it did not fail."""
    try:
        _index(store, wait=0)
    except IndexDamaged:
        raise
    except (EmbeddingUnavailable, IndexUnavailable, StorageError) as exc:
        if str(exc) != former:
            terminal.warn(f"{exc} The worker goes on when it can.")
        return str(exc)
    return ""


def _index(store: Store, *, wait: float) -> None:
    store.check_vectors()  # passages that a server has lost become pending
    if pending.has_pending(store.catalog):
        indexer.index_pending(store, _report_batch, wait=wait, on_wait=warn_of_writer)


def _report_batch(stage: str, done: int, total: int) -> None:
    terminal.warn(f"{terminal.STAGE_LABELS.get(stage, stage)}: {done} of {total}")
