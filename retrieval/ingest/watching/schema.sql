-- What is watched, and what is remembered of every document of it, so that nothing is fetched or read twice in vain.
CREATE TABLE IF NOT EXISTS sources (
    url       TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL,
    minutes   REAL NOT NULL,              -- between two runs
    added     TEXT NOT NULL,
    due       TEXT NOT NULL,              -- when it is looked at next
    tried     TEXT NOT NULL DEFAULT '', succeeded TEXT NOT NULL DEFAULT '', -- when a run last ended, and ended well
    failures  INTEGER NOT NULL DEFAULT 0, -- runs that failed since
    error     TEXT NOT NULL DEFAULT '',
    complete  INTEGER NOT NULL DEFAULT 0  -- 1: everything that it lists was looked at once
);
CREATE TABLE IF NOT EXISTS visits (
    source TEXT NOT NULL, url TEXT NOT NULL,
    mark   TEXT NOT NULL,                 -- what the list said of the document
    etag   TEXT NOT NULL, last_modified TEXT NOT NULL, digest TEXT NOT NULL,
    due    TEXT NOT NULL, days REAL NOT NULL, -- when to look again though no list says so, and how long that was
    gone   TEXT NOT NULL,                 -- since when it has not been there
    listed INTEGER NOT NULL,              -- 1: the list has the text itself, the page is only asked whether it is there
    PRIMARY KEY (source, url)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS visits_due ON visits (source, due);
CREATE TABLE IF NOT EXISTS brought (      -- which articles came from where
    article TEXT NOT NULL, source TEXT NOT NULL, url TEXT NOT NULL,
    PRIMARY KEY (article, source, url)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS brought_by ON brought (source, url);
CREATE TABLE IF NOT EXISTS source_runs (
    source TEXT NOT NULL, started TEXT NOT NULL, finished TEXT NOT NULL,
    added INTEGER NOT NULL, changed INTEGER NOT NULL, unchanged INTEGER NOT NULL, failed INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL, error TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS runs_of_source ON source_runs (source, finished);
