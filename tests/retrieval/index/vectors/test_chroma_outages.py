"""An index whose vectors are on a Chroma server, through everything that happens to one."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cli.background import indexing_in_background
from retrieval.catalog.filters import Filters
from retrieval.errors import VectorsUnavailable
from retrieval.index import indexer, pending
from retrieval.index.store import Store
from retrieval.index.vectors.chroma_settings import parse_chroma_server
from retrieval.index.vectors.minilm import MiniLM
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker
from retrieval.search.hybrid_search import Search, SearchResult
from tests.support.articles import article, fill
from tests.support.chroma_server import ChromaServer, Gate
from tests.support.command_line import Completed, Onrecord
from tests.support.endpoint_standin import free_port
from tests.support.newsroom import ARTICLES, write_articles

BRIDGE = "How much will lorries pay on the bridge?"
SOON = 20.0  # seconds in which what was lost is back
Run = Callable[..., Completed]


class Counted(MiniLM):
    """The embedding model; counts the passages that it embeds."""

    embedded = 0

    def embed_query(self, text: str) -> list[float]:
        self.embedded -= 1  # it is embedded as a passage is
        return super().embed_query(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded += len(texts)
        return super().embed_documents(texts)


@pytest.fixture(scope="module")
def counted() -> Counted:
    return Counted()


@contextmanager
def opened(folder: Path, url: str, model: MiniLM, *, cool_down: float = 0.2) -> Iterator[Store]:
    """A store on a server that is asked again soon after it has failed."""
    at = replace(
        parse_chroma_server(url), question_seconds=1.0, breaker=CircuitBreaker(failures=1, cool_down=cool_down)
    )
    with Store(folder, lambda: model, chroma=at) as store:
        yield store


@contextmanager
def searching(store: Store) -> Iterator[Search]:
    search = Search(store)
    try:
        yield search
    finally:
        search.close()


@pytest.fixture
def shelf(tmp_path: Path, chroma: ChromaServer, counted: Counted) -> Iterator[Store]:
    """The newsroom's articles, their vectors on the server."""
    with opened(tmp_path / "data", chroma.url, counted) as store:
        fill(store, *ARTICLES)
        yield store


def dense(found: SearchResult) -> bool:
    """Whether the vectors took part."""
    return not found.why_no_vectors and any(hit.dense for hit in found.hits)


def test_vectors_are_on_the_server_and_nowhere_else(shelf: Store) -> None:
    share = pending.index_coverage(shelf.catalog)
    assert shelf.vectors.count() == share.vectors == share.passages > 1
    assert not (shelf.folder / "vectors").exists()
    with searching(shelf) as search:
        assert dense(search(BRIDGE))


def test_filters_hold_on_a_server(shelf: Store) -> None:
    with searching(shelf) as search:
        found = search(BRIDGE, filters=Filters(outlet="Northern Tide"))
    assert dense(found) and {hit.passage.article for hit in found.hits} == {"ferry"}


def test_a_withdrawn_article_leaves_the_server(shelf: Store) -> None:
    before = shelf.vectors.count()
    shelf.catalog.remove("ferry")
    indexer.index_pending(shelf)
    assert 0 < shelf.vectors.count() == pending.index_coverage(shelf.catalog).passages < before


def test_two_indexes_share_a_server(shelf: Store, tmp_path: Path, chroma: ChromaServer, counted: Counted) -> None:
    before = shelf.vectors.count()
    with opened(tmp_path / "other", chroma.url, counted) as other:
        fill(other, article("harbour", "The harbour was closed on Monday because of the storm."))
        indexer.reindex(other)
        assert (other.vectors.count(), shelf.vectors.count()) == (1, before)


def test_reindexing_makes_the_collection_anew_without_embedding_anew(shelf: Store, counted: Counted) -> None:
    before, embedded = shelf.vectors.count(), counted.embedded
    (stray,) = shelf.catalog.hits(shelf.catalog.passage_ids_of(["toll"])).values()
    shelf.vectors.add([replace(stray, passage=replace(stray.passage, id="stray"))])
    indexer.reindex(shelf)
    assert (shelf.vectors.count(), counted.embedded) == (before, embedded)


def test_reindexing_without_a_server_keeps_what_there_is(shelf: Store, counted: Counted) -> None:
    with (
        opened(shelf.folder, f"http://127.0.0.1:{free_port()}", counted) as lost,
        pytest.raises(VectorsUnavailable, match="cannot be reached"),
    ):
        indexer.reindex(lost)
    assert pending.index_coverage(shelf.catalog).vectors == shelf.vectors.count() > 0


