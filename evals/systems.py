"""The search systems that are compared on the same passages: ours, plain BM25, plain dense retrieval."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from evals.bm25 import MemoryBM25
from retrieval.documents import Article, Hit, indexed_text
from retrieval.errors import SourceError
from retrieval.index import indexer, pending
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import EmbeddingModel
from retrieval.search.hybrid_search import Search

DEPTH = 50  # passages asked for; a table looks at the first ten articles or passages among them

System = Callable[[str, date | None], list[Hit]]
"""A question and the day it was asked to hits, best first."""


def build(folder: Path, model: EmbeddingModel, articles: Iterable[Article | SourceError]) -> Store:
    """An index of the articles in a folder that is kept between runs, vectors included."""
    store = Store(folder, lambda: model)
    indexer.add_articles(store, articles, _report)
    indexer.index_pending(store, _report)
    return store


def systems(store: Store) -> dict[str, System]:
    """The systems over one store; a system is given the day of a question, to which `this week` refers."""
    search = Search(store)
    return {
        "plain BM25": _plain_bm25(store, lambda hit: hit.passage.text),
        "BM25, headline too": _plain_bm25(store, indexed_text),
        "plain dense": lambda question, _: _dense(store, question),
        "OnRecord": lambda question, _: list(search(question, DEPTH).hits),
        "OnRecord, day known": lambda question, day: list(search(question, DEPTH, today=day).hits),
    }


def _plain_bm25(store: Store, text: Callable[[Hit], str]) -> System:
    """BM25 over one text a passage, every word of the question counting."""
    keys = store.catalog.passage_ids_of(store.catalog.article_ids())
    index = MemoryBM25({key: text(hit) for key, hit in store.catalog.hits(keys).items()})
    return lambda question, _: _in_order(store, index.search(question, DEPTH))


def _dense(store: Store, question: str) -> list[Hit]:
    generation = pending.vector_generation(store.catalog)
    found = store.vectors.search(store.vectors.embed_question(question), DEPTH, generation=generation)
    return _in_order(store, [key for key, _ in found])


def _in_order(store: Store, keys: list[str]) -> list[Hit]:
    hits = store.catalog.hits(keys)
    return [hits[key] for key in keys if key in hits]


def _report(stage: str, done: int, total: int) -> None:
    if total and (done == total or done % 5_120 == 0):
        print(f"  {stage}: {done} of {total}", flush=True)
