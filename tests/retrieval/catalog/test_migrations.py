"""A catalog made by an earlier version opens with all it holds."""

import sqlite3
from pathlib import Path

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.reader import find_article
from retrieval.catalog.rows import SegmentedArticle
from tests.conftest import article

OLD = """
CREATE TABLE articles (id TEXT PRIMARY KEY, version INTEGER NOT NULL, hash TEXT NOT NULL);
CREATE TABLE versions (
    article TEXT NOT NULL, number INTEGER NOT NULL, added TEXT NOT NULL,
    source TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL, authors TEXT NOT NULL, outlet TEXT NOT NULL,
    published TEXT NOT NULL, updated TEXT NOT NULL, language TEXT NOT NULL, headings TEXT NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (article, number)
);
CREATE INDEX versions_of_url ON versions (url);
CREATE TABLE passages (
    id TEXT PRIMARY KEY, article TEXT NOT NULL, version INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL, published TEXT NOT NULL,
    live INTEGER NOT NULL DEFAULT 1, words INTEGER NOT NULL DEFAULT 0, vectors INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX words_backlog ON passages (published) WHERE words <> live;
INSERT INTO articles VALUES ('pier', 1, 'abc'), ('gone', 0, 'def');
INSERT INTO versions VALUES ('pier', 1, '2025-03-01T00:00:00+00:00', 'a.jsonl',
    'https://www.example.org/pier/?utm_source=x', 'The pier', '["Mara Lind"]', 'Harbour Post', '2025-03-01', '', 'en',
    '[]', 'The pier is closed.');
INSERT INTO passages VALUES ('0123456789abcdef', 'pier', 1, 0, 19, '', 'The pier is closed.', '2025-03-01', 1, 1, 1);
"""


def test_a_catalog_of_an_earlier_version_opens_and_takes_articles(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "catalog.db") as db:
        db.executescript(OLD)
    db.close()
    for _ in range(2):  # the second time there is nothing to do
        catalog = Catalog(tmp_path / "catalog.db")
        found = catalog.article("pier")
        assert (found.authors, found.section, catalog.copy_of("pier")) == (("Mara Lind",), "", "")
        assert catalog.hits(["0123456789abcdef"])["0123456789abcdef"].passage.text == found.text
        assert find_article(catalog, "http://example.org/pier") == "pier"
        catalog.save_articles([SegmentedArticle(article("new", "A new text.", section="Port"), [((0, 11), "")])])
        assert catalog.article("new").section == "Port"
        catalog.close()
