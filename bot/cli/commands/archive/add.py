"""add: articles from files, folders and the web."""

from collections.abc import Mapping
from typing import Annotated

import typer

from bot.app.build import open_app
from bot.cli.commands.archive.ingestion import ingest
from bot.cli.exit_code import ExitCode
from bot.cli.options import Json, Quiet, data_option
from bot.cli.output import terminal
from bot.cli.output.language_text import language_lines
from bot.formatting import printable
from retrieval.catalog.archive import article_languages
from retrieval.index.indexer import IngestSummary

MAX_MINUTES = 527_040  # a leap year


def add(
    context: typer.Context,
    sources: Annotated[list[str], typer.Argument(help="Files, folders, globs and addresses.")],
    every: Annotated[
        float,
        typer.Option(
            min=0,
            max=MAX_MINUTES,
            help="Minutes between two checks of an address; 0 takes the interval that its kind or its feed suggests.",
        ),
    ] = 0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> ExitCode:
    """Add what can be read; 4 when it could not be embedded, 5 when a source could not be read."""
    with open_app(data=data_option(context)) as app:
        try:
            summary, embedded = ingest(app, sources, every=every, quiet=quiet)
            languages = article_languages(app.store.catalog)
            embedding = app.store.catalog.fact("embedding")
        except KeyboardInterrupt:
            terminal.warn("interrupted; what is done is kept, the same command goes on from there.")
            return ExitCode.INTERRUPTED
    _show(summary, languages, embedding, as_json=as_json, quiet=quiet)
    if not embedded:
        return ExitCode.MODEL
    return ExitCode.SOURCE if summary.failed else ExitCode.OK


def _show(summary: IngestSummary, languages: Mapping[str, int], embedding: str, *, as_json: bool, quiet: bool) -> None:
    for line in (*map(str, summary.failed), *summary.warnings):
        terminal.warn(printable(line))
    counts = {
        "added": summary.added,
        "changed": summary.changed,
        "unchanged": summary.unchanged,
        "failed": len(summary.failed),
    }
    if as_json:
        failures = [{"source": failure.source, "reason": failure.reason} for failure in summary.failed]
        details = {"failures": failures, "warnings": list(summary.warnings), "languages": languages}
        terminal.write_json(counts | details)
    elif not quiet:
        terminal.write(", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count) or "nothing new")
        for line in language_lines(languages, embedding) if summary.added + summary.changed else ():
            terminal.write(line)
