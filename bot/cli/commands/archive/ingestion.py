"""Read articles into the catalog and bring both indexes up to it."""

from collections.abc import Sequence

from bot.app.build import App
from bot.cli.commands.sources.web_ingestion import ingest_addresses, is_address
from bot.cli.output import terminal
from retrieval.errors import EmbeddingUnavailable, IndexServerUnavailable, VectorsUnavailable
from retrieval.index import indexer, pending
from retrieval.index.index_updates import Progress
from retrieval.ingest import local_files
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess


def ingest(app: App, sources: Sequence[str], *, every: float = 0.0, quiet: bool) -> tuple[indexer.IngestSummary, bool]:
    """Read the sources and index their articles; False when the vectors have to wait for their model or server.

    Sources on the web are watched from then on, every `every` minutes where that is not 0.
    """
    local = [source for source in sources if not is_address(source)]
    addresses = [source for source in sources if is_address(source)]
    with terminal.progress(quiet=quiet) as report:
        summary = indexer.IngestSummary()
        if local:
            summary += _add_files(app, local, report)
        summary += ingest_addresses(app, addresses, every, report, quiet=quiet)
        embedded = index_pending(app, report)
    return summary, embedded


def _add_files(app: App, sources: Sequence[str], report: Progress) -> indexer.IngestSummary:
    with ParserProcess() as parser:
        largest = app.settings.max_file_bytes
        articles = (found for source in sources for found in local_files.read_files(source, parser, largest=largest))
        return indexer.add_articles(app.store, articles, report)


def index_pending(app: App, report: Progress) -> bool:
    """Index what is pending; False when vectors cannot be computed or stored, or the index cannot be reached."""
    try:
        _index(app, report)
        app.store.check_vectors()
        _index(app, report)  # passages that the check found to be lost on a server
    except (EmbeddingUnavailable, VectorsUnavailable, IndexServerUnavailable) as exc:
        terminal.warn(f"{exc} {_waiting_passages(app)}")
        return False
    return True


def warn_of_writer(writer: str) -> None:
    """Say which process holds the write lock that this one waits for."""
    terminal.warn(f"{writer} is writing the index; waiting for it.")


def _index(app: App, report: Progress) -> None:
    indexer.index_pending(app.store, report, on_wait=warn_of_writer)


def _waiting_passages(app: App) -> str:
    count = pending.count_pending(app.store.catalog, "vectors")
    passages = "1 passage waits" if count == 1 else f"{count} passages wait"
    if app.store.bm25.holds_vectors:
        return f"{passages} for the index and cannot be found until then."
    return f"{passages} for the vectors index; articles are found by words alone."
