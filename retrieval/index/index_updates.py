"""Bring the BM25 and the vector index up to date with what the catalog marks as pending, batch by batch."""

from collections.abc import Callable
from contextlib import suppress
from threading import Event

from retrieval.catalog import quote_table
from retrieval.errors import IndexBusy
from retrieval.index import pending
from retrieval.index.store import Store

BM25_BATCH = 5_000  # passages per commit of the BM25 index
VECTOR_BATCH = 512  # passages per generation of the vector index; readers reopen it after each
SMALL_VECTOR_BATCH = 64  # the same while `stop` may be set, so that the caller waits less
CLAIMED_PASSAGES, CLAIMED_DELETES = 64, 1_000  # that a worker takes at once where several share the work

Progress = Callable[[str, int, int], None]
"""Called with the stage, the work done and the total (0 if unknown)."""


def update_bm25(store: Store, progress: Progress, *, at_least: int = 1) -> None:
    """Work off what the BM25 index lacks, if that is so many passages; the caller holds the write lock."""
    total = pending.count_pending(store.catalog, "words")
    if total < at_least:
        return
    done = 0
    while True:
        added = pending.pending_passages(store.catalog, "words", BM25_BATCH)
        removed = pending.pending_deletes(store.catalog, "words", BM25_BATCH)
        if not added and not removed:
            return
        quotes = quote_table.quoted_words(store.catalog, added)
        store.bm25.update(list(store.catalog.hits(added).values()), removed, quotes)
        pending.mark_indexed(store.catalog, "words", added=added, removed=removed)
        done += len(added) + len(removed)
        progress("words", done, total)


def index_claimed(store: Store, progress: Progress, stop: Event) -> None:
    """Index what no other worker has claimed, batch by batch."""
    total, done = pending.count_pending(store.catalog, "vectors"), 0
    while not stop.is_set():
        with suppress(IndexBusy):  # claims were lost: the process stood still for longer than they last
            indexed = _index_claimed_batch(store)
            if not indexed:
                return
            done += indexed
            progress("vectors", done, max(total, done))


def _index_claimed_batch(store: Store) -> int:
    """Claim pending passages and write them to an index of words and vectors; returns how many, 0 if none are free."""
    claims = store.indexing
    with claims.renewing():
        added, removed = (
            pending.claim_passages(claims, CLAIMED_PASSAGES),
            pending.claim_deletes(claims, CLAIMED_DELETES),
        )
        if added or removed:
            hits = store.catalog.hits(added)  # without those that were withdrawn since
            changes = store.bm25.update(list(hits.values()), removed, quote_table.quoted_words(store.catalog, [*hits]))
            pending.mark_both_indexed(store.catalog, claims.worker, added=[*hits], removed=removed, changes=changes)
            claims.forget([*hits, *removed])
            claims.release()
    return len(added) + len(removed)


def update_vectors(store: Store, progress: Progress, stop: Event | None = None) -> None:
    """Work off what the vector index lacks, until `stop` is set; the caller holds the write lock."""
    total = pending.count_pending(store.catalog, "vectors")
    if total:
        with store.chroma.bulk_load(total):
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
            store.chroma.remove(removed)
        if added:
            store.chroma.add(list(store.catalog.hits(added).values()))
        pending.mark_indexed(store.catalog, "vectors", added=added, removed=removed)
        store.chroma.set_generation(pending.vector_generation(store.catalog))
        done += len(added) + len(removed)
        progress("vectors", done, max(total, done))
