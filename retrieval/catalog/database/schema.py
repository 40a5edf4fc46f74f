"""Bring the schema of a database up to date: each kind of data is a branch with Alembic revisions of its own.

The revisions of a branch are the modules of its folder in `migrations/`, numbered: `catalog_6` follows `catalog_5`. One
that was released is never edited. On a server the table `<branch>_version` holds the revision, in a SQLite file, which
has one branch, `user_version` its number as well; so files that are older than Alembic count on, and versions of
OnRecord that do not know it refuse the file.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from retrieval.catalog.database.engine import Database
from retrieval.errors import IndexUnavailable

HEADS = {  # the newest revision of each branch
    "catalog": 8,
    "conversations": 1,
    "keys": 1,
    "shared": 1,
    "spent": 1,
    "telegram": 1,
}
MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(database: Database, branch: str) -> None:
    """Apply the revisions of a branch that are still missing, all or none; one process at a time.

    Raises IndexUnavailable when a newer version of OnRecord has made or upgraded the schema.
    """
    with database.connection() as db:
        applied = revision(db, branch)
    _refuse_newer(applied, branch)
    if applied == HEADS[branch]:
        return
    with database.transaction(lock="schema") as db:
        if revision(db, branch) < HEADS[branch]:  # else another process was first
            _apply_revisions(db, branch)


def revision(db: Connection, branch: str) -> int:
    """The number of the newest revision that was applied; 0 for a new database."""
    if db.dialect.name == "sqlite":
        return int(db.exec_driver_sql("PRAGMA user_version").scalar_one())
    table = version_table(branch)
    if not inspect(db).has_table(table):
        return 0
    found = db.execute(text(f"SELECT version_num FROM {table}")).scalar()
    return int(found.rpartition("_")[2]) if found else 0


def version_table(branch: str) -> str:
    """The table in which Alembic stores the revision of a branch."""
    return f"{branch}_version"


def _refuse_newer(applied: int, branch: str) -> None:
    if applied > HEADS[branch]:
        raise IndexUnavailable(
            f"The index was made by a newer version of OnRecord ({branch} schema {applied}, this one knows "
            f"{HEADS[branch]}); update OnRecord."
        )


def _apply_revisions(db: Connection, branch: str) -> None:
    from alembic.config import Config  # 0.2 s that only a schema to be upgraded takes
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(MIGRATIONS), version_locations=[str(MIGRATIONS / branch)])
    with EnvironmentContext(Config(), scripts, fn=lambda applied, _: scripts._upgrade_revs("head", applied)) as steps:
        steps.configure(connection=db, version_table=version_table(branch))
        steps.run_migrations()
    if db.dialect.name == "sqlite":
        db.exec_driver_sql(f"PRAGMA user_version = {HEADS[branch]}")
