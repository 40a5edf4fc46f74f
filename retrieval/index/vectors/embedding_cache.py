"""A persistent cache of embeddings by the hash of their text."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from retrieval.documents import digest
from retrieval.index.vectors.minilm import EmbeddingModel

HalfVector = npt.NDArray[np.float16]

COMMIT_EVERY = 64  # texts; an interruption loses at most so many embeddings
_KEYS_PER_STATEMENT = 500


class EmbeddingCache(EmbeddingModel):
    """An embedding model that stores its results in a SQLite file.

    Vectors are stored as float16: half the disk space, and a cosine changes by less than 0.001.
    """

    def __init__(self, path: Path, model: Embeddings, name: str) -> None:
        self._model, self.name = model, name
        self._db = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
        )

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def embed_query(self, text: str) -> list[float]:
        """The vector of one question; questions are not cached."""
        return self._model.embed_query(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors in the order of `texts`; only those that are not cached are computed."""
        keys = [digest(f"{self.name}\x1f{text}") for text in texts]
        known = self._cached(keys)
        missing = sorted(
            {key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items(), key=_length
        )
        for first in range(0, len(missing), COMMIT_EVERY):
            batch = missing[first : first + COMMIT_EVERY]
            vectors = self._model.embed_documents([text for _, text in batch])
            fresh = {key: np.asarray(vector, dtype=np.float16) for (key, _), vector in zip(batch, vectors, strict=True)}
            self._save(fresh)
            known.update(fresh)
        return [known[key].astype(np.float32).tolist() for key in keys]

    def _cached(self, keys: Sequence[str]) -> dict[str, HalfVector]:
        found = dict[str, HalfVector]()
        for first in range(0, len(keys), _KEYS_PER_STATEMENT):
            batch = keys[first : first + _KEYS_PER_STATEMENT]
            sql = f"SELECT key, vector FROM vectors WHERE key IN ({', '.join('?' * len(batch))})"
            found.update((key, np.frombuffer(blob, dtype=np.float16)) for key, blob in self._db.execute(sql, batch))
        return found

    def _save(self, vectors: dict[str, HalfVector]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany(
            "INSERT OR IGNORE INTO vectors VALUES (?, ?)", [(key, vector.tobytes()) for key, vector in vectors.items()]
        )
        self._db.execute("COMMIT")


def _length(item: tuple[str, str]) -> int:
    return len(item[1])
