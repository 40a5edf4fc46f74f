"""An article is known by the URL of its page, however it is linked."""

import pytest
from sqlalchemy import text

from retrieval.catalog.reader import find_article
from retrieval.index.store import Store
from tests.support.articles import article, fill

TEXT = "The harbour museum opens on Saturday with a show of ship models."


@pytest.fixture
def shelf(store: Store) -> Store:
    fill(
        store,
        article("plain", TEXT, url="https://example.org/news/museum"),
        article("fed", f"{TEXT} It is free.", url="https://www.example.org/news/free/?utm_source=rss"),
        article("asked", f"{TEXT} It is large.", url="http://example.org/show?id=7&page=2"),
        article("filed", f"{TEXT} It is new.", url="file:///srv/news/new.md"),
    )
    return store


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("plain", "plain"),
        ("https://example.org/news/museum", "plain"),
        ("http://www.example.org/news/museum/", "plain"),
        ("https://EXAMPLE.org/news/museum?utm_campaign=x&fbclid=y#top", "plain"),
        ("https://example.org/news/free", "fed"),
        ("https://example.org/show?page=2&id=7", "asked"),
        ("https://example.org/show?id=8&page=2", ""),
        ("https://example.org/show", ""),
        ("https://example.org/news", ""),
        ("https://example.org/news/museum/rooms", ""),
        ("https://elsewhere.org/news/museum", ""),
        ("file:///srv/news/new.md", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_an_article_is_found_by_any_way_to_name_its_page(shelf: Store, named: str, found: str) -> None:
    assert find_article(shelf.catalog, named) == found


def test_a_withdrawn_article_is_not_found(shelf: Store) -> None:
    shelf.catalog.remove("plain")
    assert find_article(shelf.catalog, "plain") == find_article(shelf.catalog, "https://example.org/news/museum") == ""


def test_many_articles_behind_one_address_are_found_through_the_index(shelf: Store) -> None:
    (plan,) = shelf.catalog.rows(text("EXPLAIN QUERY PLAN SELECT 1 FROM articles WHERE page = 'a'"))
    assert "articles_of_page" in plan.detail
