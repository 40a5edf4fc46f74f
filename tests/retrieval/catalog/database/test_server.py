"""A catalog on PostgreSQL: workers that save the same at once, and the order of texts in any language."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text

from bot.models.token_ledger import TokenLedger
from bot.service.history import ConversationHistory
from bot.telegram.storage.telegram_database import telegram_records
from bot.web.auth.api_keys import ApiKeyStore
from retrieval.catalog import archive, quote_table
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.database.engine import Database
from retrieval.index.indexer import segment
from tests.support.articles import article
from tests.support.postgresql import PostgreSQLServer
from tests.support.syndicated_articles import wire

AT_ONCE = 4
ROUNDS = 5
NAMES = ("zebra", "Zoo", "apple", "Ähre", "äpfel", "_x", "10", "9")
ICU = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'sv'"  # a database that orders as Swedes do
BY_OTHER_ORDER = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type = 'text' AND table_name NOT LIKE '%\\_version'
    AND collation_name IS DISTINCT FROM 'C'
"""


@pytest.fixture
def workers(postgresql: PostgreSQLServer) -> Iterator[list[Catalog]]:
    """One catalog, as several machines open it."""
    url = postgresql.new_database()
    with ExitStack() as opened:
        yield [opened.enter_context(closing(Catalog(Database(url)))) for _ in range(AT_ONCE)]


def save_at_once(workers: list[Catalog], keys: list[str]) -> None:
    """Have each worker save an article with the same text, all at the same moment."""
    begin = Barrier(len(workers))

    def save(worker: Catalog, key: str) -> None:
        segmented = segment(wire(key, "Harbour Post"))
        begin.wait()
        worker.save_articles([segmented])

    with ThreadPoolExecutor(len(workers)) as pool:
        list(pool.map(save, workers, keys))


def test_workers_that_save_one_article_at_once_store_one_version_with_its_quotes_once(workers: list[Catalog]) -> None:
    quotes = segment(wire("post", "Harbour Post")).quotes
    for number in range(ROUNDS):
        if number:
            workers[0].remove("post")
        save_at_once(workers, ["post"] * AT_ONCE)
        (versions,) = workers[0].rows(text("SELECT count(*) FROM versions"))
        assert versions[0] == 1 and len(quote_table.quotes_of_article(workers[0], "post")) == len(quotes)
        assert ("Rosa Lind", True, 1, "") in quote_table.speaker_names(workers[0])


def test_workers_that_save_one_text_at_once_keep_it_once(workers: list[Catalog]) -> None:
    for number in range(ROUNDS):
        keys = [f"{name}{number}" for name in ("post", "times", "echo", "star")]
        save_at_once(workers, keys)
    kept = [key for key in workers[0].article_ids() if not workers[0].copy_of(key)]
    assert len(workers[0].article_ids()) == AT_ONCE * ROUNDS and len(kept) == 1
    assert {key for key in workers[0].article_ids() if workers[0].passage_ids_of([key])} == set(kept)


def test_lists_have_the_same_order_whatever_the_language_of_the_server(
    postgresql: PostgreSQLServer, tmp_path: Path
) -> None:
    listed = []
    for place in (tmp_path / "catalog.db", Database(postgresql.new_database(ICU))):
        with closing(Catalog(place)) as catalog:
            catalog.save_articles([segment(article(name, f"The pier of {name} closes.")) for name in NAMES])
            days = archive.published_days(catalog)
            listed.append(([one.id for one in catalog.articles()], archive.article_languages(catalog), days))
    assert listed[0] == listed[1] and listed[0][0] == sorted(NAMES)


def test_every_text_that_is_stored_is_compared_by_code_points(postgresql: PostgreSQLServer) -> None:
    database = Database(postgresql.new_database(ICU))
    with closing(Catalog(database)):
        for made in (TokenLedger(database), ConversationHistory(database), ApiKeyStore(database)):
            made.records.prepare()
        telegram_records(database)
        assert database.rows(text("SELECT count(*) FROM information_schema.tables"))[0][0] > len(NAMES)
        assert database.rows(text(BY_OTHER_ORDER)) == []
