"""BM25 over texts in memory: what passages that share words with a question are, and what search is compared with."""

from collections.abc import Callable, Mapping, Sequence

import tantivy

from retrieval.text.terms import terms

Analyse = Callable[[str], Sequence[str]]


class MemoryBM25:
    """Finds texts by the words of a question, every one counting; `analyse` makes terms of both, stemmed by default."""

    def __init__(self, texts: Mapping[str, str], analyse: Analyse = terms) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("key", stored=True, tokenizer_name="raw")
        builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
        self._analyse, self._schema = analyse, builder.build()
        self._index = tantivy.Index(self._schema)
        writer = self._index.writer(64_000_000, 1)
        for key, text in texts.items():
            writer.add_document(tantivy.Document(key=key, text=" ".join(analyse(text))))
        writer.commit()
        self._index.reload()

    def search(self, question: str, k: int) -> list[str]:
        """The keys of the `k` best texts, best first."""
        words = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "text", term, "freq"))
            for term in dict.fromkeys(self._analyse(question))
        ]
        searcher = self._index.searcher()
        found = searcher.search(tantivy.Query.boolean_query(words), k, count=False).hits
        return [str(searcher.doc(at).to_dict()["key"][0]) for _, at in found]
