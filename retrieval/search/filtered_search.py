"""The articles that filters leave: named to an index where they are few, checked afterwards where they are many.

Naming a hundred thousand articles to an index takes longer than any search; so does Chroma's own `where`, which grows
with the index. Then more is asked for than is wanted, and what lies outside is left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader

FEW_ARTICLES = 500  # articles; some 7,000 passages
OVERFETCH = 8  # times what is wanted; once more as often where that is not enough

RankedPassages = list[tuple[str, float]]
"""Passages and their scores, best first."""


@dataclass(frozen=True, slots=True)
class ArticleScope:
    """What a search is limited to; `named` are the articles where they are few, None where they are many."""

    filters: Filters
    named: tuple[str, ...] | None

    @property
    def is_empty(self) -> bool:
        return self.named == ()


def article_scope(catalog: CatalogReader, filters: Filters) -> ArticleScope | None:
    """The scope of filters, None where they leave everything."""
    if not filters.restricts_articles:
        return None
    found = catalog.matching_articles(filters, most=FEW_ARTICLES + 1)
    return ArticleScope(filters, tuple(found) if len(found) <= FEW_ARTICLES else None)


def best_in_scope(
    catalog: CatalogReader, scope: ArticleScope | None, k: int, ranked: Callable[[int], RankedPassages]
) -> RankedPassages:
    """The `k` best within a scope of what `ranked` gives, which is asked for so many; it names few articles itself."""
    if scope is None or scope.named is not None:
        return ranked(k)
    kept: RankedPassages = []
    for wanted in (k * OVERFETCH, k * OVERFETCH * OVERFETCH):
        found = ranked(wanted)
        inside = _inside(catalog, scope.filters, [key for key, _ in found])
        kept = [hit for hit in found if hit[0] in inside][:k]
        if len(kept) == k or len(found) < wanted:
            break
    return kept


def _inside(catalog: CatalogReader, filters: Filters, passages: Sequence[str]) -> set[str]:
    articles = catalog.articles_by_passage(passages)
    allowed = set(catalog.matching_articles(filters, among=sorted(set(articles.values()))))
    return {key for key, article in articles.items() if article in allowed}
