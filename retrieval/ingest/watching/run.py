"""Run a source once: ingest its new articles into the catalog, and only then store what was checked."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from retrieval.errors import Cancelled, SourceError, SourceUnreachable, UnknownArticle
from retrieval.index import indexer
from retrieval.index.index_updates import Progress
from retrieval.index.indexer import IngestSummary
from retrieval.index.store import Store
from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.fetching.fetcher import Fetcher
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.ingest.watching.page_state import PageState, PageStates
from retrieval.ingest.watching.source import INTERRUPTED, Run, Source
from retrieval.ingest.watching.source_check import Observation, SourceCheck
from retrieval.ingest.watching.source_store import SourceStore
from retrieval.models.endpoints.cancellation import Cancellation
from retrieval.text.dates.clock import utc_now

BATCH_SIZE = 20  # documents; after a crash those of the unfinished batch are read again
UNEXPECTED = "ended unexpectedly; the log says why"  # not an error of the source, but its next run is delayed as well
GONE = "gone"  # why an article was withdrawn: its page has answered 404 or 410 for a day


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """A finished run, the errors of documents that could not be read, and warnings for the user.

    `failed` includes the error that aborted the run, if any. `warnings` are lines about skipped entries and dates that
    could not be read, each with its URL.
    """

    run: Run
    failed: tuple[SourceError, ...] = ()
    warnings: tuple[str, ...] = ()


def run_source(
    store: Store,
    source: Source,
    fetcher: Fetcher,
    parser: ParserProcess,
    *,
    at: str = "",
    cancellation: Cancellation | None = None,
    progress: Progress = lambda stage, done, total: None,
    prefetched: Mapping[str, FetchedDocument] | None = None,
) -> RunOutcome:
    """Check a source once, at the time `at`, ingest its articles and store the run; `Run.error` is why it was aborted.

    Cancellation or an interrupt ends it; finished batches stay. `prefetched` documents are not fetched again.
    """
    started = at or utc_now()
    check = SourceCheck(source, store.catalog, fetcher, parser, started, prefetched, cancellation)
    counts, failed, error, retry_after = Counter[str](), list[SourceError](), INTERRUPTED, None
    try:
        for batch in _batches(check):
            ingested = _ingest_batch(store, source, batch, counts)
            failed.extend(ingested.failed)
            check.warnings.extend(ingested.warnings)
            progress("reading", counts.total() + len(failed), 0)
        error = ""
    except Cancelled:
        pass
    except SourceError as exc:
        error, retry_after = exc.reason, exc.retry_after if isinstance(exc, SourceUnreachable) else None
        failed.append(exc)
    except Exception:
        error = UNEXPECTED
        raise
    finally:
        run = Run(source.url, started, at or utc_now(), **counts, failed=len(failed), error=error)
        SourceStore(store.catalog).record(source, run, retry_after=retry_after)
        if not error:
            store.catalog.record_run(started, run.added, run.changed, run.unchanged, run.failed)
    return RunOutcome(run, tuple(failed), tuple(check.warnings))


def _batches(observations: Iterable[Observation]) -> Iterator[list[Observation]]:
    """Group observations into batches; the last batch before an error is yielded before the error is raised."""
    batch = list[Observation]()
    try:
        for observation in observations:
            batch.append(observation)
            if len(batch) == BATCH_SIZE:
                yield batch
                batch = []
    except (Cancelled, SourceError):
        yield batch
        raise
    yield batch


def _ingest_batch(store: Store, source: Source, batch: list[Observation], counts: Counter[str]) -> IngestSummary:
    """Ingest the articles of a batch, withdraw those of gone pages, and add to `counts`; the summary has all errors."""
    states = PageStates(store.catalog, source.url)
    summary = indexer.ingest_batch(store, [article for seen in batch for article in seen.articles])
    counts.update(added=summary.added, changed=summary.changed, unchanged=summary.unchanged)
    counts.update(unchanged=sum(seen.outcome in ("unchanged", "skipped") for seen in batch))
    counts.update(withdrawn=sum(_withdraw(store, states, seen.state) for seen in batch if seen.outcome == "gone"))
    states.save(seen.state for seen in batch if seen.outcome != "skipped")
    return replace(summary, failed=(*(seen.error for seen in batch if seen.error), *summary.failed))


def _withdraw(store: Store, states: PageStates, page: PageState) -> int:
    """Withdraw the articles of a page that is gone, unless another page has them; return their number."""
    count = 0
    for article in page.articles:
        if states.is_on_other_page(article, page.url):
            continue
        try:
            store.catalog.remove(article, GONE)
        except UnknownArticle:  # another process has removed it
            continue
        count += 1
    return count
