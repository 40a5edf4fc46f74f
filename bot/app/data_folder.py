"""What the data folder holds that can be opened without loading an index or a model."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.app.settings import Settings, read_settings
from bot.models.token_ledger import TokenLedger
from retrieval.catalog.catalog import Catalog


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
