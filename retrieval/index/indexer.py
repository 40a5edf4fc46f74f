"""Articles into the catalog, and from there into the words index and the vectors index; incremental, crash-safe.

The catalog takes an article in one transaction. Each index then takes what it is still owed and marks it. A process
killed in between leaves rows marked as owed; the next one that gets the writer's lock goes on from there.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from threading import Event

from retrieval.catalog.database import utc_now
from retrieval.catalog.reader import existing_article_id
from retrieval.catalog.rows import SegmentedArticle
from retrieval.documents import Article
from retrieval.errors import IndexBusy, SourceError, UnknownArticle
from retrieval.index import pending
from retrieval.index.store import Store
from retrieval.index.write_lock import write_lock
from retrieval.quotes import quote_table
from retrieval.quotes.extraction import extract_quotes
from retrieval.text.boilerplate import has_article, split_blocks
from retrieval.text.chunking import chunk_article

NO_ARTICLE = "holds no article, only a notice, a form or links"

ARTICLE_BATCH = 200
BM25_BATCH = 5_000  # passages a commit of the words index
VECTOR_BATCH = 512  # passages between two marks; readers reopen after each

SMALL_VECTOR_BATCH = 64  # the same while somebody waits to end it

Progress = Callable[[str, int, int], None]
"""Told a stage, how much of it is done and how much there is (0 where that is not known)."""


@dataclass(frozen=True, slots=True)
class IngestSummary:
    """What one `add` did; `failed` are the sources that could not be read.

    `copies` are those of the added and changed articles of which another one with the same text is kept.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: tuple[SourceError, ...] = ()
    copies: int = 0

    def __add__(self, other: "IngestSummary") -> "IngestSummary":
        return IngestSummary(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.failed + other.failed,
            self.copies + other.copies,
        )


def _no_progress(stage: str, done: int, total: int) -> None:
    pass


def add_articles(
    store: Store, found: Iterable[Article | SourceError], progress: Progress = _no_progress
) -> IngestSummary:
    """Put articles into the catalog; the words index takes them along where it is free, `catch_up` does the rest."""
    started, tally, seen = utc_now(), IngestSummary(), 0
    for batch in _batches(found, ARTICLE_BATCH):
        tally += ingest_batch(store, batch)
        seen += len(batch)
        progress("reading", seen, 0)
    store.catalog.record_run(started, tally.added, tally.changed, tally.unchanged, len(tally.failed))
    return tally


def ingest_batch(store: Store, batch: Sequence[Article | SourceError]) -> IngestSummary:
    """The same for some articles at a time, without recording that they were looked for.

    Corrected articles are in the words index at once where it is free, others when there are enough of them.
    """
    named = (_with_existing_id(store, item) for item in batch if isinstance(item, Article))
    last = {article.id: article for article in named}
    outcomes = {key: store.catalog.ingest_outcome(article) for key, article in last.items()}
    cuts = [segment(article) for key, article in last.items() if outcomes[key] != "unchanged"]
    refused = [one.article for one in cuts if not one.passages]
    copies = store.catalog.save_articles(one for one in cuts if one.passages)
    _segment_unsegmented(store)
    counts = Counter(outcomes.values()) - Counter(outcomes[article.id] for article in refused)
    with suppress(IndexBusy), write_lock(store.folder, wait=0):
        _update_bm25(store, _no_progress, at_least=1 if counts["changed"] else BM25_BATCH)
    failed = [item for item in batch if isinstance(item, SourceError)]
    failed += [SourceError(article.source, NO_ARTICLE) for article in refused]
    return IngestSummary(counts["added"], counts["changed"], counts["unchanged"], tuple(failed), len(copies))


def _with_existing_id(store: Store, article: Article) -> Article:
    name = existing_article_id(store.catalog, article)
    return article if name == article.id else replace(article, id=name)


def _segment_unsegmented(store: Store) -> None:
    """Give passages and quotes to articles that lost the one they were a copy of: the first is kept for the others."""
    for article in store.catalog.unsegmented():
        _resegment(store, article)


