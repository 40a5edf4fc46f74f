-- The catalog is the truth; Chroma and tantivy are derived from it and can be rebuilt.
CREATE TABLE IF NOT EXISTS articles (
    id      TEXT PRIMARY KEY,
    version INTEGER NOT NULL,             -- the current one; 0 once removed
    hash    TEXT NOT NULL,                -- of the current version's content
    copy_of TEXT NOT NULL DEFAULT '',     -- the article with the same text that is kept in its place
    page    TEXT NOT NULL DEFAULT ''      -- what all addresses of its page have in common
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
-- What filters look at, without the texts beside it.
CREATE INDEX IF NOT EXISTS versions_of_day ON versions (published, article, number);
CREATE INDEX IF NOT EXISTS versions_of_outlet ON versions (outlet, article, number);
CREATE INDEX IF NOT EXISTS versions_of_authors ON versions (authors, article, number);
CREATE TABLE IF NOT EXISTS withdrawn (article TEXT PRIMARY KEY, at TEXT NOT NULL, why TEXT NOT NULL);
-- Hashes of each kept article's words, so that others with the same text are found at once.
CREATE TABLE IF NOT EXISTS bands (
    band INTEGER NOT NULL, article TEXT NOT NULL, PRIMARY KEY (band, article)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bands_of_article ON bands (article);
-- Articles that lost the one they were a copy of: their passages and quotes have still to be cut.
CREATE TABLE IF NOT EXISTS uncut (article TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS passages (
    id        TEXT PRIMARY KEY,
    article   TEXT NOT NULL, version INTEGER NOT NULL,
    start     INTEGER NOT NULL, "end" INTEGER NOT NULL,
    heading   TEXT NOT NULL, text TEXT NOT NULL, published TEXT NOT NULL,
    live      INTEGER NOT NULL DEFAULT 1, -- 0: of an older version or a removed article, waits to leave both indexes
    words     INTEGER NOT NULL DEFAULT 0, -- 1: in tantivy
    vectors   INTEGER NOT NULL DEFAULT 0  -- 1: in Chroma
);
CREATE INDEX IF NOT EXISTS passages_of_article ON passages (article, start);
-- Corrected articles first: until an index has their new passages, it knows neither version.
CREATE INDEX IF NOT EXISTS words_owed ON passages (version > 1, published) WHERE words <> live;
CREATE INDEX IF NOT EXISTS vectors_owed ON passages (version > 1, published) WHERE vectors <> live;
-- How many passages each index has is counted for every answer while some are owed: not by reading their texts.
CREATE INDEX IF NOT EXISTS passages_by_state ON passages (live, vectors, words);
CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
    started TEXT NOT NULL, finished TEXT NOT NULL,
    added INTEGER NOT NULL, changed INTEGER NOT NULL, unchanged INTEGER NOT NULL, failed INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS runs_finished ON runs (finished); -- every answer asks for the last
CREATE TABLE IF NOT EXISTS quotes (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    article TEXT NOT NULL,                -- of its current version; older versions' quotes are gone
    name    TEXT NOT NULL, surname TEXT NOT NULL, -- the article's fullest name for the speaker, and its last word folded
    person  INTEGER NOT NULL, role TEXT NOT NULL, kind TEXT NOT NULL, words TEXT NOT NULL,
    spans   TEXT NOT NULL, source TEXT NOT NULL, cue TEXT NOT NULL, said INTEGER NOT NULL,
    published TEXT NOT NULL,
    given   TEXT NOT NULL DEFAULT '',     -- the first word of a person's full name, folded
    start   INTEGER NOT NULL DEFAULT 0    -- where its words begin
);
CREATE INDEX IF NOT EXISTS quotes_in_article ON quotes (article, start);
CREATE INDEX IF NOT EXISTS quotes_of_name ON quotes (name, published) WHERE said;
-- Whoever has words, counted with every quote, so that nobody is looked up among all of somebody's.
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
-- Of catalogs that were made before this table was.
INSERT INTO speakers SELECT name, surname, max(given), max(person), count(*), max(published) FROM quotes
WHERE NOT EXISTS (SELECT 1 FROM speakers) AND said AND name <> '' GROUP BY name;
