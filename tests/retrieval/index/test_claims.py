"""Several workers index side by side: each takes what no other has claimed, and what a dead one has left."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.database.engine import Database
from retrieval.catalog.database.tables import passages, uncut
from retrieval.catalog.rows import SegmentedArticle
from retrieval.errors import IndexBusy
from retrieval.index import indexer, pending
from retrieval.index.claims import Claims
from retrieval.index.milvus.settings import parse_milvus
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import EmbeddingModel
from tests.support.articles import article
from tests.support.milvus_server import MilvusServer
from tests.support.postgresql import PostgreSQLServer

TEXT = "The pier is closed. The ferry is not."
CUT = [((0, 19), ""), ((20, 37), "")]
LEASE = 3.0  # seconds that a claim of a store lasts
SHORT = 0.3  # seconds of a lease that ends during a test


@pytest.fixture
def catalog(catalog: Catalog) -> Catalog:
    catalog.save_articles([SegmentedArticle(article("pier", TEXT), CUT)])
    return catalog


def worker(catalog: Catalog, seconds: float = 30.0) -> Claims:
    return Claims(catalog, passages.c.id, seconds=seconds)


def finish(catalog: Catalog, claims: Claims, added: list[str], removed: list[str] | None = None) -> None:
    pending.mark_both_indexed(catalog, claims.worker, added=added, removed=removed or [], changes={})


def test_what_one_worker_has_claimed_no_other_takes(catalog: Catalog) -> None:
    one, two = worker(catalog), worker(catalog)
    first, second, rest = (pending.claim_passages(claims, 1) for claims in (one, two, one))
    assert len({*first, *second}) == 2 and rest == []
    assert pending.count_pending(catalog, "vectors") == 2
    for claims, taken in ((one, first), (two, second)):
        finish(catalog, claims, taken)
    assert not pending.has_pending(catalog)


def test_what_is_given_back_or_not_renewed_in_time_is_taken_over(catalog: Catalog) -> None:
    one, two = worker(catalog, SHORT), worker(catalog)
    taken = pending.claim_passages(one, 2)
    with one.renewing():
        time.sleep(2 * SHORT)
        assert pending.claim_passages(two, 2) == []
    time.sleep(SHORT + 0.1)
    assert sorted(pending.claim_passages(two, 2)) == sorted(taken)
    with pytest.raises(IndexBusy, match="taken over"):
        finish(catalog, one, taken)
    assert pending.index_coverage(catalog).vectors == 0
    one.release()
    assert pending.claim_passages(one, 2) == [], "what another has is not given back"
    two.release()
    assert len(pending.claim_passages(one, 2)) == 2


def test_a_block_that_fails_gives_back_what_was_claimed(catalog: Catalog) -> None:
    one = worker(catalog)
    with pytest.raises(ZeroDivisionError), one.renewing():
        _ = pending.claim_passages(one, 2) and 1 / 0
    assert len(pending.claim_passages(worker(catalog), 2)) == 2


def test_a_passage_that_is_withdrawn_while_it_is_written_is_deleted_afterwards(catalog: Catalog) -> None:
    one, two = worker(catalog), worker(catalog)
    taken = pending.claim_passages(one, 2)
    catalog.remove("pier")
    assert pending.claim_deletes(two, 9) == []
    finish(catalog, one, taken)
    assert sorted(pending.claim_deletes(two, 9)) == sorted(taken)
    finish(catalog, two, [], taken)
    assert catalog.value(text("SELECT count(*) FROM passages WHERE live = 0")) == 0


def test_a_passage_that_is_added_again_while_it_is_deleted_is_written_again(catalog: Catalog) -> None:
    one = worker(catalog)
    finish(catalog, one, pending.claim_passages(one, 2))
    catalog.remove("pier")
    gone = pending.claim_deletes(one, 9)
    catalog.clear_withdrawal("pier")
    catalog.save_articles([SegmentedArticle(article("pier", TEXT), CUT)])
    finish(catalog, one, [], gone)
    assert sorted(pending.claim_passages(one, 9)) == sorted(gone)


def test_an_index_that_is_made_anew_takes_nothing_that_was_under_way(catalog: Catalog) -> None:
    one = worker(catalog)
    taken = pending.claim_passages(one, 2)
    pending.begin_collection(catalog, "new", "letters")
    with pytest.raises(IndexBusy):
        finish(catalog, one, taken)
    assert len(pending.claim_passages(worker(catalog), 2)) == 2


def test_uncut_copies_are_claimed_in_their_order(catalog: Catalog) -> None:
    catalog.save_articles([SegmentedArticle(article(name, TEXT), CUT) for name in ("dock", "quay")])
    catalog.database.run(text("UPDATE articles SET copy_of = 'pier' WHERE id <> 'pier'"))
    catalog.remove("pier")
    one, two = (Claims(catalog, uncut.c.article) for _ in range(2))
    assert (pending.claim_uncut(one, 1), pending.claim_uncut(two, 9)) == (["dock"], ["quay"])


class Counting(EmbeddingModel):
    """Takes a moment for each text, and remembers which it has embedded."""

    name = "counting"

    def __init__(self) -> None:
        self.embedded = Counter[str]()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded.update(texts)
        time.sleep(0.002 * len(texts))
        return [self.embed_query(one) for one in texts]

    def embed_query(self, text: str) -> list[float]:
        return [1.0 + text.count(vowel) for vowel in "aeiou"]


@pytest.fixture
def workers(tmp_path: Path, milvus: MilvusServer, postgresql: PostgreSQLServer) -> Iterator[list[Store]]:
    """Three machines with folders of their own, one database and one Milvus."""
    address = postgresql.new_database()
    with ExitStack() as opened:
        yield [
            opened.enter_context(
                Store(
                    tmp_path / str(number),
                    Counting,
                    milvus=parse_milvus(milvus.url),
                    database=Database(address),
                    lease_seconds=LEASE,
                )
            )
            for number in range(3)
        ]


def test_three_workers_embed_each_passage_once(workers: list[Store]) -> None:
    texts = [
        f"Ship {number} left the harbour on a morning of {number} degrees, said its owner." for number in range(300)
    ]
    indexer.add_articles(workers[0], [article(f"ship{number}", one) for number, one in enumerate(texts)])
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(indexer.index_pending, workers))
    coverage = pending.index_coverage(workers[0].catalog)
    assert coverage.passages == coverage.words == coverage.vectors == workers[1].bm25.count() == 300
    counts = [store._embedding_model.embedded for store in workers]
    assert all(counts) and sum(counts, Counter()).most_common(1)[0][1] == 1


def test_a_worker_that_died_is_waited_for_and_replaced(workers: list[Store]) -> None:
    one, two, _ = workers
    indexer.add_articles(one, [article("pier", "The pier is closed until spring, the harbour master said.")])
    one.vectors.count()  # the collection is begun, and with it all claims are void
    assert pending.claim_passages(one.indexing, 9)  # and is never heard of again
    waited = list[str]()
    indexer.index_pending(two, wait=0)
    assert pending.has_pending(two.catalog)
    indexer.index_pending(two, on_wait=waited.append)
    assert waited == ["Another worker"] and not pending.has_pending(two.catalog)
