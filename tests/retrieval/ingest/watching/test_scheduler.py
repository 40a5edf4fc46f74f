"""Watching: sources are looked at when they are due, by one process, until it is told to end."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
from filelock import FileLock
from sqlalchemy import text

from retrieval.catalog.database.engine import Database
from retrieval.catalog.database.tables import sources
from retrieval.index.claims import Claims
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.ingest.watching.run import RunOutcome
from retrieval.ingest.watching.scheduler import watch_due_sources
from retrieval.ingest.watching.source import INTERRUPTED, Source, add_minutes
from retrieval.ingest.watching.source_store import SourceStore
from retrieval.models.endpoints.cancellation import Cancellation
from retrieval.text.dates.clock import utc_now
from tests.support.misbehaving_server import Reply, Site, endless, site
from tests.support.news_site import FERRY, MILL, TOLL, desk, feed, page
from tests.support.postgresql import PostgreSQLServer

LEASE = 1.0  # seconds that a machine keeps a source that it reads
SOON = 0.05  # seconds between two looks at what is due


Watch = Callable[[Store, list[RunOutcome]], AbstractContextManager[Cancellation]]


@pytest.fixture
def watching(parser_process: ParserProcess) -> Watch:
    """Watches the sources of a store in a thread beside the test."""
    return partial(_watching, parser_process)


@contextmanager
def _watching(reader: ParserProcess, store: Store, ran: list[RunOutcome]) -> Iterator[Cancellation]:
    cancellation = Cancellation()
    with desk(store, reader) as found:
        thread = Thread(
            target=watch_due_sources,
            args=(store, found.fetcher, found.reader, cancellation, ran.append),
            kwargs={"poll_seconds": SOON, "lease_seconds": LEASE},
        )
        thread.start()
        try:
            yield cancellation
        finally:
            cancellation.cancel()
            thread.join(10)
        assert not thread.is_alive()


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for what another thread does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def add(store: Store, url: str, due: str = "") -> Source:
    source = Source(url, "feed", "", 15, utc_now(), due or utc_now())
    SourceStore(store.catalog).add(source)
    return source


def paper(found: Site) -> Site:
    found.pages |= {f"/{story.name}": page(story, found) for story in (TOLL, FERRY, MILL)}
    found.pages |= {"/one": feed(found, [TOLL]), "/two": feed(found, [FERRY]), "/late": feed(found, [MILL])}
    return found


def test_what_is_due_is_looked_at_and_the_rest_is_left_alone(store: Store, watching: Watch) -> None:
    ran = list[RunOutcome]()
    with site({}) as found:
        paper(found)
        for name in ("/one", "/two"):
            add(store, found.url + name)
        add(store, found.url + "/late", add_minutes(utc_now(), 10))
        with watching(store, ran):
            until(lambda: len(ran) == 2)
            time.sleep(4 * SOON)
    assert sorted(outcome.run.source for outcome in ran) == [f"{found.url}/one", f"{found.url}/two"]
    assert sorted(article.title for article in store.catalog.articles()) == [FERRY.title, TOLL.title]


def test_a_source_that_another_process_adds_is_noticed(store: Store, watching: Watch) -> None:
    ran = list[RunOutcome]()
    with site({}) as found, watching(store, ran):
        paper(found)
        time.sleep(2 * SOON)
        add(store, f"{found.url}/one")
        until(lambda: ran)
    assert ran[0].run.added == 1


def test_one_source_that_fails_keeps_none_from_being_read(store: Store, watching: Watch) -> None:
    ran = list[RunOutcome]()
    with site({}) as found:
        paper(found)
        add(store, f"{found.url}/lost")
        add(store, f"{found.url}/one")
        with watching(store, ran):
            until(lambda: len(ran) == 2)
    by_source = {outcome.run.source.rpartition("/")[2]: outcome.run for outcome in ran}
    assert by_source["one"].added == 1 and by_source["lost"].error == "is no longer there (404)"


def test_the_second_process_waits_for_the_first_to_end(store: Store, watching: Watch) -> None:
    ran = list[RunOutcome]()
    held = FileLock(store.folder / "watch.lock")
    with site({}) as found, held:
        paper(found)
        add(store, f"{found.url}/one")
        with watching(store, ran):
            time.sleep(4 * SOON)
            assert ran == []
            held.release()
            until(lambda: ran)


def test_an_end_does_not_wait_for_a_server_that_does_not_answer(store: Store, watching: Watch) -> None:
    ran = list[RunOutcome]()
    with site({"/slow": Reply(endless(b" ", 0.1))}) as found:
        add(store, f"{found.url}/slow")
        with watching(store, ran) as cancellation:
            until(lambda: found.paths())
            started = time.monotonic()
            cancellation.cancel()
            until(lambda: ran)
    assert time.monotonic() - started < 2 and ran[0].run.error == INTERRUPTED


def test_a_run_that_cannot_even_be_recorded_is_not_made_again_and_again(store: Store, watching: Watch) -> None:
    ran = list[RunOutcome]()
    with site({}) as found:
        found.pages["/one"] = feed(found, [])
        add(store, f"{found.url}/one")
        full = "CREATE TRIGGER full BEFORE UPDATE ON sources BEGIN SELECT RAISE(FAIL, 'full'); END"
        store.catalog.database.run(text(full))
        with watching(store, ran):
            until(lambda: found.paths())
            time.sleep(10 * SOON)
    assert found.paths().count("/one") == 1 and ran == []


@pytest.fixture
def machines(tmp_path: Path, model: MiniLM, postgresql: PostgreSQLServer) -> Iterator[list[Store]]:
    """Two machines with folders of their own and one database."""
    address = postgresql.new_database()
    with ExitStack() as opened:
        made = (Store(tmp_path / name, lambda: model, database=Database(address)) for name in ("one", "two"))
        yield [opened.enter_context(store) for store in made]


def test_several_machines_look_at_a_source_once(machines: list[Store], watching: Watch) -> None:
    one, two = machines
    ran = list[RunOutcome]()
    with site({}) as found:
        paper(found)
        with watching(one, ran), watching(two, ran):
            time.sleep(4 * SOON)
            for name in ("/one", "/two", "/late"):
                add(one, found.url + name)
            until(lambda: len(ran) == 3)
            time.sleep(LEASE + 4 * SOON)
    assert Counter(found.paths())["/one"] == Counter(found.paths())["/two"] == 1 and len(ran) == 3


def test_a_source_of_a_machine_that_died_is_taken_over_and_a_slow_one_is_not(
    machines: list[Store], watching: Watch
) -> None:
    one, two = machines
    ran = list[RunOutcome]()
    dead = Claims(one.catalog, sources.c.url, seconds=LEASE)
    with site({"/slow": Reply(endless(b" ", 0.1))}) as found:
        paper(found)
        add(one, f"{found.url}/one")
        assert SourceStore(one.catalog).claim_due(dead, utc_now(), 9)
        with watching(two, ran):
            until(lambda: ran)
            add(one, f"{found.url}/slow")
            until(lambda: "/slow" in found.paths())
            with watching(one, ran):
                time.sleep(LEASE + 4 * SOON)
    assert [found.paths().count(path) for path in ("/one", "/slow")] == [1, 1]
