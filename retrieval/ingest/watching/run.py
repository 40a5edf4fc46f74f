"""One run over a source: what it brings goes into the catalog, and only then is remembered as seen."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from retrieval.catalog.database import utc_now
from retrieval.endpoints.cancellation import Cancellation
from retrieval.errors import Cancelled, SourceError, SourceUnreachable, UnknownArticle
from retrieval.index import indexer
from retrieval.index.store import Store
from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.fetching.fetcher import Fetcher
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.ingest.watching.page_state import Observation, PageState, PageStates
from retrieval.ingest.watching.source import INTERRUPTED, Run, Source
from retrieval.ingest.watching.source_check import SourceCheck
from retrieval.ingest.watching.source_store import SourceStore

AT_ONCE = 20  # documents; those read since are read again after a crash
UNEXPECTED = "ended unexpectedly; the log says why"  # not the source's fault, but no reason to ask it at once again
GONE = "gone"  # why an article was withdrawn: its page has answered 404 or 410 for a day


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """A run that has ended, and what of its source could not be read."""

    run: Run
    failed: tuple[SourceError, ...] = ()


def run_source(
    store: Store,
    source: Source,
    fetcher: Fetcher,
    reader: ParserProcess,
    *,
    at: str = "",
    cancellation: Cancellation | None = None,
    progress: indexer.Progress = lambda stage, done, total: None,
    at_hand: Mapping[str, FetchedDocument] | None = None,
) -> RunOutcome:
    """Look at a source once, at the moment `at`, and record how it went; what breaks it off is in `Run.error`.

    The cancellation, or an interrupt here, ends it; what has been settled stays.
    """
    started = at or utc_now()
    counts, failed, error, wait = Counter[str](), list[SourceError](), INTERRUPTED, None
    try:
        for batch in _batches(SourceCheck(source, store.catalog, fetcher, reader, started, at_hand, cancellation)):
            failed.extend(_settle(store, source, batch, counts))
            progress("reading", counts.total() + len(failed), 0)
        error = ""
    except Cancelled:
        pass
    except SourceError as exc:
        error, wait = exc.reason, exc.retry_after if isinstance(exc, SourceUnreachable) else None
        failed.append(exc)
    except Exception:
        error = UNEXPECTED
        raise
    finally:
        done = Run(source.url, started, at or utc_now(), **counts, failed=len(failed), error=error)
        SourceStore(store.catalog).record(source, done, retry_after=wait)
        if not error:
            store.catalog.record_run(started, done.added, done.changed, done.unchanged, done.failed)
    return RunOutcome(done, tuple(failed))


def _batches(seen: Iterable[Observation]) -> Iterator[list[Observation]]:
    """The same in groups; what came before an error is handed on before it is raised."""
    batch = list[Observation]()
    try:
        for one in seen:
            batch.append(one)
            if len(batch) == AT_ONCE:
                yield batch
                batch = []
    except (Cancelled, SourceError):
        yield batch
        raise
    yield batch


def _settle(store: Store, source: Source, batch: list[Observation], counts: Counter[str]) -> list[SourceError]:
    visits = PageStates(store.catalog, source.url)
    tally = indexer.ingest_batch(store, [article for seen in batch for article in seen.articles])
    counts.update(added=tally.added, changed=tally.changed, unchanged=tally.unchanged)
    counts.update(unchanged=sum(seen.what in ("same", "known") for seen in batch))
    counts.update(withdrawn=sum(_withdraw(store, visits, seen.visit) for seen in batch if seen.what == "gone"))
    visits.remember(seen.visit for seen in batch if seen.what != "known")
    return [*(seen.failed for seen in batch if seen.failed), *tally.failed]


def _withdraw(store: Store, visits: PageStates, gone: PageState) -> int:
    count = 0
    for article in gone.articles:
        if visits.is_elsewhere(article, gone.url):
            continue
        try:
            store.catalog.remove(article, GONE)
        except UnknownArticle:  # somebody was faster
            continue
        count += 1
    return count
