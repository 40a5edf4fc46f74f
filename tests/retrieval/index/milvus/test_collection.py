"""The collection of words and vectors in a file of Milvus Lite."""

from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path

import pytest

from retrieval.documents import Hit, Passage
from retrieval.index.milvus.collection import UNSEALED_ROWS, MilvusCollection
from retrieval.index.milvus.connection import MilvusConnection
from retrieval.index.milvus.passage_rows import Row, passage_row, query_vector
from retrieval.index.milvus.settings import parse_milvus


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[MilvusCollection]:
    pytest.importorskip("milvus_lite")
    connection = MilvusConnection(parse_milvus(str(tmp_path / "index.db")))
    with closing(MilvusCollection(connection, lambda: "news", lambda count: None, nullcontext)) as opened:
        yield opened


def row(key: str) -> Row:
    text = "The mill at the weir grinds again."
    hit = Hit(Passage(key, "news", 0, len(text), text), "", "", "", (), "2026-03-01", "", 0.0)
    return passage_row(hit, (), [1.0, 0.0])


@pytest.mark.milvus
def test_new_rows_are_stored_as_a_segment_before_they_are_searched(
    collection: MilvusCollection, tmp_path: Path
) -> None:
    for number in (1, 2):
        collection.put([row("mill")])
        assert len(segments(tmp_path)) < number
        assert collection.search("words", query_vector({("text", "mill"): 1.0}), 5, "")[0][0] == "mill"
        assert len(segments(tmp_path)) == number


@pytest.mark.milvus
def test_many_new_rows_are_stored_for_others_that_search(collection: MilvusCollection, tmp_path: Path) -> None:
    collection.put([row(f"mill{number}") for number in range(UNSEALED_ROWS)])
    assert len(segments(tmp_path)) == 1


def segments(folder: Path) -> list[Path]:
    """The files with rows that are not in memory alone."""
    return list(folder.rglob("data_*.parquet"))
