"""Ingest articles into the catalog, and from there into the BM25 and the vector index; incremental, crash-safe.

An article enters the catalog in one transaction. Each index then adds its pending passages and marks them as indexed.
A process killed in between leaves passages pending; the next one that gets the write lock continues from there. Where
words and vectors are in Milvus, no lock is needed: each worker claims passages, writes and marks them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Event
from time import monotonic
from typing import TypeVar

from retrieval.catalog.reader import existing_article_id
from retrieval.catalog.rows import SegmentedArticle
from retrieval.documents import Article
from retrieval.errors import IndexBusy, SourceError, UnknownArticle
from retrieval.index import pending
from retrieval.index.index_updates import BM25_BATCH, Progress, index_claimed, update_bm25, update_vectors
from retrieval.index.integrity.write_lock import write_lock
from retrieval.index.store import Store
from retrieval.quotes.extraction import extract_quotes
from retrieval.text.boilerplate import has_article, split_blocks
from retrieval.text.chunking import chunk_article
from retrieval.text.dates.clock import utc_now
from retrieval.text.language import ENGLISH, article_language

T = TypeVar("T")

NO_ARTICLE = "holds no article, only a notice, a form or links"

ARTICLE_BATCH = 200
BATCH_SECONDS = 2.0  # of reading or segmenting articles that a killed process loses at most, beside one article
CLAIMED_ARTICLES = 8  # that a worker takes at once to segment where several share the work
CLAIM_POLL_SECONDS = 1.0  # between two looks at what other workers have not finished
OTHER_WORKER = "Another worker"


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """The counts of one ingest; `failed` are the sources that could not be read.

    `copies` counts the added and changed articles that have the same text as another one. `warnings` are lines for the
    user about facts of added and changed articles that could not be read.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: tuple[SourceError, ...] = ()
    copies: int = 0
    warnings: tuple[str, ...] = ()

    def __add__(self, other: "IngestSummary") -> "IngestSummary":
        return IngestSummary(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.failed + other.failed,
            self.copies + other.copies,
            self.warnings + other.warnings,
        )


def _no_progress(stage: str, done: int, total: int) -> None:
    pass


def add_articles(
    store: Store, found: Iterable[Article | SourceError], progress: Progress = _no_progress
) -> IngestSummary:
    """Add articles to the catalog, and to the BM25 index if the write lock is free; `index_pending` does the rest."""
    started, summary, seen = utc_now(), IngestSummary(), 0
    for batch in _batches(found, ARTICLE_BATCH):
        summary += ingest_batch(store, batch)
        seen += len(batch)
        progress("reading", seen, 0)
    store.catalog.record_run(started, summary.added, summary.changed, summary.unchanged, len(summary.failed))
    return summary


def ingest_batch(store: Store, batch: Sequence[Article | SourceError]) -> IngestSummary:
    """Add one batch of articles to the catalog, without recording a run.

    If the write lock is free, corrected articles enter the BM25 index at once, others when BM25_BATCH are pending.
    """
    articles = (_with_existing_id(store, item) for item in batch if isinstance(item, Article))
    latest = {article.id: article for article in articles}
    outcomes = {key: store.catalog.ingest_outcome(article) for key, article in latest.items()}
    segmented = (segment(article) for key, article in latest.items() if outcomes[key] != "unchanged")
    rejected, copies = list[Article](), 0
    for part in _batches(segmented, ARTICLE_BATCH):
        rejected += [item.article for item in part if not item.passages]
        copies += len(store.catalog.save_articles(item for item in part if item.passages))
    _segment_unsegmented(store)
    counts = Counter(outcomes.values()) - Counter(outcomes[article.id] for article in rejected)
    if not store.is_shared:  # embedding would take too long here
        with suppress(IndexBusy), write_lock(store.folder, wait=0):
            update_bm25(store, _no_progress, at_least=1 if counts["changed"] else BM25_BATCH)
    failed = [item for item in batch if isinstance(item, SourceError)]
    failed += [SourceError(article.source, NO_ARTICLE) for article in rejected]
    stored = [latest[key] for key in outcomes.keys() - {item.id for item in rejected} if outcomes[key] != "unchanged"]
    warnings = tuple(sorted(f"{article.source}: {warning}." for article in stored for warning in article.warnings))
    return IngestSummary(counts["added"], counts["changed"], counts["unchanged"], tuple(failed), copies, warnings)


def _with_existing_id(store: Store, article: Article) -> Article:
    article_id = existing_article_id(store.catalog, article)
    return article if article_id == article.id else replace(article, id=article_id)


def _segment_unsegmented(store: Store) -> None:
    """Extract passages and quotes of articles whose original is gone; the first becomes the original of the others."""
    if not store.is_shared:
        for article in store.catalog.unsegmented():
            _resegment(store, article)
        return
    while store.catalog.unsegmented() and (claimed := pending.claim_uncut(store.segmenting, CLAIMED_ARTICLES)):
        with store.segmenting.renewing():
            for article in claimed:
                _resegment(store, article)
        store.segmenting.release(claimed)


