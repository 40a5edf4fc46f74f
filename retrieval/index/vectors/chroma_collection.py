"""Operations on a Chroma collection, whether it is embedded or on a server."""

from collections.abc import Sequence

import chromadb
import numpy as np
from langchain_chroma import Chroma

from retrieval.documents import Hit

# Among few passages each one is compared: a walk of the graph that accepts few of its nodes visits nearly all of it
# (100 of 279,000 passages: 13 against 274 ms; from 1,000 on the walk is faster).
EXACT_SEARCH_LIMIT = 500


def upsert_passages(store: Chroma, hits: Sequence[Hit], vectors: Sequence[Sequence[float]]) -> None:
    """Store the vectors of passages in a collection.

    Their texts and metadata stay in the catalog alone: Chroma would index them too, which takes three quarters of its
    disk space and more time than the vectors.
    """
    embeddings: list[Sequence[float] | Sequence[int]] = list(vectors)
    store._collection.upsert([hit.passage.id for hit in hits], embeddings)


def delete_passages(store: Chroma, passages: Sequence[str]) -> None:
    """Delete passages from a collection; unknown ids are ignored."""
    known = store.get(ids=list(passages), include=[])["ids"]
    if known:
        store.delete(ids=known)


def nearest_passages(
    collection: chromadb.Collection, question: Sequence[float], k: int, among: Sequence[str] | None
) -> list[tuple[str, float]]:
    """Ids and cosine similarities of the `k` nearest passages, best first; `among` restricts them to some ids."""
    if among is not None and len(among) <= EXACT_SEARCH_LIMIT:
        return _exact_search(collection, question, k, among)
    ids = None if among is None else list(among)
    vectors: list[Sequence[float] | Sequence[int]] = [question]
    found = collection.query(query_embeddings=vectors, n_results=k, ids=ids, include=["distances"])
    distances = found["distances"] or [[]]
    return [(key, 1.0 - distance) for key, distance in zip(found["ids"][0], distances[0], strict=True)]


def _exact_search(
    collection: chromadb.Collection, question: Sequence[float], k: int, among: Sequence[str]
) -> list[tuple[str, float]]:
    found = collection.get(ids=list(among), include=["embeddings"])
    if not found["ids"]:
        return []
    vectors, query = np.asarray(found["embeddings"], dtype=np.float32), np.asarray(question, dtype=np.float32)
    cosines = vectors @ query / (np.linalg.norm(vectors, axis=1) * np.linalg.norm(query))
    return [(found["ids"][at], float(cosines[at])) for at in np.argsort(-cosines, kind="stable")[:k]]
