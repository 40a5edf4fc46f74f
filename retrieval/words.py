"""The words index: BM25 on disk by tantivy, stemmed; one document a passage."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from time import monotonic

import tantivy

from retrieval.documents import Hit, digest, in_context
from retrieval.errors import IndexUnavailable
from retrieval.terms import ANALYZER_NAME, analyzer

LOOK_AGAIN = 0.5  # seconds; a reload costs a millisecond
WRITER_BYTES = 64_000_000
# A passage is indexed together with its headline and section heading: as one field that ranks better than as three
# (evals `news`: MRR@10 0.714 against 0.700). Who published and wrote it helps questions that name an outlet.
BOOSTS = {"text": 1.0, "source": 0.1}


class Words:
    """The tantivy index in a folder, made if missing. Raises IndexUnavailable when it cannot be opened."""

    def __init__(self, folder: Path) -> None:
        self._looked = 0.0
        self._schema = _schema()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._index = tantivy.Index(self._schema, str(folder))
        except (OSError, ValueError) as exc:
            raise IndexUnavailable(
                f"The words index cannot be opened ({exc}); 'onrecord reindex' builds it anew."
            ) from exc
        self._index.register_tokenizer(ANALYZER_NAME, analyzer())

    def count(self) -> int:
        """How many passages the index holds."""
        self._index.reload()
        return int(self._index.searcher().num_docs)

    def update(self, added: Iterable[Hit], removed: Iterable[str]) -> None:
        """Put passages in and take others out by id, in one commit; doing it twice changes nothing."""
        writer = self._index.writer(WRITER_BYTES, 1)
        try:
            for passage in removed:
                writer.delete_documents_by_query(self._by_id(passage))
            for hit in added:
                writer.delete_documents_by_query(self._by_id(hit.passage.id))
                writer.add_document(tantivy.Document.from_dict(_document(hit), self._schema))
            writer.commit()
            writer.wait_merging_threads()
            self._looked = 0.0
        except ValueError as exc:
            raise IndexUnavailable(f"The words index cannot be written: {exc}.") from exc

    def search(self, terms: Sequence[str], k: int, articles: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The `k` best passages by BM25 for stemmed terms, best first, limited to some articles if given."""
        clauses = [(tantivy.Occur.Should, self._field_query(field, boost, terms)) for field, boost in BOOSTS.items()]
        query = tantivy.Query.boolean_query(clauses)
        if articles is not None:
            ids = [_article_key(article) for article in articles]
            allowed = tantivy.Query.term_set_query(self._schema, "article", ids)
            limit = tantivy.Query.const_score_query(allowed, 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, limit)])
        searcher = self._searcher()
        hits = searcher.search(query, k, count=False).hits
        keys = searcher.fast_field_values("id", [address for _, address in hits])
        return [(f"{key:016x}", score) for key, (score, _) in zip(keys, hits, strict=True)]

    def document_frequencies(self, terms: Iterable[str]) -> tuple[dict[str, int], int]:
        """In how many passages each term stands, and how many passages there are."""
        searcher = self._searcher()
        total = int(searcher.num_docs)  # deleted passages stay in the frequencies until segments are merged
        return {term: min(total, max(searcher.doc_freq(field, term) for field in BOOSTS)) for term in terms}, total

    def clear(self) -> None:
        """Forget everything; readers keep what they have until they look again."""
        writer = self._index.writer(WRITER_BYTES, 1)
        writer.delete_all_documents()
        writer.commit()
        writer.wait_merging_threads()
        self._looked = 0.0

    def _searcher(self) -> tantivy.Searcher:
        """A view of what is committed, at most LOOK_AGAIN old."""
        if monotonic() - self._looked >= LOOK_AGAIN:
            self._index.reload()
            self._looked = monotonic()
        return self._index.searcher()

    def _by_id(self, passage: str) -> tantivy.Query:
        # delete_documents_by_term takes any int for a signed one and deletes nothing (tantivy-py 0.27)
        return tantivy.Query.term_query(self._schema, "id", int(passage, 16))

    def _field_query(self, field: str, boost: float, terms: Sequence[str]) -> tantivy.Query:
        should = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, field, term, "freq")) for term in terms]
        return tantivy.Query.boost_query(tantivy.Query.boolean_query(should), boost)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_unsigned_field("article", indexed=True)
    for field in BOOSTS:
        builder.add_text_field(field, tokenizer_name=ANALYZER_NAME, index_option="freq")
    return builder.build()


def _document(hit: Hit) -> dict[str, int | str]:
    return {
        "id": int(hit.passage.id, 16),
        "article": _article_key(hit.passage.article),
        "text": in_context(hit),
        "source": f"{hit.outlet} {' '.join(hit.authors)}",
    }


def _article_key(article: str) -> int:
    return int(digest(article), 16)
