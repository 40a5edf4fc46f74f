-- Watched sources, and the state of each of their documents, so that nothing is fetched or parsed twice without need.
CREATE TABLE IF NOT EXISTS sources (
    url       TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL,
    minutes   REAL NOT NULL,              -- interval between two runs
    added     TEXT NOT NULL,
    due       TEXT NOT NULL,              -- time of the next run
    tried     TEXT NOT NULL DEFAULT '', succeeded TEXT NOT NULL DEFAULT '', -- end of the last run, and of the last success
    failures  INTEGER NOT NULL DEFAULT 0, -- failed runs since the last success
    error     TEXT NOT NULL DEFAULT '',
    complete  INTEGER NOT NULL DEFAULT 0  -- 1: everything that the source lists has been read once
);
CREATE TABLE IF NOT EXISTS visits (
    source TEXT NOT NULL, url TEXT NOT NULL,
    mark   TEXT NOT NULL,                 -- hash of the document's entry in its listing
    etag   TEXT NOT NULL, last_modified TEXT NOT NULL, digest TEXT NOT NULL,
    due    TEXT NOT NULL, days REAL NOT NULL, -- time of the next check without news in the listing, and the interval
    gone   TEXT NOT NULL,                 -- since when the document has not been found
    listed INTEGER NOT NULL,              -- 1: the listing has the text; the page is only checked for its existence
    PRIMARY KEY (source, url)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS visits_due ON visits (source, due);
CREATE TABLE IF NOT EXISTS brought (      -- which articles came from which document
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