def test_another_embedding_model_has_a_collection_of_its_own(
    shelf: Store, chroma: ChromaServer, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shelf.vectors.count()
    other = Counted()
    monkeypatch.setattr(other, "name", "another-model")
    with opened(shelf.folder, chroma.url, other) as renamed:
        indexer.reindex(renamed)
        assert renamed.vectors.count() == before
    indexer.reindex(shelf)  # and back again, which leaves nothing of the other behind
    assert shelf.vectors.count() == before


def test_an_index_moves_to_a_server_and_back_without_embedding_anew(
    tmp_path: Path, chroma: ChromaServer, counted: Counted
) -> None:
    with Store(tmp_path / "data", lambda: counted) as folder:
        fill(folder, *ARTICLES)
        passages, embedded = folder.vectors.count(), counted.embedded
    with opened(tmp_path / "data", chroma.url, counted) as on_server:
        on_server.check_vectors()
        indexer.index_pending(on_server)
        assert on_server.vectors.count() == passages
    with Store(tmp_path / "data", lambda: counted) as folder:
        folder.vectors.count()
        indexer.index_pending(folder)
        assert pending.index_coverage(folder.catalog).vectors == folder.vectors.count() == passages
    assert counted.embedded == embedded


def test_what_a_server_lost_while_a_process_runs_is_put_back_from_the_cache(
    shelf: Store, chroma: ChromaServer, counted: Counted
) -> None:
    before, embedded = shelf.vectors.count(), counted.embedded
    with searching(shelf) as search, indexing_in_background(shelf, every=0.1):
        assert dense(search(BRIDGE))
        chroma.lose_everything()
        lost = time.monotonic()
        while not dense(search(BRIDGE)) or pending.has_pending(shelf.catalog):
            assert search(BRIDGE).hits and time.monotonic() - lost < SOON
            time.sleep(0.05)
    assert (shelf.vectors.count(), counted.embedded) == (before, embedded)


def test_questions_go_on_while_the_server_is_killed_and_use_it_again(shelf: Store, chroma: ChromaServer) -> None:
    found, stop = list[SearchResult](), threading.Event()
    with searching(shelf) as search:

        def ask() -> None:
            while not stop.is_set():
                found.append(search(BRIDGE))

        askers = [threading.Thread(target=ask) for _ in range(4)]
        for asker in askers:
            asker.start()
        try:
            with_vectors = comes(found, dense)
            chroma.kill()
            without = comes(found, lambda each: bool(each.why_no_vectors))
            chroma.start()
            again = comes(found, dense)
        finally:
            stop.set()
            for asker in askers:
                asker.join()
    assert with_vectors and without and again
    assert all("31 votes" in "".join(hit.passage.text for hit in each.hits) for each in found)
    assert all(chroma.url in each.why_no_vectors for each in found if each.why_no_vectors)


def comes(found: list[SearchResult], wanted: Callable[[SearchResult], bool]) -> bool:
    """Whether one of the answers from now on is as wanted, waited for."""
    seen, deadline = len(found), time.monotonic() + SOON
    while time.monotonic() < deadline:
        if any(map(wanted, found[seen:])):
            return True
        time.sleep(0.02)
    return False


def test_a_hanging_server_holds_no_question_for_long(shelf: Store, chroma: ChromaServer, counted: Counted) -> None:
    with (
        Gate(chroma.port).serving() as gate,
        opened(shelf.folder, gate.url, counted) as store,
        searching(store) as search,
    ):
        assert dense(search(BRIDGE))
        gate.state = "holding"
        began = time.monotonic()
        found = search(BRIDGE)
        assert time.monotonic() - began < 2.0
        assert found.hits and "does not answer within 1 second;" in found.why_no_vectors


@pytest.fixture
def run(onrecord: Onrecord, chroma: ChromaServer) -> Run:
    """Runs commands on the same index, its vectors on the server."""

    def run(*arguments: str, **settings: str) -> Completed:
        return onrecord(*arguments, **{"ONRECORD_CHROMA_URL": chroma.url} | settings)

    return run


def test_the_command_line_goes_on_without_its_server_and_says_what_is_owed(
    tmp_path: Path, run: Run, chroma: ChromaServer
) -> None:
    lines = str(write_articles(tmp_path / "news.jsonl"))
    nowhere = f"http://127.0.0.1:{free_port()}"
    trouble = f"The Chroma server {nowhere} cannot be reached; start it or correct ONRECORD_CHROMA_URL."

    added = run("add", lines, ONRECORD_CHROMA_URL=nowhere)
    assert (added.returncode, added.stdout) == (4, "2 added\n")
    assert f"{trouble} 2 passages wait for the vectors index; articles are found by words alone." in added.stderr
    asked = run("ask", BRIDGE, ONRECORD_CHROMA_URL=nowhere)
    assert asked.returncode == 0 and "14 crowns" in asked.stdout and trouble in asked.stdout
    assert run("reindex", ONRECORD_CHROMA_URL=nowhere).returncode == 4

    again = run("add", lines)
    assert (again.returncode, again.stdout) == (0, "2 unchanged\n"), again.stderr
    assert json.loads(run("status", "--json").stdout)["vectors"] == 2


def test_a_wrong_address_is_refused_before_anything_is_done(run: Run) -> None:
    done = run("ask", BRIDGE, ONRECORD_CHROMA_URL="chroma:8000")
    assert done.returncode == 2
    assert "ONRECORD_CHROMA_URL is" in done.stderr and "not an address like http://localhost:8000" in done.stderr


@pytest.mark.process
def test_an_open_process_finds_what_another_one_added(
    shelf: Store, tmp_path: Path, onrecord_process: Onrecord, chroma: ChromaServer
) -> None:
    with searching(shelf) as search:
        assert dense(search(BRIDGE))
        (tmp_path / "new.txt").write_text("The lighthouse keeper retired after forty years of service.", "utf-8")
        assert onrecord_process("add", "new.txt", ONRECORD_CHROMA_URL=chroma.url).returncode == 0
        found = search("When did the lighthouse keeper retire?")
    assert found.hits[0].dense > 0.5 and "lighthouse" in found.hits[0].passage.text
