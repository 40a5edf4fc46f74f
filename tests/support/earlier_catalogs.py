"""SQLite catalogs as OnRecord made them before Alembic, with an article, its quotes and a watched source."""

import sqlite3
from contextlib import closing
from pathlib import Path

from retrieval.documents import Article

VERSIONS = range(6)  # of `user_version`; those of 0 were made by 0.1.0
TEXT = (
    "Der Hafenrat hat am Dienstag beschlossen, die alte Seebrücke vor dem Winter zu reparieren. "
    "“Endlich,” sagte Ana Pell."
)
PIER = Article("pier", "a.jsonl", "https://example.org/pier", "Seebrücke", TEXT, published="2025-03-01", language="de")
FEED = "https://example.org/feed"

_SCHEMA = """
CREATE TABLE articles (
    id      TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    hash    TEXT NOT NULL,
    copy_of TEXT NOT NULL DEFAULT '',
    page    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX articles_of_page ON articles (page);
CREATE INDEX copies_of_article ON articles (copy_of);
CREATE TABLE versions (
    article TEXT NOT NULL, number INTEGER NOT NULL, added TEXT NOT NULL,
    source TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL, authors TEXT NOT NULL, outlet TEXT NOT NULL,
    published TEXT NOT NULL, updated TEXT NOT NULL, language TEXT NOT NULL, headings TEXT NOT NULL, text TEXT NOT NULL,
    section TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (article, number)
);
CREATE INDEX versions_of_day ON versions (published, article, number);
CREATE INDEX versions_of_outlet ON versions (outlet, article, number);
CREATE INDEX versions_of_authors ON versions (authors, article, number);
CREATE TABLE withdrawn (article TEXT PRIMARY KEY, at TEXT NOT NULL, why TEXT NOT NULL);
CREATE TABLE bands (
    band INTEGER NOT NULL, article TEXT NOT NULL, PRIMARY KEY (band, article)
) WITHOUT ROWID;
CREATE INDEX bands_of_article ON bands (article);
CREATE TABLE uncut (article TEXT PRIMARY KEY);
CREATE TABLE passages (
    id        TEXT PRIMARY KEY,
    article   TEXT NOT NULL, version INTEGER NOT NULL,
    start     INTEGER NOT NULL, "end" INTEGER NOT NULL,
    heading   TEXT NOT NULL, text TEXT NOT NULL, published TEXT NOT NULL,
    live      INTEGER NOT NULL DEFAULT 1,
    words     INTEGER NOT NULL DEFAULT 0,
    vectors   INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX passages_of_article ON passages (article, start);
CREATE INDEX words_owed ON passages (version > 1, published) WHERE words <> live;
CREATE INDEX vectors_owed ON passages (version > 1, published) WHERE vectors <> live;
CREATE INDEX passages_by_state ON passages (live, vectors, words);
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE runs (
    started TEXT NOT NULL, finished TEXT NOT NULL,
    added INTEGER NOT NULL, changed INTEGER NOT NULL, unchanged INTEGER NOT NULL, failed INTEGER NOT NULL
);
CREATE INDEX runs_finished ON runs (finished);
CREATE TABLE quotes (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    article TEXT NOT NULL,
    name    TEXT NOT NULL, surname TEXT NOT NULL,
    person  INTEGER NOT NULL, role TEXT NOT NULL, kind TEXT NOT NULL, words TEXT NOT NULL,
    spans   TEXT NOT NULL, source TEXT NOT NULL, cue TEXT NOT NULL, said INTEGER NOT NULL,
    published TEXT NOT NULL,
    given   TEXT NOT NULL DEFAULT '',
    start   INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX quotes_in_article ON quotes (article, start);
CREATE INDEX quotes_of_name ON quotes (name, published) WHERE said;
CREATE TABLE speakers (
    name    TEXT PRIMARY KEY, surname TEXT NOT NULL, given TEXT NOT NULL, person INTEGER NOT NULL,
    quotes  INTEGER NOT NULL, newest TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX speakers_of_surname ON speakers (surname);
CREATE INDEX people_of_surname ON speakers (person, surname);
CREATE INDEX speakers_of_given ON speakers (given) WHERE given <> '';
CREATE TRIGGER quote_put AFTER INSERT ON quotes WHEN new.said AND new.name <> '' BEGIN
    INSERT INTO speakers VALUES (new.name, new.surname, new.given, new.person, 1, new.published)
    ON CONFLICT (name) DO UPDATE SET quotes = quotes + 1, newest = max(newest, excluded.newest),
        person = max(person, excluded.person), given = max(given, excluded.given);
END;
CREATE TRIGGER quote_gone AFTER DELETE ON quotes WHEN old.said AND old.name <> '' BEGIN
    UPDATE speakers SET quotes = quotes - 1, newest = iif(newest > old.published, newest, coalesce((
        SELECT published FROM quotes WHERE name = old.name AND said ORDER BY published DESC LIMIT 1), ''))
    WHERE name = old.name;
    DELETE FROM speakers WHERE name = old.name AND quotes = 0;
END;
"""

