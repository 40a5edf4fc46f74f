"""Fixtures of all tests: one loaded embedding model, indexes in temporary folders, the command line."""

import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from bot.app.model_factory import embedding_model
from bot.app.settings import Settings
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.database.engine import Database, sqlite_url
from retrieval.catalog.database.records import Place
from retrieval.index import indexer
from retrieval.index.milvus.settings import parse_milvus
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from tests.support.articles import fill
from tests.support.chroma_server import ChromaServer
from tests.support.command_line import Onrecord, run_inside, run_process
from tests.support.milvus_server import MilvusServer
from tests.support.newsroom import ARTICLES
from tests.support.postgresql import PostgreSQLServer

# Tests with these marks do not run side by side: they share a server, a browser or the patience of their timeouts.
EXCLUSIVE = ("browser", "process", "chroma", "postgresql", "milvus")

settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("fuzz", deadline=None, max_examples=20_000, print_blob=True)  # make fuzz
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give one worker all tests that share a mark, and all of one module; the marked ones, which are slow, first."""
    for item in items:
        for mark in ("browser", "chroma", "postgresql", "milvus"):
            if mark in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
        exclusive = next((mark for mark in EXCLUSIVE if item.get_closest_marker(mark)), None)
        item.add_marker(pytest.mark.xdist_group(exclusive or item.nodeid.partition("::")[0]))
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    return next((turn for turn, mark in enumerate(EXCLUSIVE) if item.get_closest_marker(mark)), len(EXCLUSIVE))


@pytest.fixture(scope="session")
def model() -> MiniLM:
    """The embedding model, loaded once: the commands that run inside this process use the same."""
    made = embedding_model(Settings.model_construct())()
    assert isinstance(made, MiniLM)
    return made


@pytest.fixture(scope="session")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    """A running Chroma server; a test that kills it starts it again."""
    server = ChromaServer(tmp_path_factory.mktemp("chroma"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    """A running Milvus Lite server; a test that kills it starts it again."""
    server = MilvusServer(tmp_path_factory.mktemp("milvus"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQLServer]:
    """A running PostgreSQL server; a test that stops it starts it again.

    Its folder is none of pytest's, which close theirs to the server's user whenever another session begins.
    """
    with TemporaryDirectory(prefix="onrecord-postgresql-") as folder:
        server = PostgreSQLServer(Path(folder))
        server.start()
        yield server
        server.kill()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database: once a SQLite file, once one of a PostgreSQL server."""
    is_server = request.param == "postgresql"
    url = request.getfixturevalue("postgresql").new_database() if is_server else sqlite_url(tmp_path / "catalog.db")
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def catalog(database: Database) -> Iterator[Catalog]:
    """An empty catalog, in SQLite and in PostgreSQL."""
    opened = Catalog(database)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where records of a test are: a file of its own, or a database of its own on a server."""
    if request.param == "sqlite":
        yield tmp_path / "records.db"
        return
    database = Database(request.getfixturevalue("postgresql").new_database())
    yield database
    database.close()


@pytest.fixture(scope="session")
def parser_process() -> Iterator[ParserProcess]:
    """The process that reads pages, started by the first test that reads one."""
    with ParserProcess() as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path, model: MiniLM) -> Iterator[Store]:
    with Store(tmp_path / "index", lambda: model) as opened:
        yield opened


@pytest.fixture(params=["folder", pytest.param("milvus", marks=pytest.mark.milvus)])
def either_store(request: pytest.FixtureRequest, tmp_path: Path, model: MiniLM) -> Iterator[Store]:
    """A store with words and vectors in its folder, and one with both in Milvus."""
    milvus = parse_milvus(request.getfixturevalue("milvus").url) if request.param == "milvus" else None
    with Store(tmp_path / "index", lambda: model, milvus=milvus) as opened:
        yield opened


@pytest.fixture(scope="session")
def newsroom_folder(tmp_path_factory: pytest.TempPathFactory, model: MiniLM) -> Path:
    """The folder of an index of the newsroom's articles, made once; tests that write work on a copy."""
    folder = tmp_path_factory.mktemp("newsroom") / "index"
    with Store(folder, lambda: model) as opened:
        fill(opened, *ARTICLES)
    return folder


@pytest.fixture(scope="session")
def newsroom(newsroom_folder: Path, model: MiniLM) -> Iterator[Store]:
    """The newsroom's index, opened once for all tests that only read it."""
    with Store(newsroom_folder, lambda: model) as opened:
        yield opened


@pytest.fixture
def newsroom_copy(tmp_path: Path, newsroom_folder: Path, model: MiniLM) -> Iterator[Store]:
    """The newsroom's index in a folder of the test's own, as if its articles had been added just now."""
    with Store(shutil.copytree(newsroom_folder, tmp_path / "index"), lambda: model) as opened:
        indexer.add_articles(opened, ())
        yield opened


@pytest.fixture(scope="module")
def shared_newsroom(tmp_path_factory: pytest.TempPathFactory, newsroom_folder: Path, model: MiniLM) -> Iterator[Store]:
    """The newsroom's index in a folder that the tests of one module share."""
    folder = tmp_path_factory.mktemp("newsroom") / "index"
    with Store(shutil.copytree(newsroom_folder, folder), lambda: model) as opened:
        yield opened


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody's proxies, and no authority is trusted: loading the usual ones takes longer than most tests."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))


@pytest.fixture
def onrecord(tmp_path: Path) -> Onrecord:
    """Runs commands inside this process, in an empty folder, with an index of the test's own."""
    return partial(run_inside, tmp_path)


@pytest.fixture
def onrecord_process(tmp_path: Path) -> Onrecord:
    """Runs the installed command as a process, in an empty folder, with an index of the test's own."""
    return partial(run_process, tmp_path)
