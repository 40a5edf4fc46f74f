"""The words index in a folder: what is tantivy's own."""

from pathlib import Path

import pytest

from retrieval.errors import IndexUnavailable
from retrieval.index.words.bm25 import BM25Index
from tests.retrieval.index.words.test_word_index import BARN, MILL, PIER, found


@pytest.fixture
def words(tmp_path: Path) -> BM25Index:
    opened = BM25Index(tmp_path / "words")
    opened.update([PIER, MILL, BARN], [])
    return opened


def test_an_open_index_sees_what_another_one_wrote(words: BM25Index, tmp_path: Path) -> None:
    other = BM25Index(tmp_path / "words")
    other.update([], [MILL.passage.id])
    assert found(words, "straw") == ["barn"]


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "meta.json").write_text("this is no index")
    with pytest.raises(IndexUnavailable, match="reindex"):
        BM25Index(tmp_path / "words")
