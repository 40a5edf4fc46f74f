"""What the data folder holds that can be opened without loading an index or a model."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.app.settings import Settings, read_settings
from bot.models.token_ledger import TokenLedger
from retrieval.catalog.catalog import Catalog, damage_message
from retrieval.catalog.database import database_damage
from retrieval.errors import IndexDamaged, OnRecordError, is_disk_full


@dataclass(frozen=True, slots=True)
class CatalogAccess:
    """A catalog, opened, and the settings that name its folder."""

    settings: Settings
    catalog: Catalog


@contextmanager
def open_catalog(data: Path | None = None) -> Iterator[CatalogAccess]:
    """Open the catalog and close it at the end; `data` replaces the folder of the settings.

    Raises UsageError also for settings of the vectors that cannot be right, and IndexUnavailable.
    """
    settings = read_settings(data)
    if settings.embedding_model or settings.chroma_url:
        from bot.app.model_factory import check_vector_settings

        check_vector_settings(settings)
    with closing(Catalog(settings.data / "catalog.db")) as catalog:
        yield CatalogAccess(settings, catalog)


def token_ledger(settings: Settings) -> TokenLedger:
    """The tokens that models cost so far, and how many more they may cost today."""
    return TokenLedger(settings.data / "spent.db", settings.max_tokens_per_day)


def data_folder(data: Path | None = None) -> Path:
    """The folder of the index, whether there is one in it or not. Raises UsageError."""
    return read_settings(data).data


def explain_failure(folder: Path, error: Exception) -> OnRecordError | None:
    """The error that says which file of the data folder is damaged, if that is why something failed unexpectedly.

    The databases are read as a whole, which takes seconds where they are large.
    """
    if is_disk_full(error):
        return None
    catalog = folder / "catalog.db"
    for path in sorted(folder.glob("*.db"), key=lambda path: path != catalog):
        if problem := database_damage(path):
            sentence = damage_message(path, f"is damaged ({problem})") if path == catalog else _damaged(path, problem)
            return IndexDamaged(sentence)
    return _damaged_rows(catalog)


def _damaged(path: Path, problem: str) -> str:
    return f"The file {path} is damaged ({problem}); restore it from a backup, or move it away to begin it anew."


def _damaged_rows(path: Path) -> OnRecordError | None:
    """The error for a catalog that is a sound database, but whose rows or tables are not what was stored."""
    if not path.exists():
        return None
    try:
        with closing(Catalog(path)) as catalog:
            damaged = [*catalog.damaged_articles()]
    except Exception:  # rows may have become anything
        return IndexDamaged(damage_message(path, "is damaged (rows of it cannot be read)"))
    if not damaged:
        return None
    return IndexDamaged(
        f"The catalog {path} is damaged in the article {damaged[0]}; restore it from a backup, or remove that article "
        f"('onrecord remove {damaged[0]}') and add it again."
    )
