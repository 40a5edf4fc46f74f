"""Pending index work: passages in the catalog that an index lacks, and passages that it has yet to delete."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.reader import CatalogReader

DerivedIndex = Literal["words", "vectors"]
DERIVED_INDEXES: tuple[DerivedIndex, ...] = ("words", "vectors")  # columns of `passages`; "words" is BM25


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
    return int(catalog.db.execute(f"SELECT count(*) FROM passages WHERE {index} <> live").fetchone()[0])


def has_pending(catalog: CatalogReader) -> bool:
    """Whether either index is behind the catalog, or an article is still unsegmented."""
    return any(count_pending(catalog, index) for index in DERIVED_INDEXES) or bool(catalog.unsegmented())


def has_vectors(catalog: CatalogReader) -> bool:
    """Whether any current passage is in the vector index."""
    sql = "SELECT EXISTS (SELECT 1 FROM passages WHERE live = 1 AND vectors = 1)"
    return bool(catalog.db.execute(sql).fetchone()[0])


def pending_passages(catalog: CatalogReader, index: DerivedIndex, limit: int) -> list[str]:
    """Ids of passages that an index has yet to add: those of corrected articles first, then the newest."""
    order = "version > 1 DESC, published DESC, rowid"
    sql = f"SELECT id FROM passages WHERE {index} <> live AND live = 1 ORDER BY {order} LIMIT ?"
    return [row["id"] for row in catalog.db.execute(sql, [limit])]


def pending_deletes(catalog: CatalogReader, index: DerivedIndex, limit: int) -> list[str]:
    """Ids of passages that an index has yet to delete."""
    sql = f"SELECT id FROM passages WHERE {index} <> live AND live = 0 LIMIT ?"
    return [row["id"] for row in catalog.db.execute(sql, [limit])]


def mark_indexed(
    catalog: Catalog, index: DerivedIndex, *, added: Sequence[str] = (), removed: Sequence[str] = ()
) -> None:
    """Record passages that an index has added and deleted; a change of the vectors increments their generation."""
    with catalog.transaction() as db:
        db.executemany(f"UPDATE passages SET {index} = 1 WHERE id = ?", [[key] for key in added])
        db.executemany(f"UPDATE passages SET {index} = 0 WHERE id = ?", [[key] for key in removed])
        delete_unused = "DELETE FROM passages WHERE id = ? AND live = 0 AND words = 0 AND vectors = 0"
        db.executemany(delete_unused, [[key] for key in removed])
        if index == "vectors":
            catalog.set_fact("generation", str(vector_generation(catalog) + 1))


def vector_generation(catalog: CatalogReader) -> int:
    """The number of changes of the vector index; processes that have it open compare it to notice changes by others."""
    return int(catalog.fact("generation", "0"))


def mark_all_pending(catalog: Catalog, index: DerivedIndex) -> None:
    """Mark every passage as missing from an index that is about to be rebuilt."""
    with catalog.transaction() as db:
        db.execute(f"UPDATE passages SET {index} = 0 WHERE {index} = 1")
        db.execute("DELETE FROM passages WHERE live = 0 AND words = 0 AND vectors = 0")


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
    return int(catalog.db.execute(f"SELECT count(*) FROM passages WHERE live = 1 AND {index} = 1").fetchone()[0])


def index_coverage(catalog: CatalogReader) -> IndexCoverage:
    """Count the current articles and passages, and the passages in each index."""
    row = catalog.db.execute(
        "SELECT count(*) AS passages, total(words) AS words, total(vectors) AS vectors FROM passages WHERE live = 1"
    ).fetchone()
    articles = catalog.db.execute("SELECT count(*) FROM articles WHERE version > 0").fetchone()[0]
    return IndexCoverage(articles, row["passages"], int(row["words"]), int(row["vectors"]))
