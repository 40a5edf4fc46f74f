"""What the catalog holds and the derived indexes do not, and the other way round."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.reader import CatalogReader

DerivedIndex = Literal["words", "vectors"]
DERIVED_INDEXES: tuple[DerivedIndex, ...] = ("words", "vectors")


@dataclass(frozen=True, slots=True)
class IndexCoverage:
    """How many of the current passages each index has."""

    articles: int
    passages: int
    words: int
    vectors: int

    @property
    def vectors_percent(self) -> int:
        return 100 if self.passages == 0 else int(100 * self.vectors / self.passages)


def count_pending(catalog: CatalogReader, index: DerivedIndex) -> int:
    """How many passages an index has to take in or let go of."""
    return int(catalog.db.execute(f"SELECT count(*) FROM passages WHERE {index} <> live").fetchone()[0])


def has_pending(catalog: CatalogReader) -> bool:
    """Whether either index is behind the catalog, or an article has still to be cut."""
    return any(count_pending(catalog, index) for index in DERIVED_INDEXES) or bool(catalog.unsegmented())


def pending_passages(catalog: CatalogReader, index: DerivedIndex, limit: int) -> list[str]:
    """Passages an index still has to take in: of corrected articles first, then of the newest."""
    order = "version > 1 DESC, published DESC, rowid"
    sql = f"SELECT id FROM passages WHERE {index} <> live AND live = 1 ORDER BY {order} LIMIT ?"
    return [row["id"] for row in catalog.db.execute(sql, [limit])]


def pending_deletes(catalog: CatalogReader, index: DerivedIndex, limit: int) -> list[str]:
    """Passages an index still has to let go of."""
    sql = f"SELECT id FROM passages WHERE {index} <> live AND live = 0 LIMIT ?"
    return [row["id"] for row in catalog.db.execute(sql, [limit])]


def mark_indexed(
    catalog: Catalog, index: DerivedIndex, *, added: Sequence[str] = (), removed: Sequence[str] = ()
) -> None:
    """Mark what an index has taken in and let go of; readers of the vectors learn of it by the generation."""
    with catalog.transaction() as db:
        db.executemany(f"UPDATE passages SET {index} = 1 WHERE id = ?", [[key] for key in added])
        db.executemany(f"UPDATE passages SET {index} = 0 WHERE id = ?", [[key] for key in removed])
        gone = "DELETE FROM passages WHERE id = ? AND live = 0 AND words = 0 AND vectors = 0"
        db.executemany(gone, [[key] for key in removed])
        if index == "vectors":
            catalog.set_fact("generation", str(vector_generation(catalog) + 1))


def vector_generation(catalog: CatalogReader) -> int:
    """How often the vectors have changed; a process that has them open looks whether it is still what it was."""
    return int(catalog.fact("generation", "0"))


def mark_all_pending(catalog: Catalog, index: DerivedIndex) -> None:
    """Owe an index everything, because it is built anew."""
    with catalog.transaction() as db:
        db.execute(f"UPDATE passages SET {index} = 0 WHERE {index} = 1")
        db.execute("DELETE FROM passages WHERE live = 0 AND words = 0 AND vectors = 0")


def verify_collection(catalog: Catalog, collection: str, count: Callable[[], int]) -> None:
    """Owe the vectors index everything where it is not the one that the catalog knows, or holds less than it says.

    `collection` names it anew each time it is made; `count` tells how many passages it holds. That is how a server
    that has lost its data is noticed, a folder that was deleted, and a move from one to the other.
    """
    known, embedded = catalog.fact("collection"), _count_embedded(catalog)
    lost = known not in ("", collection)  # indexes made before this was remembered have none
    if not lost:
        held = count()
        # Passages are withdrawn in the catalog first, so another process that removes some lowers this one before.
        lost = held < min(embedded, _count_embedded(catalog))
    if lost:
        mark_all_pending(catalog, "vectors")
    if known != collection:
        catalog.set_fact("collection", collection)


def _count_embedded(catalog: CatalogReader) -> int:
    return int(catalog.db.execute("SELECT count(*) FROM passages WHERE live = 1 AND vectors = 1").fetchone()[0])


def index_coverage(catalog: CatalogReader) -> IndexCoverage:
    """What the indexes have of the catalog's current passages."""
    row = catalog.db.execute(
        "SELECT count(*) AS passages, total(words) AS words, total(vectors) AS vectors FROM passages WHERE live = 1"
    ).fetchone()
    articles = catalog.db.execute("SELECT count(*) FROM articles WHERE version > 0").fetchone()[0]
    return IndexCoverage(articles, row["passages"], int(row["words"]), int(row["vectors"]))
