"""The BM25 index: tantivy on disk, with one document a passage and the quotes and speakers in it.

Texts are indexed as terms (`retrieval.text.terms`), because how a text becomes terms depends on its language.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from errno import ENOSPC
from os import strerror
from pathlib import Path
from shutil import disk_usage
from time import monotonic

import tantivy

from retrieval.catalog.filters import ArticleScope
from retrieval.catalog.quote_table import QuotedWords
from retrieval.documents import Hit, digest
from retrieval.errors import IndexDamaged, IndexUnavailable, OnRecordError, is_rust_panic
from retrieval.index.integrity.opening_lock import opening_lock
from retrieval.index.integrity.segment_files import damaged_file
from retrieval.index.words.passage_terms import FIELD_BOOSTS, FIELDS, SPEECH_FIELD, passage_terms
from retrieval.index.words.word_index import TermChanges

RELOAD_SECONDS = 0.5  # between checks for commits of other processes; a reload takes a millisecond
WRITER_HEAP_BYTES = 64_000_000
WRITER_DIED, NEARLY_FULL_BYTES = "An index writer was killed", 4_000_000
TERMS_TOKENIZER = "whitespace"  # tantivy's own; between terms stands a space


class BM25Index:
    """The tantivy index in a folder, created if missing; raises IndexDamaged when its files are, in all methods.

    Raises IndexUnavailable when it cannot be opened.
    """

    holds_vectors = checks_scope = False

    def __init__(self, folder: Path) -> None:
        self._folder, self._reloaded_at = folder, 0.0
        self._schema = _schema()
        with _translate_errors("opened"):
            if damaged := damaged_file(folder):
                raise IndexDamaged(f"The words index is damaged ({damaged}); 'onrecord reindex' builds it anew.")
            folder.mkdir(parents=True, exist_ok=True)
            with opening_lock(folder):
                self._index = tantivy.Index(self._schema, str(folder))
            self.count()

    def count(self) -> int:
        """The number of passages in the index."""
        self._index.reload()
        return int(self._index.searcher().num_docs)

    def update(
        self, added: Iterable[Hit], removed: Iterable[str], quotes: Mapping[str, Sequence[QuotedWords]] | None = None
    ) -> TermChanges:
        """Add or replace passages and remove others by id, in one commit; idempotent.

        `quotes` holds speaker and words of each quote, by passage id.
        """
        with _translate_errors("written", self._folder):
            writer = self._index.writer(WRITER_HEAP_BYTES, 1)
            for passage in removed:
                writer.delete_documents_by_query(self._id_query(passage))
            for hit in added:
                writer.delete_documents_by_query(self._id_query(hit.passage.id))
                document = _document(hit, (quotes or {}).get(hit.passage.id, ()))
                writer.add_document(tantivy.Document.from_dict(document, self._schema))
            writer.commit()
            writer.wait_merging_threads()
            self._reloaded_at = 0.0
        return {}

    def search(self, terms: Sequence[str], k: int, scope: ArticleScope | None = None) -> list[tuple[str, float]]:
        """Ids and scores of the `k` best passages by BM25 for stemmed terms, best first."""
        return self._search(self._any_term_query(FIELD_BOOSTS, terms), k, self._article_restrictions(scope))

    def search_quotes(
        self,
        terms: Sequence[str],
        k: int,
        speakers: Sequence[str] | None = None,
        scope: ArticleScope | None = None,
    ) -> list[tuple[str, float]]:
        """The same by BM25 of the quotes in passages; `speakers` restricts them to those that quote one of them."""
        query = self._any_term_query({SPEECH_FIELD: 1.0}, terms)
        limits = self._restrictions("speaker", speakers) + self._article_restrictions(scope)
        return self._search(query, k, limits)

    def search_similar(self, term: str, k: int, distance: int, beside: Sequence[str] = ()) -> list[str]:
        """Ids of `k` passages with a term at most `distance` edits from this one, a swap counting as one edit.

        Those with the terms `beside` it come first.
        """
        similar = tantivy.Query.fuzzy_term_query(self._schema, "text", term, distance)
        others = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "text", one, "freq")) for one in beside]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Must, similar), *others])
        return [key for key, _ in self._search(query, k, [])]

    def search_prefix(self, start: str, k: int) -> list[str]:
        """Ids of `k` passages with a term that begins with some letters and digits."""
        query = tantivy.Query.regex_query(self._schema, "text", f"{start}.*")
        return [key for key, _ in self._search(query, k, [])]

    def passages_with_all(self, terms: Sequence[str]) -> list[str]:
        """Ids of all passages that hold every one of these stemmed terms, in their headline or text; none for none."""
        if not terms:
            return []
        with _translate_errors("read"):
            most = min(self._searcher().doc_freq("text", term) for term in terms)
        parts = [tantivy.Query.term_query(self._schema, "text", term, "freq") for term in terms]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in parts])
        return [key for key, _ in self._search(query, most, [])] if most else []

    def document_frequencies(
        self, terms: Iterable[str], fields: Iterable[str] = tuple(FIELD_BOOSTS)
    ) -> tuple[dict[str, int], int]:
        """The number of passages that contain each term, and the number of all passages."""
        with _translate_errors("read"):
            searcher, fields = self._searcher(), tuple(fields)
            total = int(searcher.num_docs)  # deleted passages stay in the frequencies until segments are merged
            return {term: min(total, max(searcher.doc_freq(field, term) for field in fields)) for term in terms}, total

    def clear(self) -> None:
        """Delete all passages; readers see it at their next reload."""
        with _translate_errors("written", self._folder):
            writer = self._index.writer(WRITER_HEAP_BYTES, 1)
            writer.delete_all_documents()
            writer.commit()
            writer.wait_merging_threads()
            self._reloaded_at = 0.0

    def _searcher(self) -> tantivy.Searcher:
        """A searcher over a commit that was the latest at most RELOAD_SECONDS ago."""
        if monotonic() - self._reloaded_at >= RELOAD_SECONDS:
            self._index.reload()
            self._reloaded_at = monotonic()
        return self._index.searcher()

    def _search(self, query: tantivy.Query, k: int, limits: Sequence[tantivy.Query]) -> list[tuple[str, float]]:
        if limits:
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in (query, *limits)])
        with _translate_errors("read"):
            searcher = self._searcher()
            hits = searcher.search(query, k, count=False).hits
            keys = searcher.fast_field_values("id", [address for _, address in hits])
        return [(f"{key:016x}", score) for key, (score, _) in zip(keys, hits, strict=True)]

    def _article_restrictions(self, scope: ArticleScope | None) -> list[tantivy.Query]:
        return self._restrictions("article", scope.named if scope else None)

    def _restrictions(self, field: str, values: Sequence[str] | None) -> list[tantivy.Query]:
        """A query for documents with one of these values in a field, with score 0; none if `values` is None."""
        if values is None:
            return []
        allowed = tantivy.Query.term_set_query(self._schema, field, [_hash_key(value) for value in values])
        return [tantivy.Query.const_score_query(allowed, 0.0)]

    def _id_query(self, passage: str) -> tantivy.Query:
        # delete_documents_by_term takes any int as signed and deletes nothing (tantivy-py 0.27)
        return tantivy.Query.term_query(self._schema, "id", int(passage, 16))

    def _any_term_query(self, boosts: Mapping[str, float], terms: Sequence[str]) -> tantivy.Query:
        """A query for any of the terms in any of the fields; tantivy runs one flat list faster than nested ones."""
        searcher = self._searcher()
        should = [
            (tantivy.Occur.Should, _boosted(tantivy.Query.term_query(self._schema, field, term, "freq"), boost))
            for field, boost in boosts.items()
            for term in terms
            if searcher.doc_freq(field, term)
        ]
        return tantivy.Query.boolean_query(should)


@contextmanager
def _translate_errors(action: str, folder: Path | None = None) -> Iterator[None]:
    """Raise tantivy's errors, panics of its Rust code included, as IndexDamaged, those of the system as unavailable.

    Of a writer that died tantivy does not say why: where the disk of `folder` is nearly full, that is the cause.
    """
    try:
        yield
    except OnRecordError:
        raise
    except BaseException as exc:
        if not (isinstance(exc, Exception) or is_rust_panic(exc)):
            raise
        if folder and WRITER_DIED in str(exc) and disk_usage(folder).free < NEARLY_FULL_BYTES:
            exc = OSError(ENOSPC, strerror(ENOSPC))
        is_folder_missing = isinstance(exc, FileExistsError | NotADirectoryError)  # a file has its name
        is_system_error = "os error" in str(exc) or (isinstance(exc, OSError) and not is_folder_missing)
        kind = IndexUnavailable if is_system_error else IndexDamaged
        raise kind(f"The words index cannot be {action} ({exc}); 'onrecord reindex' builds it anew.") from exc


def _boosted(query: tantivy.Query, boost: float) -> tantivy.Query:
    return query if boost == 1.0 else tantivy.Query.boost_query(query, boost)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_unsigned_field("article", indexed=True)
    builder.add_unsigned_field("speaker", indexed=True)
    for field in FIELDS:
        builder.add_text_field(field, tokenizer_name=TERMS_TOKENIZER, index_option="freq")
    return builder.build()


def _document(hit: Hit, quotes: Sequence[QuotedWords]) -> dict[str, int | str | list[int]]:
    return {
        "id": int(hit.passage.id, 16),
        "article": _hash_key(hit.passage.article),
        "speaker": sorted({_hash_key(name) for name, _ in quotes}),
        **{field: " ".join(terms) for field, terms in passage_terms(hit, quotes).items()},
    }


def _hash_key(text: str) -> int:
    """A string as the unsigned 64-bit number that stands for it in the index."""
    return int(digest(text), 16)
