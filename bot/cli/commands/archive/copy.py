"""copy: the whole index, with conversations and all other records, to a database server or back to a folder."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Annotated

import typer

from bot.app.index_place import IndexPlace, index_place
from bot.cli.commands.archive.ingestion import warn_of_writer
from bot.cli.exit_code import ExitCode
from bot.cli.options import Quiet, data_option
from bot.cli.output import terminal
from bot.models.token_ledger import TokenLedger
from bot.service.history import ConversationHistory
from bot.telegram.storage.telegram_database import leases, telegram_records
from bot.web.auth.api_keys import ApiKeyStore
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.database import table_copy
from retrieval.catalog.database.engine import Database
from retrieval.catalog.database.records import Place, Records
from retrieval.catalog.database.table_copy import CATALOG_TABLES, COPYING, TableCopy
from retrieval.errors import EmbeddingUnavailable, IndexServerUnavailable, UsageError
from retrieval.index import indexer, pending
from retrieval.index.vectors.embedding_cache import copy_embeddings


@dataclass(frozen=True, slots=True)
class Part:
    """Tables that are in one file of a folder, on both sides."""

    source: Database
    target: Database
    tables: Sequence[TableCopy]


def copy(
    context: typer.Context,
    to: Annotated[str, typer.Option(help="A folder, or a database as postgresql+psycopg://user:password@host/name.")],
    index_url: Annotated[str, typer.Option(help="Milvus that is to hold words and vectors of the copy.")] = "",
    quiet: Quiet = False,
) -> ExitCode:
    """Copy to an empty place, or go on with a copy that was begun. Raises UsageError where the place is another's."""
    original = index_place(data_option(context))
    copied = original.copied_to(to, index_url)
    with ExitStack() as opened:
        source = opened.enter_context(closing(original.open_catalog()))
        target = opened.enter_context(closing(copied.open_catalog()))
        parts = [Part(source.database, target.database, CATALOG_TABLES), *_record_parts(opened, original, copied)]
        _begin(source, target, parts)
        is_same = _copy(parts, quiet=quiet)
        if is_same:
            target.set_fact(COPYING, "")
        waiting = pending.count_pending(target, "vectors")
    if copied.embeddings != original.embeddings:
        copy_embeddings(original.embeddings, copied.embeddings)
    if not is_same:
        terminal.warn("The copy differs: something was written meanwhile; stop that, empty the target and copy again.")
        return ExitCode.UNEXPECTED
    if index_url:
        waiting = _fill_index(copied, quiet=quiet)
    if waiting:
        terminal.warn(f"{waiting} passages wait for the copy's indexes; 'onrecord work' with its settings fills them.")
    return ExitCode.OK


def _record_parts(opened: ExitStack, original: IndexPlace, copied: IndexPlace) -> Iterator[Part]:
    """Conversations, keys, counts and the bot's records, as far as there are any."""
    for file, open_records in RECORDS.items():
        here, there = original.records(file), copied.records(file)
        if isinstance(here, Database) or here.exists():
            source, target = (opened.enter_context(closing(open_records(place))) for place in (here, there))
            tables = [TableCopy(table) for table in source.tables if table is not leases]
            yield Part(source.database, target.database, tables)


def _keys(place: Place) -> Records:
    store = ApiKeyStore(place)
    store.create_file()
    return store.records


RECORDS: dict[str, Callable[[Place], Records]] = {
    "conversations.db": lambda place: ConversationHistory(place).records,
    "spent.db": lambda place: TokenLedger(place).records,
    "keys.db": _keys,
    "telegram.db": telegram_records,
}


def _begin(source: Catalog, target: Catalog, parts: Sequence[Part]) -> None:
    """Note in the target whose copy it is to be. Raises UsageError where it holds anything else."""
    if source.database.url == target.database.url:
        raise UsageError("The index cannot be copied to where it is; name another place with --to.")
    name = source.fact("id") or source.set_default_fact("id", secrets.token_hex(8))
    if target.fact(COPYING) == name:
        return
    for part in parts:
        with part.target.connection() as db:
            if not all(table_copy.is_empty(db, what) for what in part.tables):
                raise UsageError(
                    f"{target.database.place} holds another index or records; name an empty place with --to."
                )
    target.set_fact(COPYING, name)


def _copy(parts: Sequence[Part], *, quiet: bool) -> bool:
    """Copy all tables and print their checksums; whether they are the same on both sides."""
    is_same = True
    with terminal.progress(quiet=quiet) as report:
        for part in parts:
            for name, here, there in table_copy.copy_tables(part.source, part.target, part.tables, report):
                is_same = is_same and here == there
                if not quiet:
                    both = [here] if here == there else [here, there]
                    terminal.write(f"{name}: {' differs from '.join(f'{one.rows} rows {one.digest}' for one in both)}")
    return is_same


def _fill_index(copied: IndexPlace, *, quiet: bool) -> int:
    """Index the copy, with the vectors that the folder has; returns how many passages have to wait."""
    with copied.open_store() as store, terminal.progress(quiet=quiet) as report:
        try:
            indexer.index_pending(store, report, on_wait=warn_of_writer)
        except (EmbeddingUnavailable, IndexServerUnavailable) as exc:
            terminal.warn(str(exc))
        return pending.count_pending(store.catalog, "vectors")