def _resegment(store: Store, article: str) -> None:
    with suppress(UnknownArticle):  # removed by another process meanwhile
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
    """Give both indexes what they are owed, newest articles first; at once done when they are owed nothing.

    Setting `stop` from another thread ends it after the passages in hand. More than `most_vectors` passages without
    a vector are left to whoever has the time. Raises EmbeddingUnavailable once the words are in, IndexBusy when the
    lock is not free within `wait` seconds.
    """
    _segment_unsegmented(store)
    while owed := _indexes_behind(store, most_vectors):
        if stop and stop.is_set():
            return
        with write_lock(store.folder, wait=wait, on_wait=on_wait):
            _update_bm25(store, progress)
            if "vectors" in owed:
                _update_vectors(store, progress, stop)


def _indexes_behind(store: Store, most_vectors: int | None) -> set[pending.DerivedIndex]:
    counts = {derived: pending.count_pending(store.catalog, derived) for derived in pending.DERIVED_INDEXES}
    if most_vectors is not None and counts["vectors"] > most_vectors:
        del counts["vectors"]
    return {derived for derived, count in counts.items() if count}


def reindex(store: Store, progress: Progress = _no_progress, *, on_wait: Callable[[str], None] | None = None) -> None:
    """Cut all articles anew and build both indexes from the catalog; vectors of known texts are not computed again.

    Raises EmbeddingUnavailable once the words are in; vectors that there were stay when no model can be had.
    """
    with write_lock(store.folder, on_wait=on_wait):
        for at, article in enumerate(store.catalog.article_ids()):
            _resegment(store, article)
            progress("cutting", at + 1, 0)
        _segment_unsegmented(store)
        store.reset_bm25()
        _update_bm25(store, progress)
        store.reset_vectors()
        _update_vectors(store, progress)


def _batches(items: Iterable[Article | SourceError], size: int) -> Iterator[list[Article | SourceError]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def segment(article: Article) -> SegmentedArticle:
    """An article's passages and the quotes in them; none where it is no article."""
    parts = split_blocks(article.text, article.title, article.headings)
    spans = chunk_article(article.text, parts) if has_article(article.text, parts) else []
    return SegmentedArticle(article, spans, extract_quotes(article.text, [span for span, _ in spans]) if spans else ())


def _update_bm25(store: Store, progress: Progress, *, at_least: int = 1) -> None:
    total = pending.count_pending(store.catalog, "words")
    if total < at_least:
        return
    done = 0
    while True:
        added = pending.pending_passages(store.catalog, "words", BM25_BATCH)
        removed = pending.pending_deletes(store.catalog, "words", BM25_BATCH)
        if not added and not removed:
            return
        said = quote_table.quoted_words(store.catalog.db, added)
        store.bm25.update(store.catalog.hits(added).values(), removed, said)
        pending.mark_indexed(store.catalog, "words", added=added, removed=removed)
        done += len(added) + len(removed)
        progress("words", done, total)


def _update_vectors(store: Store, progress: Progress, stop: Event | None = None) -> None:
    total = pending.count_pending(store.catalog, "vectors")
    if total:
        with store.vectors.bulk_load(total):
            _update_pending_vectors(store, total, progress, stop)
        if not (stop and stop.is_set()):
            store.vectors.warm()


def _update_pending_vectors(store: Store, total: int, progress: Progress, stop: Event | None) -> None:
    done = 0
    while not (stop and stop.is_set()):
        added = pending.pending_passages(store.catalog, "vectors", SMALL_VECTOR_BATCH if stop else VECTOR_BATCH)
        removed = pending.pending_deletes(store.catalog, "vectors", BM25_BATCH)
        if not added and not removed:
            return
        if removed:
            store.vectors.remove(removed)
        if added:
            store.vectors.add(list(store.catalog.hits(added).values()))
        pending.mark_indexed(store.catalog, "vectors", added=added, removed=removed)
        store.vectors.set_generation(pending.vector_generation(store.catalog))
        done += len(added) + len(removed)
        progress("vectors", done, max(total, done))
