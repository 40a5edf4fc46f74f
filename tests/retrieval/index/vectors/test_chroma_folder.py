"""The vectors index, on a real Chroma, embedded and as a server."""

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from time import monotonic
from uuid import uuid4

import pytest
from langchain_core.embeddings import Embeddings

from retrieval.documents import Hit, Passage, indexed_text
from retrieval.errors import IndexUnavailable
from retrieval.index.vectors.chroma_client import EXACT_SEARCH_LIMIT
from retrieval.index.vectors.chroma_folder import (
    BULK_PASSAGES,
    BULK_SYNCS,
    MAX_ADDED_AT_ONCE,
    SYNC_THRESHOLD,
    ChromaFolderIndex,
)
from retrieval.index.vectors.chroma_server import ChromaServerIndex
from retrieval.index.vectors.chroma_settings import parse_chroma_server
from retrieval.index.vectors.vector_index import VectorIndex
from tests.support.chroma_server import ChromaServer

PLACES = {"north": [0.0, 1.0], "east": [1.0, 0.0], "northeast": [0.6, 0.8], "south": [0.0, -1.0]}


class Compass(Embeddings):
    """Texts that name a direction to that direction, and numbers to that many degrees from east."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [
            PLACES.get(text) or [math.cos(math.radians(float(text))), math.sin(math.radians(float(text)))]
            for text in texts
        ]

    def embed_query(self, text: str) -> list[float]:
        return PLACES[text]


def hit(direction: str) -> Hit:
    passage = Passage(f"id-{direction}", f"article-{direction}", 0, len(direction), direction)
    return Hit(passage, "", "", "", (), "2026-01-01", "", 0.0)


def on_server(chroma: ChromaServer, name: str) -> ChromaServerIndex:
    return ChromaServerIndex(parse_chroma_server(chroma.url), name, Compass(), lambda collection, count: None)


@pytest.fixture(params=["folder", "server"])
def vectors(request: pytest.FixtureRequest, tmp_path: Path, chroma: ChromaServer) -> Iterator[VectorIndex]:
    opened: VectorIndex = (
        ChromaFolderIndex(tmp_path / "vectors", Compass())
        if request.param == "folder"
        else on_server(chroma, f"compass-{uuid4().hex}")
    )
    opened.add([hit(direction) for direction in PLACES])
    yield opened
    opened.close()


def found(
    vectors: VectorIndex, question: str, k: int = 4, among: list[str] | None = None, generation: int = 1
) -> list[str]:
    return [key for key, _ in vectors.search(vectors.embed_question(question), k, generation=generation, among=among)]


def test_nearest_come_first_with_their_cosine(vectors: VectorIndex) -> None:
    hits = vectors.search(PLACES["north"], 4, generation=1)
    assert [key for key, _ in hits] == ["id-north", "id-northeast", "id-east", "id-south"]
    assert [score for _, score in hits] == pytest.approx([1.0, 0.8, 0.0, -1.0], abs=1e-4)


def test_no_more_than_asked_for_are_found(vectors: VectorIndex) -> None:
    assert found(vectors, "east", k=2) == ["id-east", "id-northeast"]


def test_a_search_among_some_finds_only_those(vectors: VectorIndex) -> None:
    assert found(vectors, "north", among=["id-east", "id-south"]) == ["id-east", "id-south"]
    assert found(vectors, "north", among=[]) == []


def test_a_search_among_passages_not_yet_embedded_passes_them_over(vectors: VectorIndex) -> None:
    assert found(vectors, "north", among=["id-west", "id-east"]) == ["id-east"]
    assert found(vectors, "north", among=["id-west"]) == []


def test_among_many_the_nearest_are_found_too_and_unknown_ones_passed_over(vectors: VectorIndex) -> None:
    crowd = [hit(str(180 + 180 * at / EXACT_SEARCH_LIMIT)) for at in range(1, EXACT_SEARCH_LIMIT)]
    vectors.add(crowd)
    among = [*(one.passage.id for one in crowd), "id-east", "id-south"]
    assert len(among) > EXACT_SEARCH_LIMIT
    assert found(vectors, "east", k=1, among=among) == ["id-east"]
    assert found(vectors, "east", k=1, among=[*among, "id-nowhere"]) == ["id-east"]
    assert "id-north" not in found(vectors, "north", k=5, among=among)


def test_adding_twice_changes_nothing(vectors: VectorIndex) -> None:
    vectors.add([hit("north")])
    assert vectors.count() == len(PLACES)
    assert found(vectors, "north", k=1) == ["id-north"]


def test_removed_passages_are_found_no_more_and_unknown_ones_passed_over(vectors: VectorIndex) -> None:
    vectors.remove(["id-north", "id-nowhere"])
    vectors.remove(["id-nowhere"])
    assert vectors.count() == len(PLACES) - 1
    assert "id-north" not in found(vectors, "north")


def test_vectors_last_longer_than_the_one_who_wrote_them(tmp_path: Path) -> None:
    first = ChromaFolderIndex(tmp_path / "vectors", Compass())
    first.add([hit(direction) for direction in PLACES])
    first.close()
    again = ChromaFolderIndex(tmp_path / "vectors", Compass())
    assert again.count() == len(PLACES)
    assert found(again, "north", k=1) == ["id-north"]
    again.close()


def test_a_new_generation_is_reopened_and_still_answers(vectors: VectorIndex) -> None:
    for generation in (1, 2, 2, 3):
        assert vectors.search(PLACES["east"], 1, generation=generation)[0][0] == "id-east"


def written_every(vectors: ChromaFolderIndex) -> int:
    hnsw = vectors._store._collection.configuration["hnsw"]
    assert hnsw
    return int(hnsw["sync_threshold"])


def test_while_many_are_added_the_graph_is_written_more_seldom(tmp_path: Path) -> None:
    vectors = ChromaFolderIndex(tmp_path / "vectors", Compass())
    with vectors.bulk_load(BULK_PASSAGES - 1):
        assert written_every(vectors) == SYNC_THRESHOLD
    with vectors.bulk_load(BULK_SYNCS * (3_000 + MAX_ADDED_AT_ONCE)):
        assert written_every(vectors) == 3_000
        vectors.add([hit(direction) for direction in PLACES])
        assert found(vectors, "north", k=1) == ["id-north"]
    vectors.warm()
    assert written_every(vectors) == SYNC_THRESHOLD and found(vectors, "south", k=1) == ["id-south"]
    vectors.close()


def break_off(vectors: ChromaFolderIndex) -> None:
    with vectors.bulk_load(BULK_SYNCS * (3_000 + MAX_ADDED_AT_ONCE)):
        vectors.add([hit(direction) for direction in PLACES])
        raise RuntimeError("the model broke off")


def test_a_bulk_that_breaks_off_loses_nothing(tmp_path: Path) -> None:
    vectors = ChromaFolderIndex(tmp_path / "vectors", Compass())
    with pytest.raises(RuntimeError, match="broke off"):
        break_off(vectors)
    assert written_every(vectors) == SYNC_THRESHOLD
    vectors.close()
    again = ChromaFolderIndex(tmp_path / "vectors", Compass())
    assert again.count() == len(PLACES) and found(again, "east", k=1) == ["id-east"]
    again.close()


def test_the_longer_opening_takes_the_more_seldom_it_is_done(tmp_path: Path) -> None:
    vectors = ChromaFolderIndex(tmp_path / "vectors", Compass())
    vectors.add([hit(direction) for direction in PLACES])
    opened = [vectors._client]
    for generation, not_before in ((1, 0.0), (2, 0.0), (2, 0.0), (3, monotonic() + 60), (3, 0.0)):
        vectors._reopen_after = not_before
        assert found(vectors, "north", generation=generation, k=1) == ["id-north"]
        opened.append(vectors._client)
    is_new = [one is not other for one, other in pairwise(opened)]
    assert is_new == [False, True, False, False, True]
    assert vectors._reopen_after > monotonic()
    vectors.close()


def test_texts_stay_in_the_catalog(vectors: VectorIndex) -> None:
    opened = vectors._store if isinstance(vectors, ChromaFolderIndex) else vectors._searches._open_store()  # type: ignore[attr-defined]
    kept = opened._collection.get(include=["documents", "metadatas"])
    assert len(kept["ids"]) == len(PLACES)
    assert not any(kept["documents"] or []) and not any(kept["metadatas"] or [])


def test_title_and_heading_are_embedded_before_the_text() -> None:
    passage = Passage("p", "a", 0, 4, "text", heading="Heading")
    assert indexed_text(Hit(passage, "Title", "", "", (), "", "", 0.0)) == "Title\nHeading\ntext"
    assert indexed_text(hit("north")) == "north"


def test_a_folder_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vectors").mkdir()
    (tmp_path / "vectors" / "chroma.sqlite3").write_bytes(b"not a database" * 500)
    with pytest.raises(IndexUnavailable, match="reindex"):
        ChromaFolderIndex(tmp_path / "vectors", Compass())
