"""Cache vectors between runs, so that only a timed ingest computes them."""

import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

COMMIT_EVERY = 256  # texts; what an interruption costs at most


class CachedVectors:
    """Embeds texts, from a file of cached vectors where it has them; without a file always computes them."""

    def __init__(self, path: Path | None, embed: Callable[[list[str]], Vectors]) -> None:
        self._embed, self._db = embed, None
        if path:
            self._db = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
            self._db.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")

    def __call__(self, texts: list[str]) -> Vectors:
        if self._db is None:
            return self._embed(texts)
        keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
        known = {key: vector for key in set(keys) if (vector := self._known(key)) is not None}
        missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items())
        for first in range(0, len(missing), COMMIT_EVERY):
            some = missing[first : first + COMMIT_EVERY]
            fresh = self._embed([text for _, text in some])
            known.update((key, vector) for (key, _), vector in zip(some, fresh, strict=True))
            blobs = [(key, vector.tobytes()) for (key, _), vector in zip(some, fresh, strict=True)]
            self._db.execute("BEGIN")
            self._db.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", blobs)
            self._db.execute("COMMIT")
        return np.array([known[key] for key in keys], dtype=np.float32)

    def _known(self, key: bytes) -> Vectors | None:
        assert self._db is not None
        row = self._db.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
        return np.frombuffer(row[0], dtype=np.float32) if row else None
