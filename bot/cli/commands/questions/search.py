"""search: the passages found for a query, or for each question of a file."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bot.app.build import open_app
from bot.cli.commands.questions.preparation import prepare
from bot.cli.commands.questions.question_file import read_questions
from bot.cli.exit_code import ExitCode
from bot.cli.options import Author, From, Hits, Json, Outlet, Quiet, Since, Until, data_option
from bot.cli.output import terminal
from bot.formatting import printable
from retrieval.catalog.filters import Filters, parse_filters
from retrieval.documents import Hit
from retrieval.errors import UsageError
from retrieval.text.dates import parse_day


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="Words or a question.")] = "",
    as_json: Json = False,
    quiet: Quiet = False,
    since: Since = "",
    until: Until = "",
    outlet: Outlet = "",
    author: Author = "",
    k: Hits = 10,
    questions: From = None,
) -> ExitCode:
    """Exit code 3 when nothing is found, except for a file of questions. Raises UsageError, IndexUnavailable."""
    filters = parse_filters(since=since, until=until, outlet=outlet, author=author)
    data = data_option(context)
    if questions is not None:
        _search_file(questions, filters, k, quiet=quiet, data=data)
        return ExitCode.OK
    if not query.strip():
        raise UsageError("The query is empty.")
    with open_app(data=data) as app:
        prepare(app, quiet=quiet, samples=True)
        found = app.search(query, k, filters=filters)
    _warn_without_vectors(found.why_no_vectors, quiet=quiet)
    for number, hit in enumerate(found.hits, 1):
        if as_json:
            terminal.write_json(_hit_as_dict(hit))
        else:
            terminal.write(printable(_format_hit(number, hit)))
    return ExitCode.OK if found.hits else ExitCode.NO_ANSWER


def _search_file(file: Path, filters: Filters, k: int, *, quiet: bool, data: Path | None) -> None:
    """One JSON object per line: the `id` of the question's line and its hits."""
    rows, reason = read_questions(file), ""
    with open_app(data=data) as app:
        prepare(app, quiet=quiet, samples=True)
        for row in rows:
            found = app.search(row["question"], k, filters=filters, today=parse_day(row.get("date")))
            reason = found.why_no_vectors
            terminal.write_json({"id": row.get("id"), "hits": [_hit_as_dict(hit) for hit in found.hits]})
    _warn_without_vectors(reason, quiet=quiet)


def _warn_without_vectors(reason: str, *, quiet: bool) -> None:
    if reason and not quiet:
        terminal.warn(f"searched by words alone. {reason}")


def _format_hit(number: int, hit: Hit) -> str:
    facts = ", ".join(fact for fact in (hit.outlet, hit.title, hit.published[:10]) if fact)
    return f"{number}. {hit.score:.2f}  {facts}  ({hit.passage.article})\n{hit.passage.text}\n"


def _hit_as_dict(hit: Hit) -> dict[str, Any]:
    return {
        "article": hit.passage.article,
        "url": hit.url,
        "title": hit.title,
        "outlet": hit.outlet,
        "published": hit.published,
        "heading": hit.passage.heading,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "text": hit.passage.text,
        "score": round(hit.score, 4),
        "copies": list(hit.copies),
    }