_WATCHING = """
CREATE TABLE sources (
    url       TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL,
    minutes   REAL NOT NULL,
    added     TEXT NOT NULL,
    due       TEXT NOT NULL,
    tried     TEXT NOT NULL DEFAULT '', succeeded TEXT NOT NULL DEFAULT '',
    failures  INTEGER NOT NULL DEFAULT 0,
    error     TEXT NOT NULL DEFAULT '',
    complete  INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE visits (
    source TEXT NOT NULL, url TEXT NOT NULL,
    mark   TEXT NOT NULL,
    etag   TEXT NOT NULL, last_modified TEXT NOT NULL, digest TEXT NOT NULL,
    due    TEXT NOT NULL, days REAL NOT NULL,
    gone   TEXT NOT NULL,
    listed INTEGER NOT NULL,
    PRIMARY KEY (source, url)
) WITHOUT ROWID;
CREATE INDEX visits_due ON visits (source, due);
CREATE TABLE brought (
    article TEXT NOT NULL, source TEXT NOT NULL, url TEXT NOT NULL,
    PRIMARY KEY (article, source, url)
) WITHOUT ROWID;
CREATE INDEX brought_by ON brought (source, url);
CREATE TABLE source_runs (
    source TEXT NOT NULL, started TEXT NOT NULL, finished TEXT NOT NULL,
    added INTEGER NOT NULL, changed INTEGER NOT NULL, unchanged INTEGER NOT NULL, failed INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL, error TEXT NOT NULL
);
CREATE INDEX runs_of_source ON source_runs (source, finished);
"""

_LATER = {  # what the migration to each version changed
    2: "ALTER TABLE quotes ADD COLUMN modality TEXT NOT NULL DEFAULT 'said';",
    3: "CREATE INDEX versions_of_language ON versions (language, article, number);",
    5: "ALTER TABLE versions ADD COLUMN extraction INTEGER NOT NULL DEFAULT 0;",
}

_ROWS = f"""
INSERT INTO articles VALUES ('pier', 1, '{PIER.content_hash}', '', 'example.org/pier'), ('gone', 0, 'def', '', '');
INSERT INTO withdrawn VALUES ('gone', '2025-03-02T00:00:00+00:00', 'removed');
INSERT INTO versions (article, number, added, source, url, title, authors, outlet, published, updated, language,
    headings, text) VALUES ('pier', 1, '2025-03-01T00:00:00+00:00', 'a.jsonl', '{PIER.url}', 'Seebrücke', '[]', '',
    '2025-03-01', '', 'LANGUAGE', '[]', '{TEXT}');
INSERT INTO passages VALUES ('0123456789abcdef', 'pier', 1, 0, {len(TEXT)}, '', '{TEXT}',
    '2025-03-01', 1, 1, 0);
INSERT INTO quotes (article, name, surname, person, role, kind, words, spans, source, cue, said, published, given,
    start) VALUES ('pier', 'Ana Pell Jr.', 'SURNAME', 1, '', 'direct', '“Endlich,”', '[[91, 101]]', 'null', 'null',
    1, '2025-03-01', 'ana', 91);
INSERT INTO facts VALUES ('embedding', 'minilm');
INSERT INTO runs VALUES ('2025-03-01T00:00:00+00:00', '2025-03-01T00:01:00+00:00', 1, 0, 0, 0);
INSERT INTO sources VALUES ('{FEED}', 'feed', 'Quay Gazette', 15.0, '2025-03-01T00:00:00+00:00',
    '2025-03-01T00:00:00+00:00', '', '', 0, '', 0);
"""


def make_catalog(path: Path, version: int) -> None:
    """Make the catalog that OnRecord would have made when the schema had this version."""
    rows = _ROWS.replace("LANGUAGE", "de" if version >= 3 else "en-US")
    with closing(sqlite3.connect(path)) as db:
        db.executescript(_SCHEMA + _WATCHING)
        for number in range(version + 1):
            db.executescript(_LATER.get(number, ""))
        db.executescript(rows.replace("SURNAME", "pell" if version >= 4 else "jr"))
        db.execute(f"PRAGMA user_version = {version}")
