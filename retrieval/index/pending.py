"""Pending index work: passages in the catalog that an index lacks, and passages that it has yet to delete."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Text,
    bindparam,
    cast,
    delete,
    func,
    literal_column,
    select,
    update,
)

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.database.dialects import among, excluded, text_list, upsert
from retrieval.catalog.database.tables import articles, facts, passages, terms, uncut
from retrieval.catalog.reader import CatalogReader
from retrieval.errors import IndexBusy
from retrieval.index.claims import FREE, Claims

if TYPE_CHECKING:
    from retrieval.index.words.word_index import TermChanges  # imports tantivy, which a look at the counts need not

DerivedIndex = Literal["words", "vectors"]
DERIVED_INDEXES: tuple[DerivedIndex, ...] = ("words", "vectors")  # columns of `passages`; "words" is BM25
WORDS_COLLECTION = "words_collection"  # the fact that names the collection with the words, none if the folder has them
_PUT_FACT = upsert(facts, "value")
_CHANGE_FREQUENCY = upsert(terms, passages=terms.c.passages + excluded(terms).passages)

BEING_WRITTEN = 2  # the state of a passage that a worker has claimed: the index may have it
_GENERATION = "generation"  # the catalog's fact with the number of changes of the vectors

_ONE: ColumnElement[int] = literal_column("1")  # as the partial indexes of pending passages have it
_IS_PENDING = {index: passages.c[index] != passages.c.live for index in DERIVED_INDEXES}
_IS_UNUSED = (passages.c.live == 0, passages.c.words == 0, passages.c.vectors == 0)
_NEWEST_FIRST = ((passages.c.version > _ONE).desc(), passages.c.published.desc(), passages.c.rowid)
_COUNT_PENDING = {index: select(func.count()).where(is_pending) for index, is_pending in _IS_PENDING.items()}
_PENDING_PASSAGES = {
    index: select(passages.c.id)
    .where(is_pending, passages.c.live == 1)
    .order_by(*_NEWEST_FIRST)
    .limit(bindparam("most"))
    for index, is_pending in _IS_PENDING.items()
}
_PENDING_DELETES = {
    index: select(passages.c.id).where(is_pending, passages.c.live == 0).limit(bindparam("most"))
    for index, is_pending in _IS_PENDING.items()
}
_UNCUT = (
    select(uncut.c.article)
    .join(articles, articles.c.id == uncut.c.article)
    .where(articles.c.version > 0)
    .order_by(articles.c.rowid)
    .limit(bindparam("most"))
)
_HAS_VECTORS = select(passages.c.id).where(passages.c.live == 1, passages.c.vectors == 1).limit(1)
_COUNT_INDEXED = {
    index: select(func.count()).where(passages.c.live == 1, passages.c[index] == 1) for index in DERIVED_INDEXES
}
_COUNT_GENERATION = upsert(facts, value=cast(cast(facts.c.value, Integer) + 1, Text)).values(key=_GENERATION, value="1")
_COVERAGE = select(
    func.count().label("passages"),
    func.count().filter(passages.c.words == 1).label("words"),
    func.count().filter(passages.c.vectors == 1).label("vectors"),
).where(passages.c.live == 1)
_COUNT_ARTICLES = select(func.count()).where(articles.c.version > 0)


@dataclass(frozen=True, slots=True)
class IndexCoverage:
    """The number of current passages, and of those in each index."""

    articles: int
    passages: int
    words: int
    vectors: int

    @property
    def vectors_percent(self) -> int:
        return 100 if self.passages == 0 else int(100 * self.vectors / self.passages)


def count_pending(catalog: CatalogReader, index: DerivedIndex) -> int:
    """The number of passages that an index has yet to add or delete."""
    return int(catalog.value(_COUNT_PENDING[index]))


def has_pending(catalog: CatalogReader) -> bool:
    """Whether either index is behind the catalog, or an article is still unsegmented."""
    return any(count_pending(catalog, index) for index in DERIVED_INDEXES) or bool(catalog.unsegmented())


def has_vectors(catalog: CatalogReader) -> bool:
    """Whether any current passage is in the vector index."""
    return bool(catalog.value(_HAS_VECTORS))


def pending_passages(catalog: CatalogReader, index: DerivedIndex, limit: int) -> list[str]:
    """Ids of passages that an index has yet to add: those of corrected articles first, then the newest."""
    return [row.id for row in catalog.rows(_PENDING_PASSAGES[index], most=limit)]


def pending_deletes(catalog: CatalogReader, index: DerivedIndex, limit: int) -> list[str]:
    """Ids of passages that an index has yet to delete."""
    return [row.id for row in catalog.rows(_PENDING_DELETES[index], most=limit)]


def mark_indexed(
    catalog: Catalog, index: DerivedIndex, *, added: Sequence[str] = (), removed: Sequence[str] = ()
) -> None:
    """Record passages that an index has added and deleted; a change of the vectors increments their generation."""
    is_one_of = among(passages.c.id, text_list("passages"))
    with catalog.transaction() as db:
        db.execute(update(passages).where(is_one_of).values({index: 1}), {"passages": added})
        db.execute(update(passages).where(is_one_of).values({index: 0}), {"passages": removed})
        db.execute(delete(passages).where(is_one_of, *_IS_UNUSED), {"passages": removed})
        if index == "vectors":
            db.execute(_COUNT_GENERATION)


def claim_passages(claims: Claims, most: int) -> list[str]:
    """Claim passages that an index of words and vectors has yet to add, in the order of `pending_passages`."""
    return claims.take(_PENDING_PASSAGES["vectors"], most, vectors=BEING_WRITTEN)


def claim_uncut(claims: Claims, most: int) -> list[str]:
    """Claim unsegmented articles, in the order in which they were first seen."""
    return claims.take(_UNCUT, most)


def claim_deletes(claims: Claims, most: int) -> list[str]:
    """Claim passages that it has yet to delete."""
    return claims.take(_PENDING_DELETES["vectors"], most, vectors=BEING_WRITTEN)


def mark_both_indexed(
    catalog: Catalog, worker: str, *, added: Sequence[str] = (), removed: Sequence[str] = (), changes: "TermChanges"
) -> None:
    """Record passages that a worker has added and deleted, and how term frequencies change: all or nothing.

    Raises IndexBusy when another worker has claimed one of them meanwhile, or the index is made anew.
    """
    is_mine = (among(passages.c.id, text_list("passages")), passages.c.claimed_by == worker)
    # Sorted, so that two processes change rows in the same order and do not wait for each other.
    by_term = sorted(changes.items())
    changed = [{"field": field, "term": term, "passages": change} for (field, term), change in by_term if change]
    with catalog.transaction() as db:
        for ids, state in ((added, 1), (removed, 0)):
            marked = update(passages).where(*is_mine).values({"words": state, "vectors": state} | FREE)
            if ids and db.execute(marked, {"passages": ids}).rowcount < len(ids):
                raise IndexBusy("Another process has taken over passages that this one was indexing.")
        db.execute(
            delete(passages).where(among(passages.c.id, text_list("passages")), *_IS_UNUSED), {"passages": removed}
        )
        if changed:
            db.execute(_CHANGE_FREQUENCY, changed)
        db.execute(_COUNT_GENERATION)


def vector_generation(catalog: CatalogReader) -> int:
    """The number of changes of the vector index; processes that have it open compare it to notice changes by others."""
    return int(catalog.fact(_GENERATION, "0"))


def mark_all_pending(catalog: Catalog, *indexes: DerivedIndex) -> None:
    """Mark every passage as missing from the indexes that are about to be rebuilt."""
    with catalog.transaction() as db:
        _mark_all_pending(db, *indexes)


def _mark_all_pending(db: Connection, *indexes: DerivedIndex) -> None:
    for index in indexes:
        db.execute(update(passages).where(passages.c[index] != 0).values({index: 0} | FREE))
    if "words" in indexes:
        db.execute(delete(terms))
    db.execute(delete(passages).where(*_IS_UNUSED))


def verify_collection(catalog: Catalog, collection: str, count: Callable[[], int]) -> None:
    """Mark all vectors as pending if the collection is not the one the catalog knows, or holds fewer than it should.

    `collection` is an id that is new each time a collection is created; `count` returns the passages it holds. This
    detects a server that lost its data, a deleted folder, and a switch between the two.
    """
    known, embedded = catalog.fact("collection"), _count_indexed(catalog, "vectors")
    lost = known not in ("", collection)  # indexes of earlier versions did not record it
    if not lost:
        stored = count()
        # Counted again afterwards: another process removes passages first from the catalog, then from the collection.
        lost = stored < min(embedded, _count_indexed(catalog, "vectors"))
    if lost:
        mark_all_pending(catalog, "vectors")
    if known != collection:
        catalog.set_fact("collection", collection)


def words_collection(catalog: Catalog, new: str) -> str:
    """The name of the collection that holds words and vectors; it is `new` if they were in the folder until now.

    In that case all passages are pending.
    """
    if known := catalog.fact(WORDS_COLLECTION):
        return known
    stored = catalog.set_default_fact(WORDS_COLLECTION, new)
    if stored == new:  # else another process was faster
        mark_all_pending(catalog, *DERIVED_INDEXES)
        catalog.set_fact("collection", new)
    return stored


def words_in_folder(catalog: Catalog) -> None:
    """Record that the words index is in the folder and empty, and that no collection holds words."""
    with catalog.transaction() as db:
        _mark_all_pending(db, *DERIVED_INDEXES)
        db.execute(delete(facts).where(facts.c.key == WORDS_COLLECTION))


def begin_collection(catalog: Catalog, name: str, embedding: str) -> None:
    """Record that an empty collection is to hold words and vectors; what workers are writing to another is void."""
    with catalog.transaction() as db:
        _mark_all_pending(db, *DERIVED_INDEXES)
        db.execute(_PUT_FACT, [{"key": WORDS_COLLECTION, "value": name}, {"key": "embedding", "value": embedding}])


def verify_both(catalog: Catalog, count: Callable[[], int]) -> None:
    """Mark all passages as pending if the collection of words and vectors holds fewer than it should."""
    indexed, stored = _count_indexed(catalog, "words"), count()
    if stored < min(indexed, _count_indexed(catalog, "words")):
        mark_all_pending(catalog, *DERIVED_INDEXES)


def verify_words(catalog: Catalog, count: Callable[[], int]) -> bool:
    """Mark all passages as missing from the BM25 index if it holds fewer than it should; returns whether it does.

    `count` returns the passages it holds. This detects an index that was emptied or is that of an older catalog.
    """
    indexed, stored = _count_indexed(catalog, "words"), count()
    # Counted again afterwards: another process removes passages first from the catalog, then from the index.
    lost = stored < min(indexed, _count_indexed(catalog, "words"))
    if lost:
        mark_all_pending(catalog, "words")
    return lost


def _count_indexed(catalog: CatalogReader, index: DerivedIndex) -> int:
    return int(catalog.value(_COUNT_INDEXED[index]))


def index_coverage(catalog: CatalogReader) -> IndexCoverage:
    """Count the current articles and passages, and the passages in each index."""
    (row,) = catalog.rows(_COVERAGE)
    return IndexCoverage(int(catalog.value(_COUNT_ARTICLES)), row.passages, row.words, row.vectors)
