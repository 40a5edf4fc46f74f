"""Limit a search to the articles that pass the filters.

Few articles are named to the index. Naming a hundred thousand takes longer than any search, and so does Chroma's own
`where`, which grows with the index; so where many articles pass, the search asks the index for more passages than it
needs and drops those outside. An engine that checks days and outlets by itself is asked once.
"""

from collections.abc import Callable, Sequence

from retrieval.catalog.archive import articles_copied_by, outlet_names
from retrieval.catalog.filters import ArticleScope, Filters
from retrieval.catalog.reader import CatalogReader

FEW_ARTICLES = 500  # some 7,000 passages
OVERFETCH = 8  # times as many passages as needed; squared on a second try, where the first gave too few

RankedPassages = list[tuple[str, float]]
"""Passage ids and their scores, best first."""


def article_scope(catalog: CatalogReader, filters: Filters) -> ArticleScope | None:
    """The scope of some filters, None where they let all articles pass."""
    if not filters.restricts_articles:
        return None
    found = catalog.matching_articles(filters, limit=FEW_ARTICLES + 1)
    if len(found) <= FEW_ARTICLES:
        return ArticleScope(filters, tuple(found))
    wanted = filters.outlet.casefold()
    outlets = tuple(name for name in outlet_names(catalog) if wanted in name.casefold()) if wanted else ()
    return ArticleScope(filters, None, outlets, tuple(articles_copied_by(catalog, outlets)))


def best_in_scope(
    catalog: CatalogReader,
    scope: ArticleScope | None,
    k: int,
    search: Callable[[int], RankedPassages],
    *,
    checks_scope: bool = False,
) -> RankedPassages:
    """The `k` best passages within a scope.

    `search` gives so many of the best passages an index has; it limits itself to the articles that the scope names, and
    where it `checks_scope` to the scope's days and outlets as well.
    """
    is_checked = checks_scope and scope is not None and not (scope.filters.author or scope.filters.language)
    if scope is None or scope.named is not None or is_checked:
        return search(k)
    kept: RankedPassages = []
    for fetched in (k * OVERFETCH, k * OVERFETCH * OVERFETCH):
        found = search(fetched)
        in_scope = _passages_in_scope(catalog, scope.filters, [key for key, _ in found])
        kept = [hit for hit in found if hit[0] in in_scope][:k]
        if len(kept) == k or len(found) < fetched:
            break
    return kept


def _passages_in_scope(catalog: CatalogReader, filters: Filters, passages: Sequence[str]) -> set[str]:
    articles = catalog.articles_by_passage(passages)
    passing = set(catalog.matching_articles(filters, candidates=sorted(set(articles.values()))))
    return {key for key, article in articles.items() if article in passing}
