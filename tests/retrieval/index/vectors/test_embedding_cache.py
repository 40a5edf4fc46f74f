"""Nothing is embedded twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_core.embeddings import Embeddings

from retrieval.index.vectors.embedding_cache import COMMIT_EVERY, EmbeddingCache


class Counting(Embeddings):
    """Vectors that tell their text, and every text it was ever asked for; fails after some."""

    def __init__(self, fail_after: int = 1_000_000) -> None:
        self.texts, self.fail_after = list[str](), fail_after

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if len(self.texts) + len(texts) > self.fail_after:
            raise RuntimeError("the model went away")
        self.texts.extend(texts)
        return [[float(len(text)), 0.5] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        self.texts.append(text)
        return [float(len(text)), 0.25]


@pytest.fixture
def model() -> Counting:
    return Counting()


@pytest.fixture
def cache(tmp_path: Path, model: Counting) -> Iterator[EmbeddingCache]:
    opened = EmbeddingCache(tmp_path / "embeddings.db", model, "first")
    yield opened
    opened.close()


def test_vectors_come_in_the_order_of_the_texts(cache: EmbeddingCache) -> None:
    assert cache.embed_documents(["ccc", "a", "bb"]) == [[3.0, 0.5], [1.0, 0.5], [2.0, 0.5]]
    assert cache.embed_documents(["bb", "dddd", "a"]) == [[2.0, 0.5], [4.0, 0.5], [1.0, 0.5]]


def test_a_known_text_is_not_embedded_again(cache: EmbeddingCache, model: Counting) -> None:
    cache.embed_documents(["a", "bb"])
    cache.embed_documents(["a", "ccc", "bb"])
    assert sorted(model.texts) == ["a", "bb", "ccc"]


def test_a_text_that_comes_twice_at_once_is_embedded_once(cache: EmbeddingCache, model: Counting) -> None:
    assert cache.embed_documents(["a", "a"]) == [[1.0, 0.5], [1.0, 0.5]]
    assert model.texts == ["a"]


def test_the_next_process_knows_the_texts_too(cache: EmbeddingCache, tmp_path: Path) -> None:
    cache.embed_documents(["a"])
    fresh = Counting()
    again = EmbeddingCache(tmp_path / "embeddings.db", fresh, "first")
    assert again.embed_documents(["a"]) == [[1.0, 0.5]]
    assert fresh.texts == []
    again.close()


def test_vectors_of_another_model_are_not_taken(cache: EmbeddingCache, tmp_path: Path) -> None:
    cache.embed_documents(["a"])
    other = Counting()
    again = EmbeddingCache(tmp_path / "embeddings.db", other, "second")
    again.embed_documents(["a"])
    assert other.texts == ["a"]
    again.close()


def test_what_was_embedded_before_a_failure_is_kept(tmp_path: Path) -> None:
    texts = [f"text {at:04}" for at in range(3 * COMMIT_EVERY)]
    failing = EmbeddingCache(tmp_path / "embeddings.db", Counting(fail_after=2 * COMMIT_EVERY), "first")
    with pytest.raises(RuntimeError):
        failing.embed_documents(texts)
    failing.close()
    model = Counting()
    again = EmbeddingCache(tmp_path / "embeddings.db", model, "first")
    assert len(again.embed_documents(texts)) == len(texts)
    assert len(model.texts) == COMMIT_EVERY
    again.close()


def test_questions_are_not_kept(cache: EmbeddingCache, model: Counting) -> None:
    assert cache.embed_query("why") == cache.embed_query("why") == [3.0, 0.25]
    assert model.texts == ["why", "why"]


def test_no_texts_give_no_vectors(cache: EmbeddingCache, model: Counting) -> None:
    assert cache.embed_documents([]) == []
    assert model.texts == []
