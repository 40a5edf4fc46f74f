"""What is owed is worked off beside something else, whatever was lost and whatever fails."""

import shutil
import time
from pathlib import Path

from bot.cli.background import indexing_in_background
from retrieval.errors import EmbeddingUnavailable
from retrieval.index import indexer, pending
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from tests.support.newsroom import ARTICLES

SOON = 20.0  # seconds


def is_done(store: Store) -> bool:
    """Whether nothing is owed any more, waited for."""
    deadline = time.monotonic() + SOON
    while pending.has_pending(store.catalog) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not pending.has_pending(store.catalog)


def test_what_becomes_owed_meanwhile_is_indexed(store: Store) -> None:
    with indexing_in_background(store, every=0.05):
        indexer.add_articles(store, ARTICLES)
        assert is_done(store)
    assert store.vectors.count() == pending.index_coverage(store.catalog).passages > 0


def test_a_vectors_folder_that_was_deleted_is_filled_again(tmp_path: Path, model: MiniLM) -> None:
    with Store(tmp_path, lambda: model) as before:
        indexer.add_articles(before, ARTICLES)
        indexer.index_pending(before)
    shutil.rmtree(tmp_path / "vectors")
    with Store(tmp_path, lambda: model) as store:
        assert store.vectors.count() == 0 and pending.has_pending(store.catalog)
        with indexing_in_background(store, every=0.05):
            assert is_done(store)
        assert store.vectors.count() == pending.index_coverage(store.catalog).passages > 0


def test_a_model_that_comes_later_is_used(tmp_path: Path, model: MiniLM) -> None:
    tries = list[int]()

    def make() -> MiniLM:
        tries.append(1)
        if len(tries) < 3:
            raise EmbeddingUnavailable("not yet")
        return model

    with Store(tmp_path, make) as store, indexing_in_background(store, every=0.05):
        indexer.add_articles(store, ARTICLES)
        assert is_done(store)
