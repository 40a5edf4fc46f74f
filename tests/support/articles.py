"""Small articles, and an index filled with them."""

from retrieval.documents import Article
from retrieval.index import indexer
from retrieval.index.store import Store


def article(key: str, text: str, **facts: object) -> Article:
    """A small article; only what a test is about needs to be said."""
    return Article(
        **{"id": key, "source": key, "url": f"https://example.org/{key}", "title": key, "text": text} | facts
    )


def fill(store: Store, *articles: Article) -> indexer.IngestSummary:
    """Add articles and index them."""
    tally = indexer.add_articles(store, articles)
    indexer.index_pending(store)
    return tally
