"""Check the files of an embedded Chroma before its native code reads them: damaged ones can end the whole process.

Chroma keeps its records in SQLite and each graph in files of hnswlib (`saveIndexDirty` of Chroma's fork).
"""

import pickle
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt

from retrieval.catalog.database.drivers.sqlite_file import database_damage

KNOWN_VERSION = 1  # of hnswlib's files
MAX_VERSION = 99  # versions up to here may come one day and are not checked; higher numbers are damage
GRAPH_FILES = ("data_level0.bin", "header.bin", "index_metadata.pickle", "length.bin", "link_lists.bin")
ROWS_AT_ONCE = 8_192
UNIT_TOLERANCE = 0.01  # of the norm of a vector; Chroma normalises them for cosine distance
MAX_LEVEL = 64

Words = npt.NDArray[np.uint32]

_HEADER = struct.Struct("<i6QiI3QdQ")


class _Header(NamedTuple):
    """The fields of `header.bin`; a row is a node's links in level 0, its vector and its label."""

    version: int
    links_offset: int
    capacity: int
    nodes: int
    row_bytes: int
    label_offset: int
    vector_offset: int
    top_level: int
    entry_node: int
    upper_links: int
    base_links: int
    links: int
    level_factor: float
    construction_candidates: int


def damaged_file(folder: Path) -> str:
    """The name of a damaged file in Chroma's folder, empty if there is none; reads the database and every graph."""
    database = folder / "chroma.sqlite3"
    if database.is_dir() or (database.exists() and database_damage(database)):
        return database.name
    for graph in sorted({path.parent for path in folder.glob("*/*.*") if path.name in GRAPH_FILES}):
        try:
            if problem := next(_graph_problems(graph), ""):
                return problem
        except OSError as exc:  # a folder of the name
            return Path(exc.filename).name
    return ""


def _graph_problems(folder: Path) -> Iterator[str]:
    """The names of the damaged files of one graph."""
    path = folder / "header.bin"
    content = path.read_bytes() if path.exists() else b""
    if len(content) < _HEADER.size:
        yield path.name
        return
    header = _Header(*_HEADER.unpack_from(content))
    if KNOWN_VERSION < header.version <= MAX_VERSION:
        return
    if header.version != KNOWN_VERSION or not _is_consistent(header):
        yield path.name
    elif header.nodes:
        if not _has_ids(folder / "index_metadata.pickle", header.nodes):
            yield "index_metadata.pickle"
        if not _has_sound_rows(folder / "data_level0.bin", header):
            yield "data_level0.bin"
        if not _has_sound_upper_levels(folder / "link_lists.bin", header):
            yield "link_lists.bin"
        if not _has_numbers(folder / "length.bin", header.nodes):
            yield "length.bin"


def _is_consistent(header: _Header) -> bool:
    links_bytes = 4 * (1 + header.base_links)
    has_layout = (
        header.links_offset == 0
        and header.vector_offset == links_bytes
        and header.vector_offset <= header.label_offset == header.row_bytes - 8
        and header.row_bytes % 4 == 0
        and header.base_links == 2 * header.upper_links == 2 * header.links
    )
    if not header.nodes:
        return has_layout
    has_entry = header.entry_node < header.nodes and 0 <= header.top_level <= MAX_LEVEL
    return has_layout and header.nodes <= header.capacity and has_entry


def _has_sound_rows(path: Path, header: _Header) -> bool:
    """Whether all links in level 0 lead to nodes, and all vectors are unit vectors (or zero)."""
    if not path.exists() or path.stat().st_size < header.nodes * header.row_bytes:
        return False
    rows: Words = np.memmap(path, "<u4", "r", shape=(header.nodes, header.row_bytes // 4))
    first, last = header.vector_offset // 4, header.label_offset // 4
    for start in range(0, header.nodes, ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        if not _are_links(part[:, :first], header.nodes):
            return False
        norms = np.linalg.norm(part[:, first:last].view("<f4"), axis=1)
        if not np.all((np.abs(norms - 1) < UNIT_TOLERANCE) | (norms == 0)):
            return False
    return len(np.unique(rows[:, last])) == header.nodes  # the labels


def _are_links(lists: Words, nodes: int) -> bool:
    """Whether these are lists of links: in each row their number (in the lower half of a word), then nodes."""
    counts, links = lists[:, 0] & 0xFFFF, lists[:, 1:]
    is_used = np.arange(links.shape[1]) < counts[:, None]
    return bool(np.all(counts <= links.shape[1]) and np.all(links[is_used] < nodes))


def _has_sound_upper_levels(path: Path, header: _Header) -> bool:
    """Whether there is a list of links for each node and level above 0, and all lead to nodes."""
    if not path.exists() or path.stat().st_size % 4:
        return False
    words, at, width = np.fromfile(path, "<u4"), 0, 1 + header.upper_links
    for _ in range(header.nodes):
        if at >= len(words):
            return False
        size, rest = divmod(int(words[at]), 4)
        lists = words[at + 1 : at + 1 + size]
        if rest or size % width or len(lists) < size:
            return False
        if size and not _are_links(lists.reshape(-1, width), header.nodes):
            return False
        at += 1 + size
    return at == len(words)


class _PlainUnpickler(pickle.Unpickler):
    """Reads dictionaries, strings and numbers, and nothing that would run code."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"{module}.{name} is no plain value")


def _has_ids(path: Path, nodes: int) -> bool:
    """Whether there are as many ids as nodes, and each has the label that has it."""
    try:
        with path.open("rb") as file:
            content = _PlainUnpickler(file).load()
        labels, ids = content["id_to_label"], content["label_to_id"]
        return len(labels) == len(ids) <= nodes and all(ids.get(label) == key for key, label in labels.items())
    except IsADirectoryError:
        raise
    except Exception:  # a damaged pickle may raise any
        return False


def _has_numbers(path: Path, nodes: int) -> bool:
    if not path.exists() or path.stat().st_size < 4 * nodes:
        return False
    return bool(np.all(np.isfinite(np.fromfile(path, "<f4", nodes))))
