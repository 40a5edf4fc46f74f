"""reindex: both indexes built again from the catalog."""

import typer

from bot.app.build import open_app
from bot.cli.commands.archive.ingestion import warn_of_writer
from bot.cli.exit_code import ExitCode
from bot.cli.options import Quiet, data_option
from bot.cli.output import terminal
from retrieval.index import indexer


def reindex(context: typer.Context, quiet: Quiet = False) -> ExitCode:
    """Empty both indexes and fill them again. Raises EmbeddingUnavailable, VectorsUnavailable."""
    with open_app(data=data_option(context)) as app, terminal.progress(quiet=quiet) as report:
        indexer.reindex(app.store, report, on_wait=warn_of_writer)
    return ExitCode.OK
