"""Examples from MultiHop-RAG: questions whose evidence lies in several articles, and questions without any.

Half of the evidence is kept apart: a question is an example where none of its evidence is, and of the questions without
evidence one in two is.
"""

import zlib
from collections.abc import Iterator
from pathlib import Path

from evals.data import Row, rows
from evals.reader.asked_examples import labelled_hit
from evals.reader.examples import Example, trigrams
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search

HITS = 12
KEPT_APART = 40  # percent of the evidence


def multihop_examples(data: Path, store: Store) -> Iterator[Example]:
    """The questions for training, each with the passages that the product's search brings."""
    search = Search(store)
    evidence = {row["id"]: row["text"] for row in rows(data / "multihop/evidence.jsonl")}
    for row in rows(data / "multihop/queries.jsonl"):
        if not is_kept_apart(row):
            gold = [trigrams(evidence[key]) for key in row["gold"]]
            hits = search(row["query"], HITS).hits
            passages = tuple(labelled_hit(hit, gold, at) for at, hit in enumerate(hits))
            yield Example("multihop", row["id"], row["query"], bool(gold), passages, row["type"])


def is_kept_apart(row: Row) -> bool:
    """Whether a question is not for training: some of its evidence is kept apart, or it has none and is drawn."""
    return any(zlib.crc32(key.encode()) % 100 < KEPT_APART for key in row["gold"] or [row["id"]])
