"""Where an index with its records is, and where a copy of it is to be."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot.app.build import open_store
from bot.app.data_folder import CATALOG, records_place, shared_database
from bot.app.settings import Settings, read_settings
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.database.records import Place
from retrieval.index.store import Store


@dataclass(frozen=True, slots=True)
class IndexPlace:
    """A data folder, or a database with a folder that keeps what can be made anew."""

    settings: Settings

    @property
    def embeddings(self) -> Path:
        """The file with the vectors that were computed so far."""
        return self.settings.data / "embeddings.db"

    def copied_to(self, place: str, index_url: str) -> Self:
        """The place of a copy: a folder, or the address of a database, which keeps this folder. Raises UsageError."""
        where = {"database_url": place} if "://" in place else {"database_url": "", "data": Path(place)}
        changed = {**where, "index_url": index_url, "chroma_url": ""}
        return type(self)(Settings.model_validate({**self.settings.model_dump(), **changed}))

    def open_catalog(self) -> Catalog:
        """The catalog. Raises IndexUnavailable."""
        return Catalog(shared_database(self.settings) or self.settings.data / CATALOG)

    def records(self, file: str) -> Place:
        """Where records are that are in this file of a folder."""
        return records_place(self.settings, file)

    def open_store(self) -> Store:
        """The index. Raises UsageError, IndexUnavailable."""
        return open_store(self.settings)


def index_place(data: Path | None) -> IndexPlace:
    """The place that the settings name; `data` replaces their folder. Raises UsageError."""
    return IndexPlace(read_settings(data))
