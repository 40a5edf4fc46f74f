"""The interface of the words index, which ingest and search use wherever the words are."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from retrieval.catalog.filters import ArticleScope
from retrieval.catalog.quote_table import QuotedWords
from retrieval.documents import Hit
from retrieval.index.words.passage_terms import FIELD_BOOSTS

TermChanges = Mapping[tuple[str, str], int]
"""By how many passages the frequency of a field's term has changed."""


class WordIndex(Protocol):
    """Passages by their stemmed terms and by those of the quotes in them, ranked by BM25."""

    holds_vectors: bool
    """Whether a passage is written together with its vector, so that both indexes have it at once."""
    checks_scope: bool
    """Whether a search finds nothing outside its scope; else it is limited to the articles that the scope names."""

    def count(self) -> int:
        """The number of passages in the index."""

    def update(
        self,
        added: Sequence[Hit],
        removed: Sequence[str],
        quotes: Mapping[str, Sequence[QuotedWords]] | None = None,
    ) -> TermChanges:
        """Add or replace passages and remove others by id; idempotent.

        `quotes` holds speaker and words of each quote, by passage id. Returns the changes of frequencies that the
        caller is to keep; none where the index counts by itself.
        """

    def search(self, terms: Sequence[str], k: int, scope: ArticleScope | None = None) -> list[tuple[str, float]]:
        """Ids and scores of the `k` best passages by BM25 for stemmed terms, best first."""

    def search_quotes(
        self,
        terms: Sequence[str],
        k: int,
        speakers: Sequence[str] | None = None,
        scope: ArticleScope | None = None,
    ) -> list[tuple[str, float]]:
        """The same by BM25 of the quotes in passages; `speakers` restricts them to those that quote one of them."""

    def search_similar(self, term: str, k: int, distance: int, beside: Sequence[str] = ()) -> list[str]:
        """Ids of `k` passages with a term at most `distance` edits from this one, a swap counting as one edit.

        Those with the terms `beside` it come first.
        """

    def search_prefix(self, start: str, k: int) -> list[str]:
        """Ids of `k` passages with a term that begins with some letters and digits."""

    def passages_with_all(self, terms: Sequence[str]) -> list[str]:
        """Ids of all passages that hold every one of these stemmed terms, in their headline or text; none for none."""

    def document_frequencies(
        self, terms: Iterable[str], fields: Iterable[str] = tuple(FIELD_BOOSTS)
    ) -> tuple[dict[str, int], int]:
        """The number of passages that contain each term, and the number of all passages."""

    def clear(self) -> None:
        """Delete all passages."""
