"""remove: articles, or sources on the web."""

from typing import Annotated

import typer

from bot.app.build import open_app
from bot.cli.commands.archive.ingestion import index_pending
from bot.cli.exit_code import ExitCode
from bot.cli.options import Quiet, data_option
from bot.cli.output import terminal
from retrieval.ingest.watching.source_store import SourceStore


def remove(
    context: typer.Context,
    article: Annotated[list[str], typer.Argument(help="Ids of articles, or addresses of sources.")],
    quiet: Quiet = False,
) -> ExitCode:
    """Remove all of them or, where one is unknown, those before it; the articles of a removed source stay.

    Raises UnknownArticle.
    """
    with open_app(data=data_option(context)) as app:
        sources = SourceStore(app.store.catalog)
        try:
            for key in article:
                if not sources.remove(key):
                    app.store.catalog.remove(key)
        finally:
            with terminal.progress(quiet=quiet) as report:
                index_pending(app, report)
    if not quiet:
        terminal.write(f"{len(article)} removed")
    return ExitCode.OK
