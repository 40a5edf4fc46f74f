-- The catalog is the source of truth; Chroma and tantivy are derived from it and can be rebuilt.
-- Version 1 of the schema. Later changes are migrations of their own: see migrations.py.
CREATE TABLE IF NOT EXISTS articles (
    id      TEXT PRIMARY KEY,
    version INTEGER NOT NULL,             -- the current version; 0 once removed
    hash    TEXT NOT NULL,                -- of the content of the current version
    copy_of TEXT NOT NULL DEFAULT '',     -- the article with the same text that is indexed in its place
    page    TEXT NOT NULL DEFAULT ''      -- key of its page: the same for all URLs of the page
);
CREATE INDEX IF NOT EXISTS articles_of_page ON articles (page);
CREATE INDEX IF NOT EXISTS copies_of_article ON articles (copy_of);
CREATE TABLE IF NOT EXISTS versions (
    article TEXT NOT NULL, number INTEGER NOT NULL, added TEXT NOT NULL,
    source TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL, authors TEXT NOT NULL, outlet TEXT NOT NULL,
    published TEXT NOT NULL, updated TEXT NOT NULL, language TEXT NOT NULL, headings TEXT NOT NULL, text TEXT NOT NULL,
    section TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (article, number)
);
-- Covering indexes for the filters, so that they do not read the texts.
CREATE INDEX IF NOT EXISTS versions_of_day ON versions (published, article, number);
CREATE INDEX IF NOT EXISTS versions_of_outlet ON versions (outlet, article, number);
CREATE INDEX IF NOT EXISTS versions_of_authors ON versions (authors, article, number);
CREATE TABLE IF NOT EXISTS withdrawn (article TEXT PRIMARY KEY, at TEXT NOT NULL, why TEXT NOT NULL);
-- MinHash bands of each article that is no copy, to find articles with the same text.
CREATE TABLE IF NOT EXISTS bands (
    band INTEGER NOT NULL, article TEXT NOT NULL, PRIMARY KEY (band, article)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bands_of_article ON bands (article);
-- Unsegmented articles: copies whose original is gone; their passages and quotes have yet to be extracted.
CREATE TABLE IF NOT EXISTS uncut (article TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS passages (
    id        TEXT PRIMARY KEY,
    article   TEXT NOT NULL, version INTEGER NOT NULL,
    start     INTEGER NOT NULL, "end" INTEGER NOT NULL,
    heading   TEXT NOT NULL, text TEXT NOT NULL, published TEXT NOT NULL,
    live      INTEGER NOT NULL DEFAULT 1, -- 0: of an older version or a removed article, pending deletion
    words     INTEGER NOT NULL DEFAULT 0, -- 1: in the BM25 index (tantivy)
    vectors   INTEGER NOT NULL DEFAULT 0  -- 1: in the vector index (Chroma)
);
CREATE INDEX IF NOT EXISTS passages_of_article ON passages (article, start);
-- Pending passages, those of corrected articles first: until their new passages are indexed, neither version is.
CREATE INDEX IF NOT EXISTS words_owed ON passages (version > 1, published) WHERE words <> live;
CREATE INDEX IF NOT EXISTS vectors_owed ON passages (version > 1, published) WHERE vectors <> live;
-- Every answer counts the passages in each index while some are pending: a covering index saves reading their texts.
CREATE INDEX IF NOT EXISTS passages_by_state ON passages (live, vectors, words);
CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
    started TEXT NOT NULL, finished TEXT NOT NULL,
    added INTEGER NOT NULL, changed INTEGER NOT NULL, unchanged INTEGER NOT NULL, failed INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS runs_finished ON runs (finished); -- every answer reads the last one
CREATE TABLE IF NOT EXISTS quotes (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    article TEXT NOT NULL,                -- of its current version; quotes of older versions are deleted
    name    TEXT NOT NULL, surname TEXT NOT NULL, -- the fullest name in the article; its last word, case-folded
    person  INTEGER NOT NULL, role TEXT NOT NULL, kind TEXT NOT NULL, words TEXT NOT NULL,
    spans   TEXT NOT NULL, source TEXT NOT NULL, cue TEXT NOT NULL, said INTEGER NOT NULL,
    published TEXT NOT NULL,
    given   TEXT NOT NULL DEFAULT '',     -- the first word of a person's full name, case-folded
    start   INTEGER NOT NULL DEFAULT 0    -- first character of its first span
);
CREATE INDEX IF NOT EXISTS quotes_in_article ON quotes (article, start);
CREATE INDEX IF NOT EXISTS quotes_of_name ON quotes (name, published) WHERE said;
-- Speakers with their number of quotes, kept up to date by triggers, so that look-ups by name do not scan all quotes.
CREATE TABLE IF NOT EXISTS speakers (
    name    TEXT PRIMARY KEY, surname TEXT NOT NULL, given TEXT NOT NULL, person INTEGER NOT NULL,
    quotes  INTEGER NOT NULL, newest TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS speakers_of_surname ON speakers (surname);
CREATE INDEX IF NOT EXISTS people_of_surname ON speakers (person, surname);
CREATE INDEX IF NOT EXISTS speakers_of_given ON speakers (given) WHERE given <> '';
CREATE TRIGGER IF NOT EXISTS quote_put AFTER INSERT ON quotes WHEN new.said AND new.name <> '' BEGIN
    INSERT INTO speakers VALUES (new.name, new.surname, new.given, new.person, 1, new.published)
    ON CONFLICT (name) DO UPDATE SET quotes = quotes + 1, newest = max(newest, excluded.newest),
        person = max(person, excluded.person), given = max(given, excluded.given);
END;
CREATE TRIGGER IF NOT EXISTS quote_gone AFTER DELETE ON quotes WHEN old.said AND old.name <> '' BEGIN
    UPDATE speakers SET quotes = quotes - 1, newest = iif(newest > old.published, newest, coalesce((
        SELECT published FROM quotes WHERE name = old.name AND said ORDER BY published DESC LIMIT 1), ''))
    WHERE name = old.name;
    DELETE FROM speakers WHERE name = old.name AND quotes = 0;
END;
-- Fills the table in catalogs that are older than it.
INSERT INTO speakers SELECT name, surname, max(given), max(person), count(*), max(published) FROM quotes
WHERE NOT EXISTS (SELECT 1 FROM speakers) AND said AND name <> '' GROUP BY name;
