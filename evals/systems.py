"""The search systems that are compared on the same passages: ours, plain BM25, plain dense retrieval."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import tantivy

from retrieval.documents import Article, Hit, indexed_text
from retrieval.errors import SourceError
from retrieval.index import indexer, pending
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import EmbeddingModel
from retrieval.search.hybrid_search import Search
from retrieval.text.terms import ANALYZER_NAME, analyzer, terms

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
    bare = _PlainWords(store, lambda hit: hit.passage.text)
    plain = _PlainWords(store, indexed_text)
    return {
        "plain BM25": lambda question, _: bare.search(question),
        "BM25, headline too": lambda question, _: plain.search(question),
        "plain dense": lambda question, _: _dense(store, question),
        "OnRecord": lambda question, _: list(search(question, DEPTH).hits),
        "OnRecord, day known": lambda question, day: list(search(question, DEPTH, today=day).hits),
    }


class _PlainWords:
    """BM25 over one text a passage, every word of the question counting."""

    def __init__(self, store: Store, text: Callable[[Hit], str]) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        builder.add_text_field("text", tokenizer_name=ANALYZER_NAME, index_option="freq")
        self._store, self._schema = store, builder.build()
        self._index = tantivy.Index(self._schema)
        self._index.register_tokenizer(ANALYZER_NAME, analyzer())
        writer = self._index.writer(64_000_000, 1)
        keys = [row["id"] for row in store.catalog.db.execute("SELECT id FROM passages WHERE live = 1")]
        for key, hit in store.catalog.hits(keys).items():
            writer.add_document(tantivy.Document(id=key, text=text(hit)))
        writer.commit()
        self._index.reload()

    def search(self, question: str) -> list[Hit]:
        query = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "text", term, "freq"))
                for term in dict.fromkeys(terms(question))
            ]
        )
        searcher = self._index.searcher()
        keys = [searcher.doc(at).to_dict()["id"][0] for _, at in searcher.search(query, DEPTH, count=False).hits]
        return _in_order(self._store, keys)


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
