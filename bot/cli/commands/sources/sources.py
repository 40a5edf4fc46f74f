"""sources: list the sources on the web."""

import typer

from bot.app.data_folder import open_catalog
from bot.cli.commands.sources.source_text import format_source, source_facts
from bot.cli.exit_code import ExitCode
from bot.cli.options import Json, data_option
from bot.cli.output import terminal
from bot.formatting import printable
from retrieval.ingest.watching.source_store import SourceStore


def sources(context: typer.Context, as_json: Json = False) -> ExitCode:
    """One line for each source: its kind, when it was last read, what went wrong."""
    with open_catalog(data_option(context)) as opened:
        found = SourceStore(opened.catalog).all()
    for source in found:
        if as_json:
            terminal.write_json(source_facts(source))
        else:
            terminal.write(printable(format_source(source)))
    if not found:
        terminal.warn("there are no sources on the web yet; 'onrecord add URL' adds one.")
    return ExitCode.OK
