"""add, articles, show, remove, reindex."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import chain
from typing import Any

from bot.app.build import App, open_app
from bot.cli.output import terminal
from bot.cli.commands.sources import is_address, read_addresses
from bot.formatting import format_date, printable
from retrieval.catalog.versions import Version, article_versions, last_corrected
from retrieval.documents import Article
from retrieval.errors import EmbeddingUnavailable, VectorsUnavailable
from retrieval.index import indexer, pending
from retrieval.ingest.parsing.files import local_files
from retrieval.ingest.watching.source_store import SourceStore

OK, MODEL_UNUSABLE, SOURCE_UNREADABLE, INTERRUPTED = 0, 4, 5, 130


def add_sources(sources: Sequence[str], *, every: float = 0.0, as_json: bool, quiet: bool) -> int:
    """Exit code 4 when the articles could not be embedded, 5 when one could not be read; what can be done is done."""
    with open_app() as app:
        try:
            tally, embedded = ingest(app, sources, every=every, quiet=quiet)
        except KeyboardInterrupt:
            terminal.warn("interrupted; what is done is kept, the same command goes on from there.")
            return INTERRUPTED
    for failure in tally.failed:
        terminal.warn(printable(str(failure)))
    counts = {"added": tally.added, "changed": tally.changed, "unchanged": tally.unchanged, "failed": len(tally.failed)}
    if as_json:
        terminal.say_json(counts | {"failures": [{"source": f.source, "reason": f.reason} for f in tally.failed]})
    elif not quiet:
        terminal.say(", ".join(f"{count} {what}" for what, count in counts.items() if count) or "nothing new")
    if not embedded:
        return MODEL_UNUSABLE
    return SOURCE_UNREADABLE if tally.failed else OK


def ingest(app: App, sources: Sequence[str], *, every: float = 0.0, quiet: bool) -> tuple[indexer.IngestSummary, bool]:
    """Read the sources into the catalog and bring both indexes up to it; False when the vectors have to wait.

    Those on the web are watched from then on, `every` so many minutes where that is given.
    """
    local = [source for source in sources if not is_address(source)]
    addresses = [source for source in sources if is_address(source)]
    with terminal.progress(quiet=quiet) as report:
        tally = indexer.IngestSummary()
        if local:
            found = chain.from_iterable(
                local_files.read_files(source, largest=app.settings.max_file_bytes) for source in local
            )
            tally += indexer.add_articles(app.store, found, report)
        tally += read_addresses(app, addresses, every, report, quiet=quiet)
        embedded = catch_up(app, report)
    return tally, embedded


def catch_up(app: App, report: indexer.Progress) -> bool:
    """Index what is owed; False when the vectors cannot be had and the words are enough to go on with."""

    def take() -> None:
        indexer.index_pending(
            app.store, report, on_wait=lambda who: terminal.warn(f"{who} is writing the index; waiting for it.")
        )

    try:
        take()
        app.store.check_vectors()
        take()  # what a Chroma server turned out to have lost
    except (EmbeddingUnavailable, VectorsUnavailable) as exc:
        terminal.warn(f"{exc} {_waiting(app)}")
        return False
    return True


def _waiting(app: App) -> str:
    owed = pending.count_pending(app.store.catalog, "vectors")
    passages = "1 passage waits" if owed == 1 else f"{owed} passages wait"
    return f"{passages} for the vectors index; articles are found by words alone."


def list_articles(*, as_json: bool) -> int:
    """One line an article."""
    with open_app() as app:
        for article in app.store.catalog.articles():
            if as_json:
                terminal.say_json(_facts(article) | {"copy_of": app.store.catalog.copy_of(article.id)})
            else:
                facts = (article.id, format_date(article.published) or "undated", article.outlet, article.title)
                terminal.say(printable("  ".join(fact for fact in facts if fact)))
    return OK


def show_article(article: str, *, as_json: bool) -> int:
    """The facts, where else it stands, and the stored text."""
    with open_app() as app, app.store.catalog.snapshot() as catalog:
        found, copies = catalog.article(article), catalog.copies(article)
        copy_of, changed = catalog.copy_of(article), last_corrected(catalog, article)
    if as_json:
        facts = {"copy_of": copy_of, "copies": [asdict(copy) for copy in copies], "corrected": changed}
        terminal.say_json(_facts(found) | facts | {"text": found.text})
    else:
        head = [found.title, " and ".join(found.authors), found.outlet, format_date(found.published), found.url]
        head += [f"corrected on {format_date(changed)}"] if changed else []
        head += [f"also in: {', '.join(part for part in (copy.outlet, copy.url) if part)}" for copy in copies]
        terminal.say(printable("\n".join(line for line in head if line) + f"\n\n{found.text}"))
    return OK


def show_versions(article: str, *, as_json: bool) -> int:
    """Each version: when it came, which facts it changed, which sentences went and came."""
    with open_app() as app, app.store.catalog.snapshot() as catalog:
        found = article_versions(catalog, article)
    for version in found:
        if as_json:
            terminal.say_json(_version(version))
        else:
            changed = f", changed: {', '.join(version.changed)}" if version.changed else ""
            lines = [f"version {version.number}, added {version.added}{changed}", *version.difference]
            terminal.say(printable("\n".join(lines)))
    return OK


def _version(version: Version) -> dict[str, Any]:
    facts = {"number": version.number, "added": version.added, "changed": version.changed}
    return facts | {"difference": version.difference} | _facts(version.article)


def remove_articles(articles: Sequence[str], *, quiet: bool) -> int:
    """All of them or, where one is unknown, those before it; of a source's address, only the source."""
    with open_app() as app:
        register = SourceStore(app.store.catalog)
        try:
            for article in articles:
                if not register.remove(article):
                    app.store.catalog.remove(article)
        finally:
            with terminal.progress(quiet=quiet) as report:
                catch_up(app, report)
    if not quiet:
        terminal.say(f"{len(articles)} removed")
    return OK


def reindex_all(*, quiet: bool) -> int:
    """Both indexes anew."""
    with open_app() as app, terminal.progress(quiet=quiet) as report:
        indexer.reindex(
            app.store, report, on_wait=lambda who: terminal.warn(f"{who} is writing the index; waiting for it.")
        )
    return OK


def _facts(article: Article) -> dict[str, Any]:
    facts = asdict(article)
    for hidden in ("text", "headings"):
        del facts[hidden]
    return facts
