-- The catalog is the truth; Chroma and tantivy are derived from it and can be rebuilt.
CREATE TABLE IF NOT EXISTS articles (
    id      TEXT PRIMARY KEY,
    version INTEGER NOT NULL,             -- the current one; 0 once removed
    hash    TEXT NOT NULL                 -- of the current version's content
);
CREATE TABLE IF NOT EXISTS versions (
    article TEXT NOT NULL, number INTEGER NOT NULL, added TEXT NOT NULL,
    source TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL, authors TEXT NOT NULL, outlet TEXT NOT NULL,
    published TEXT NOT NULL, updated TEXT NOT NULL, language TEXT NOT NULL, headings TEXT NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (article, number)
);
CREATE INDEX IF NOT EXISTS versions_of_url ON versions (url);
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
CREATE INDEX IF NOT EXISTS words_backlog ON passages (published) WHERE words <> live;
CREATE INDEX IF NOT EXISTS vectors_backlog ON passages (published) WHERE vectors <> live;
CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
    started TEXT NOT NULL, finished TEXT NOT NULL,
    added INTEGER NOT NULL, changed INTEGER NOT NULL, unchanged INTEGER NOT NULL, failed INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS quotes (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    article TEXT NOT NULL,                -- of its current version; older versions' quotes are gone
    name    TEXT NOT NULL, surname TEXT NOT NULL, -- the article's fullest name for the speaker, and its last word folded
    person  INTEGER NOT NULL, role TEXT NOT NULL, kind TEXT NOT NULL, words TEXT NOT NULL,
    spans   TEXT NOT NULL, source TEXT NOT NULL, cue TEXT NOT NULL, said INTEGER NOT NULL,
    published TEXT NOT NULL,
    given   TEXT NOT NULL DEFAULT ''      -- the first word of a person's full name, folded
);
CREATE INDEX IF NOT EXISTS quotes_of_surname ON quotes (surname);
CREATE INDEX IF NOT EXISTS quotes_of_given ON quotes (given) WHERE given <> '';
CREATE INDEX IF NOT EXISTS quotes_of_article ON quotes (article);
CREATE INDEX IF NOT EXISTS quotes_of_speaker ON quotes (name, person, published);
-- The stems of each quote's words, so that one topic is found among one speaker's words at once.
CREATE VIRTUAL TABLE IF NOT EXISTS quote_terms USING fts5 (terms, tokenize = 'unicode61');
