"""The words index: BM25 on disk by tantivy, stemmed; one document a passage, with what is said in it and by whom."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from time import monotonic

import tantivy

from retrieval.documents import Hit, digest, indexed_text
from retrieval.errors import IndexUnavailable
from retrieval.quotes.quote_table import QuotedWords
from retrieval.text.terms import ANALYZER_NAME, analyzer

RELOAD_SECONDS = 0.5  # seconds; a reload costs a millisecond
WRITER_HEAP_BYTES = 64_000_000
# A passage is indexed together with its headline and section heading: as one field that ranks better than as three
# (evals `news`: MRR@10 0.714 against 0.700). Who published and wrote it helps questions that name an outlet.
FIELD_BOOSTS = {"text": 1.0, "source": 0.1}
SPEECH_FIELD = "said"


class BM25Index:
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

    def update(
        self, added: Iterable[Hit], removed: Iterable[str], said: Mapping[str, Sequence[QuotedWords]] | None = None
    ) -> None:
        """Put passages in and take others out by id, in one commit; doing it twice changes nothing.

        `said` is by whom and what is said in each passage.
        """
        writer = self._index.writer(WRITER_HEAP_BYTES, 1)
        try:
            for passage in removed:
                writer.delete_documents_by_query(self._id_query(passage))
            for hit in added:
                writer.delete_documents_by_query(self._id_query(hit.passage.id))
                document = _document(hit, (said or {}).get(hit.passage.id, ()))
                writer.add_document(tantivy.Document.from_dict(document, self._schema))
            writer.commit()
            writer.wait_merging_threads()
            self._looked = 0.0
        except ValueError as exc:
            raise IndexUnavailable(f"The words index cannot be written: {exc}.") from exc

    def search(self, terms: Sequence[str], k: int, articles: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """The `k` best passages by BM25 for stemmed terms, best first, limited to some articles if given."""
        return self._search(self._any_term_query(FIELD_BOOSTS, terms), k, self._restrictions("article", articles))

    def search_quotes(
        self,
        terms: Sequence[str],
        k: int,
        speakers: Sequence[str] | None = None,
        articles: Sequence[str] | None = None,
    ) -> list[tuple[str, float]]:
        """The `k` best passages by BM25 of what is said in them; where one of some speakers has words, if given."""
        query = self._any_term_query({SPEECH_FIELD: 1.0}, terms)
        limits = self._restrictions("speaker", speakers) + self._restrictions("article", articles)
        return self._search(query, k, limits)

    def document_frequencies(
        self, terms: Iterable[str], fields: Iterable[str] = tuple(FIELD_BOOSTS)
    ) -> tuple[dict[str, int], int]:
        """In how many passages each term stands, and how many passages there are."""
        searcher, fields = self._searcher(), tuple(fields)
        total = int(searcher.num_docs)  # deleted passages stay in the frequencies until segments are merged
        return {term: min(total, max(searcher.doc_freq(field, term) for field in fields)) for term in terms}, total

    def clear(self) -> None:
        """Forget everything; readers keep what they have until they look again."""
        writer = self._index.writer(WRITER_HEAP_BYTES, 1)
        writer.delete_all_documents()
        writer.commit()
        writer.wait_merging_threads()
        self._looked = 0.0

    def _searcher(self) -> tantivy.Searcher:
        """A view of what is committed, at most LOOK_AGAIN old."""
        if monotonic() - self._looked >= RELOAD_SECONDS:
            self._index.reload()
            self._looked = monotonic()
        return self._index.searcher()

    def _search(self, query: tantivy.Query, k: int, limits: Sequence[tantivy.Query]) -> list[tuple[str, float]]:
        if limits:
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in (query, *limits)])
        searcher = self._searcher()
        hits = searcher.search(query, k, count=False).hits
        keys = searcher.fast_field_values("id", [address for _, address in hits])
        return [(f"{key:016x}", score) for key, (score, _) in zip(keys, hits, strict=True)]

    def _restrictions(self, field: str, names: Sequence[str] | None) -> list[tantivy.Query]:
        """Only what has one of these names in a field, whatever it scores; no limit where there are none to name."""
        if names is None:
            return []
        allowed = tantivy.Query.term_set_query(self._schema, field, [_hash_key(name) for name in names])
        return [tantivy.Query.const_score_query(allowed, 0.0)]

    def _id_query(self, passage: str) -> tantivy.Query:
        # delete_documents_by_term takes any int for a signed one and deletes nothing (tantivy-py 0.27)
        return tantivy.Query.term_query(self._schema, "id", int(passage, 16))

    def _any_term_query(self, boosts: Mapping[str, float], terms: Sequence[str]) -> tantivy.Query:
        """Any of the terms in any of the fields; one flat list, which tantivy reads faster than nested ones."""
        searcher = self._searcher()
        should = [
            (tantivy.Occur.Should, _boosted(tantivy.Query.term_query(self._schema, field, term, "freq"), boost))
            for field, boost in boosts.items()
            for term in terms
            if searcher.doc_freq(field, term)
        ]
        return tantivy.Query.boolean_query(should)


def _boosted(query: tantivy.Query, boost: float) -> tantivy.Query:
    return query if boost == 1.0 else tantivy.Query.boost_query(query, boost)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_unsigned_field("article", indexed=True)
    builder.add_unsigned_field("speaker", indexed=True)
    for field in (*FIELD_BOOSTS, SPEECH_FIELD):
        builder.add_text_field(field, tokenizer_name=ANALYZER_NAME, index_option="freq")
    return builder.build()


def _document(hit: Hit, said: Sequence[QuotedWords]) -> dict[str, int | str | list[int]]:
    return {
        "id": int(hit.passage.id, 16),
        "article": _hash_key(hit.passage.article),
        "speaker": sorted({_hash_key(name) for name, _ in said}),
        "text": indexed_text(hit),
        "source": f"{hit.outlet} {' '.join(hit.authors)}",
        SPEECH_FIELD: "\n".join(words for _, words in said),
    }


def _hash_key(name: str) -> int:
    return int(digest(name), 16)
