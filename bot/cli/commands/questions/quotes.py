"""quotes: who speaks in the articles, and with what words."""

from dataclasses import asdict
from typing import Annotated

import typer

from bot.app.build import App, open_app
from bot.cli.commands.questions.preparation import prepare
from bot.cli.exit_code import ExitCode
from bot.cli.options import Author, Json, Outlet, Quiet, Since, Until, data_option
from bot.cli.output import terminal
from bot.cli.output.quote_text import format_quotes, format_speakers
from bot.service.quote_listing import find_quotes, misspelling_message, no_quotes_message, quote_as_dict
from retrieval.catalog.filters import Filters, parse_filters


def quotes(
    context: typer.Context,
    speaker: Annotated[str, typer.Argument(help="Name of a speaker; without one, all speakers are listed.")] = "",
    about: Annotated[str, typer.Option(help="Only quotes on this topic, best first.")] = "",
    as_json: Json = False,
    quiet: Quiet = False,
    since: Since = "",
    until: Until = "",
    outlet: Outlet = "",
    author: Author = "",
    k: Annotated[int, typer.Option("-k", min=1, max=100_000, help="How many quotes to show.")] = 20,
) -> ExitCode:
    """Quotes of a speaker or on a topic, else the speakers; exit code 3 when there is nothing."""
    filters = parse_filters(since=since, until=until, outlet=outlet, author=author)
    speaker, about = speaker.strip(), about.strip()
    with open_app(data=data_option(context)) as app:
        prepare(app, quiet=quiet, samples=True)
        if not speaker and not about:
            return _show_speakers(app, filters, as_json=as_json)
        return _show_quotes(app, speaker, about, filters, k, as_json=as_json, quiet=quiet)


def _show_quotes(
    app: App, speaker: str, about: str, filters: Filters, k: int, *, as_json: bool, quiet: bool
) -> ExitCode:
    match, found = find_quotes(app.search.quote_search(), speaker, about, filters, with_unsaid=True)
    if (message := misspelling_message(speaker, match)) and not quiet:
        terminal.warn(message)
    if not found:
        terminal.warn(no_quotes_message(speaker, about, match))
        return ExitCode.NO_ANSWER
    if as_json:
        for hit in found[:k]:
            terminal.write_json(quote_as_dict(hit, app.store.catalog))
    else:
        terminal.write(format_quotes(found, k, terminal.stdout_style(), more=f"-k {len(found)} shows all"))
    return ExitCode.OK


def _show_speakers(app: App, filters: Filters, *, as_json: bool) -> ExitCode:
    speakers = [speaker for speaker in app.search.quote_search().speakers(filters) if speaker.has_name]
    if not speakers:
        filtered = filters.restricts_articles
        advice = "" if filtered else "; 'onrecord add' reads articles, 'onrecord reindex' reads them again"
        terminal.warn(f"Nobody is on record{' in these articles' if filtered else ''}{advice}.")
        return ExitCode.NO_ANSWER
    if as_json:
        for speaker in speakers:
            terminal.write_json(asdict(speaker))
    else:
        terminal.write(format_speakers(speakers))
    return ExitCode.OK
