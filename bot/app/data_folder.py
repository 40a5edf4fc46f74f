"""What the data folder holds that can be opened without loading an index or a model."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.app.settings import Settings, read_settings
from bot.models.token_ledger import TokenLedger
from retrieval.catalog.catalog import Catalog, damage_message
from retrieval.catalog.database.drivers.sqlite_file import database_damage
from retrieval.catalog.database.engine import Database, server_database
from retrieval.catalog.database.records import Place
from retrieval.errors import IndexDamaged, OnRecordError, is_database_damaged, is_disk_full

CATALOG, KEYS = "catalog.db", "keys.db"


@dataclass(frozen=True, slots=True)
class CatalogAccess:
    """A catalog, opened, and the settings that name its folder."""

    settings: Settings
    catalog: Catalog


@contextmanager
def open_catalog(data: Path | None = None) -> Iterator[CatalogAccess]:
    """Open the catalog and close it at the end; `data` replaces the folder of the settings.

    Raises UsageError also for settings of the indexes that cannot be right, and IndexUnavailable.
    """
    settings = read_settings(data)
    if settings.embedding_model or settings.chroma_url or settings.index_url:
        from bot.app.model_factory import check_index_settings

        check_index_settings(settings)
    with closing(Catalog(shared_database(settings) or settings.data / CATALOG)) as catalog:
        yield CatalogAccess(settings, catalog)


def shared_database(settings: Settings) -> Database | None:
    """The database of a server that holds catalog and records, None when the data folder does. Raises UsageError."""
    address = settings.database_url.get_secret_value()
    return _server_database(address) if address else None


@cache
def _server_database(address: str) -> Database:
    """One pool of connections for the whole process."""
    return server_database(address)


def records_place(settings: Settings, file: str) -> Place:
    """Where records such as conversations are: in the shared database, or in this file of the data folder."""
    return shared_database(settings) or settings.data / file


def keys_place(data: Path | None = None) -> Place:
    """Where the API keys are; `data` replaces the folder of the settings. Raises UsageError."""
    return records_place(read_settings(data), KEYS)


def token_ledger(settings: Settings) -> TokenLedger:
    """The tokens that models cost so far, and how many more they may cost today."""
    return TokenLedger(records_place(settings, "spent.db"), settings.max_tokens_per_day)


def databases_folder(data: Path | None = None) -> Path | None:
    """The folder of catalog and records, there or not; None if a server has them. Raises UsageError."""
    settings = read_settings(data)
    return None if settings.database_url.get_secret_value() else settings.data


def explain_failure(folder: Path | None, error: Exception) -> OnRecordError | None:
    """The error that says which file of `databases_folder` is damaged, if that is why something failed unexpectedly.

    The databases are read as a whole, which takes seconds where they are large.
    """
    if folder is None or is_disk_full(error):
        return None
    for path in sorted(folder.glob("*.db")):
        if path.name != CATALOG and (problem := database_damage(path)):
            advice = "restore it from a backup, or move it away to begin it anew"
            return IndexDamaged(f"The file {path} is damaged ({problem}); {advice}.")
    return _catalog_damage(folder / CATALOG) or _row_damage(folder, error)


def _catalog_damage(path: Path) -> OnRecordError | None:
    if not path.exists():
        return None
    try:
        with closing(Catalog(path)) as catalog:
            catalog.check()
    except IndexDamaged as exc:
        return exc
    except Exception:  # its rows may have become anything
        return IndexDamaged(damage_message(path, "is damaged"))
    return None


def _row_damage(folder: Path, error: Exception) -> OnRecordError | None:
    """The error for a row that holds no text, of something that is not checked: passages, quotes, other databases."""
    if not is_database_damaged(error):
        return None
    return IndexDamaged(
        f"A row of a database in {folder} is damaged; 'onrecord reindex' makes passages and quotes anew, for other "
        "rows restore the folder from a backup."
    )