def _resegment(store: Store, article: str) -> None:
    with suppress(UnknownArticle):  # another process has removed it meanwhile
        store.catalog.resegment(segment(store.catalog.article(article)))


def index_pending(
    store: Store,
    progress: Progress = _no_progress,
    *,
    wait: float = -1,
    on_wait: Callable[[str], None] | None = None,
    stop: Event | None = None,
    most_vectors: int | None = None,
) -> None:
    """Work off the pending changes of both indexes, newest articles first; returns at once if there are none.

    Setting `stop` from another thread ends the work after the current batch. If more than `most_vectors` passages lack
    a vector, the vectors are left pending. Raises EmbeddingUnavailable after the BM25 index is up to date, IndexBusy if
    the lock is not free within `wait` seconds. Where several workers share an index, `wait` of 0 leaves to the others
    what they have claimed.
    """
    _segment_unsegmented(store)
    if store.is_shared:
        _share_pending(store, progress, wait != 0, on_wait, stop or Event(), most_vectors)
        return
    _ = store.bm25  # what it has lost becomes pending; opened without the lock, which replacing a damaged one takes
    while behind := _indexes_behind(store, most_vectors):
        if stop and stop.is_set():
            return
        with write_lock(store.folder, wait=wait, on_wait=on_wait):
            update_bm25(store, progress)
        if "vectors" in behind:
            _ = store.vectors
            with write_lock(store.folder, wait=wait, on_wait=on_wait):
                update_vectors(store, progress, stop)


def _share_pending(
    store: Store,
    progress: Progress,
    waits: bool,
    on_wait: Callable[[str], None] | None,
    stop: Event,
    most_vectors: int | None,
) -> None:
    """Index what other workers have not claimed; one that `waits` goes on until they have finished or died."""
    while "vectors" in _indexes_behind(store, most_vectors):
        store.vectors.count()  # raises if it cannot be used; what it has lost becomes pending, before any is claimed
        index_claimed(store, progress, stop)
        if stop.is_set() or not waits:
            return
        if pending.count_pending(store.catalog, "vectors"):
            if on_wait:
                on_wait(OTHER_WORKER)
                on_wait = None
            stop.wait(CLAIM_POLL_SECONDS)


def _indexes_behind(store: Store, most_vectors: int | None) -> set[pending.DerivedIndex]:
    """The indexes with pending changes, without the vectors if more than `most_vectors` are pending."""
    counts = {index: pending.count_pending(store.catalog, index) for index in pending.DERIVED_INDEXES}
    if most_vectors is not None and counts["vectors"] > most_vectors:
        del counts["vectors"]
    return {index for index, count in counts.items() if count}


def reindex(store: Store, progress: Progress = _no_progress, *, on_wait: Callable[[str], None] | None = None) -> None:
    """Resegment all articles and rebuild both indexes from the catalog; cached embeddings are reused.

    Raises IndexDamaged before anything is changed if the catalog is damaged, EmbeddingUnavailable after the BM25 index
    is rebuilt; the old vectors stay if there is no model.
    """
    store.catalog.check()
    if store.is_shared:
        _resegment_all(store, progress)
        store.reset_both()
        index_pending(store, progress, on_wait=on_wait)
        return
    with write_lock(store.folder, on_wait=on_wait):
        _resegment_all(store, progress)
        store.reset_bm25()
        update_bm25(store, progress)
        store.reset_vectors()
        update_vectors(store, progress)


def _resegment_all(store: Store, progress: Progress) -> None:
    for done, article in enumerate(store.catalog.article_ids(), 1):
        _resegment(store, article)
        progress("cutting", done, 0)
    _segment_unsegmented(store)


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Batches of at most `size` items, and of those that come within BATCH_SECONDS."""
    batch, deadline = list[T](), monotonic() + BATCH_SECONDS
    for item in items:
        batch.append(item)
        if len(batch) == size or monotonic() >= deadline:
            yield batch
            batch, deadline = [], monotonic() + BATCH_SECONDS
    if batch:
        yield batch


def segment(article: Article) -> SegmentedArticle:
    """Tell an article's language, extract its passages and the quotes in them; none if the text is not an article.

    Quotes are those of English articles alone, as the quote network reads no other language, and never of a scan, as
    a machine's reading is not word for word.
    """
    article = replace(article, language=article_language(article.title, article.text, article.language))
    parts = split_blocks(article.text, article.title, article.headings)
    spans = chunk_article(article.text, parts) if has_article(article.text, parts) else []
    quoted = [span for span, _ in spans] if article.language == ENGLISH and not article.is_recognised else []
    return SegmentedArticle(article, spans, extract_quotes(article.text, quoted) if quoted else ())
