"""ask and search, for one question or for a file of them."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.answering.messages import answer_as_dict, validate_question
from bot.app.build import App, open_app
from bot.app.settings import Settings
from bot.cli.output import terminal
from bot.cli.output.streaming_output import show
from bot.formatting import printable
from retrieval.catalog.filters import Filters
from retrieval.documents import Hit
from retrieval.errors import EmbeddingUnavailable, IndexBusy, IndexUnavailable, UsageError, VectorsUnavailable
from retrieval.index import pending
from retrieval.text.dates import parse_day

OK, NO_ANSWER = 0, 3
DEFAULT_ARTICLES = Settings.model_fields["articles"].default
SAMPLE_ARTICLES = Path(__file__).resolve().parents[3] / "articles"  # beside the package, in a clone and in a wheel
FEW = 200  # passages that are embedded before a question is answered rather than after


def ask_one(question: str, filters: Filters, k: int, *, model: str, as_json: bool, quiet: bool) -> int:
    """Exit code 3 when the articles do not say."""
    validate_question(question)
    with open_app(model) as app:
        prepare(app, quiet=quiet, samples=True)
        if as_json:
            answer = app.conversation.ask(question, filters=filters, k=k)
            terminal.say_json(answer_as_dict(answer))
        else:
            answer = show(app.conversation.stream(question, filters=filters, k=k), quiet=quiet).answer
    return NO_ANSWER if answer.status == "no_answer" else OK


def ask_many(file: Path, filters: Filters, k: int, *, model: str, quiet: bool) -> int:
    """One JSON answer a line, with the line's id."""
    rows = questions(file)
    with open_app(model) as app:
        prepare(app, quiet=quiet, samples=True)
        for row in rows:
            answer = app.conversation.ask(row["question"], filters=filters, k=k, today=parse_day(row.get("date")))
            terminal.say_json({"id": row.get("id")} | answer_as_dict(answer))
    return OK


def search_one(query: str, filters: Filters, k: int, *, as_json: bool, quiet: bool) -> int:
    """Exit code 3 when nothing is found."""
    if not query.strip():
        raise UsageError("The query is empty.")
    with open_app() as app:
        prepare(app, quiet=quiet, samples=True)
        found = app.search(query, k, filters=filters)
    _note(found.without_vectors, quiet=quiet)
    for number, hit in enumerate(found.hits, 1):
        if as_json:
            terminal.say_json(_hit(hit))
        else:
            facts = ", ".join(fact for fact in (hit.outlet, hit.title, hit.published[:10]) if fact)
            terminal.say(
                printable(f"{number}. {hit.score:.2f}  {facts}  ({hit.passage.article})\n{hit.passage.text}\n")
            )
    return OK if found.hits else NO_ANSWER


def search_many(file: Path, filters: Filters, k: int, *, quiet: bool) -> int:
    """One JSON object a line: the line's id and its hits."""
    rows, trouble = questions(file), ""
    with open_app() as app:
        prepare(app, quiet=quiet, samples=True)
        for row in rows:
            found = app.search(row["question"], k, filters=filters, today=parse_day(row.get("date")))
            trouble = found.without_vectors
            terminal.say_json({"id": row.get("id"), "hits": [_hit(hit) for hit in found.hits]})
    _note(trouble, quiet=quiet)
    return OK


def prepare(app: App, *, quiet: bool, samples: bool = False) -> None:
    """Index the configured articles where there is no index yet; finish pending work if that is quick.

    `samples` takes OnRecord's sample articles where ONRECORD_ARTICLES has its default and there is no such folder.
    `serve` and `telegram` leave it off: started in the wrong folder they must fail, not answer readers from samples.
    """
    app.search.warm()
    if app.store.catalog.is_new():
        _first_run(app, quiet=quiet, samples=samples)
        return
    if not pending.has_pending(app.store.catalog):
        return
    from retrieval.index import indexer  # half a second that an index with nothing owed need not spend

    with terminal.progress(quiet=quiet) as report, suppress(IndexBusy, EmbeddingUnavailable, VectorsUnavailable):
        indexer.index_pending(app.store, report, wait=0, most_vectors=FEW)


def _first_run(app: App, *, quiet: bool, samples: bool) -> None:
    from bot.cli.commands.articles import ingest

    folder = app.settings.articles
    if samples and folder == DEFAULT_ARTICLES and not folder.exists() and SAMPLE_ARTICLES.exists():
        folder = SAMPLE_ARTICLES
        terminal.warn("there are no articles here yet; the sample articles answer ('onrecord add SOURCE' adds others).")
    if not folder.exists():
        raise IndexUnavailable(
            f"There is no index in {app.settings.data} and no folder {folder} to make one from; "
            "'onrecord add SOURCE' makes one (or set ONRECORD_ARTICLES)."
        )
    tally, _ = ingest(app, [str(folder)], quiet=quiet)
    for failure in tally.failed:
        terminal.warn(str(failure))


def questions(file: Path) -> list[dict[str, Any]]:
    """The lines of a file, all looked at before the first is asked. Raises UsageError that names the line."""
    return [row_of(f"{file}:{number}", line) for number, line in lines(file)]


def lines(file: Path) -> list[tuple[int, str]]:
    """The lines that are not blank, with their numbers from 1. Raises UsageError."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(f"{file} cannot be read: {exc}.") from exc
    return [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def row_of(place: str, line: str) -> dict[str, Any]:
    """What a line asks. Raises UsageError that names the place."""
    try:
        row = json.loads(line)
        json.dumps(row, ensure_ascii=False).encode()  # JSON may hold half a surrogate pair, which is no text
    except (ValueError, RecursionError) as exc:
        raise UsageError(f"{place} is not a line of JSON: {exc}.") from exc
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        raise UsageError(f"{place} has no `question`.")
    try:
        validate_question(row["question"])
    except UsageError as exc:
        raise UsageError(f"{place}: {exc}") from exc
    return row


def _note(trouble: str, *, quiet: bool) -> None:
    if trouble and not quiet:
        terminal.warn(f"searched by words alone. {trouble}")


def _hit(hit: Hit) -> dict[str, Any]:
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
