"""Damaged files of a graph are found before Chroma reads them: some of them would end the process."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings

from retrieval.documents import Hit, Passage, digest
from retrieval.errors import IndexDamaged
from retrieval.index.integrity.chroma_files import damaged_file
from retrieval.index.vectors.chroma_folder import SYNC_THRESHOLD, ChromaFolderIndex

DIMENSIONS = 32
PASSAGES = SYNC_THRESHOLD + 100  # so many that Chroma writes its graph to disk


class Directions(Embeddings):
    """A random unit vector for each text."""

    def embed_query(self, text: str) -> list[float]:
        vector = np.random.default_rng(int(digest(text), 16)).normal(size=DIMENSIONS)
        return (vector / np.linalg.norm(vector)).tolist()  # type: ignore[no-any-return]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Chroma folder with a graph on disk, from which passages were deleted."""
    folder = tmp_path_factory.mktemp("graph")
    index = ChromaFolderIndex(folder, Directions())
    hits = [Hit(Passage(digest(str(n)), "a", 0, 4, f"text {n}"), "", "", "", (), "", "", 0.0) for n in range(PASSAGES)]
    for start in range(0, PASSAGES, 100):
        index.add(hits[start : start + 100])
    index.remove([hit.passage.id for hit in hits[:50]])
    index.warm()
    index.close()
    return folder


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def empty(content: bytes) -> bytes:
    return b""


def flip_middle(content: bytes) -> bytes:
    middle = len(content) // 2
    return (
        content[: middle - 8] + bytes(byte ^ 0xFF for byte in content[middle - 8 : middle + 8]) + content[middle + 8 :]
    )


def overwrite(content: bytes) -> bytes:
    return b"\xa5" * len(content)


DAMAGES = [
    *(("data_level0.bin", damage) for damage in (cut, empty, flip_middle, overwrite)),
    *(("header.bin", damage) for damage in (cut, empty, flip_middle, overwrite)),
    *(("index_metadata.pickle", damage) for damage in (cut, empty, flip_middle, overwrite)),
    *(("link_lists.bin", damage) for damage in (cut, empty, overwrite)),
    *(("length.bin", damage) for damage in (cut, empty)),  # no search reads its numbers
    *(("chroma.sqlite3", damage) for damage in (cut, overwrite)),  # an empty one is a new one, which is filled again
]


def test_a_whole_graph_is_sound(graph: Path) -> None:
    assert (damaged_file(graph), len([*graph.glob("*/data_level0.bin")])) == ("", 1)


@pytest.mark.parametrize(("name", "damage"), DAMAGES)
def test_a_damaged_file_is_named_and_the_folder_not_opened(
    name: str, damage: Callable[[bytes], bytes], graph: Path, tmp_path: Path
) -> None:
    shutil.copytree(graph, tmp_path / "vectors")
    (path,) = (tmp_path / "vectors").rglob(name)
    path.write_bytes(damage(path.read_bytes()))
    assert damaged_file(tmp_path / "vectors") == name
    with pytest.raises(IndexDamaged, match=name):
        ChromaFolderIndex(tmp_path / "vectors", Directions())


@pytest.mark.parametrize(
    "name", ["data_level0.bin", "header.bin", "index_metadata.pickle", "length.bin", "link_lists.bin"]
)
def test_a_missing_file_is_named(name: str, graph: Path, tmp_path: Path) -> None:
    shutil.copytree(graph, tmp_path / "vectors")
    (path,) = (tmp_path / "vectors").rglob(name)
    path.unlink()
    assert damaged_file(tmp_path / "vectors") == name


def test_a_pickle_that_would_run_code_is_damage(graph: Path, tmp_path: Path) -> None:
    shutil.copytree(graph, tmp_path / "vectors")
    (path,) = (tmp_path / "vectors").rglob("index_metadata.pickle")
    path.write_bytes(b"cos\nsystem\n(S'touch " + str(tmp_path / "ran").encode() + b"'\ntR.")
    assert damaged_file(tmp_path / "vectors") == "index_metadata.pickle"
    assert not (tmp_path / "ran").exists()
