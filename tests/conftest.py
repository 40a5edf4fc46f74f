"""Shared by all tests: one loaded embedding model, stores in temporary folders, the installed command."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from retrieval.documents import Article
from retrieval.index import indexer
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from tests.support.chroma_server import ChromaServer

ROOT = Path(__file__).parent.parent
Onrecord = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def model() -> MiniLM:
    return MiniLM()


@pytest.fixture(scope="session")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    """A running Chroma server; a test that kills it starts it again."""
    server = ChromaServer(tmp_path_factory.mktemp("chroma"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def store(tmp_path: Path, model: MiniLM) -> Iterator[Store]:
    with Store(tmp_path / "index", lambda: model) as opened:
        yield opened


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory, model: MiniLM) -> Iterator[Store]:
    """The newsroom's articles, indexed once for a module whose tests only read them."""
    from tests.support.newsroom import ARTICLES  # which imports this module

    with Store(tmp_path_factory.mktemp("newsroom"), lambda: model) as opened:
        fill(opened, *ARTICLES)
        yield opened


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody's proxies, and no authority is trusted: loading the usual ones takes longer than most tests."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))


def article(key: str, text: str, **facts: object) -> Article:
    """A small article; only what a test is about needs to be said."""
    return Article(
        **{"id": key, "source": key, "url": f"https://example.org/{key}", "title": key, "text": text} | facts
    )


def fill(store: Store, *articles: Article) -> indexer.IngestSummary:
    """Add articles and index them."""
    tally = indexer.add_articles(store, articles)
    indexer.index_pending(store)
    return tally


def command(*arguments: str) -> list[str]:
    """The command line of the installed entry point."""
    return [str(Path(sys.executable).parent / "onrecord"), *arguments]


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The environment without anybody's settings, and these."""
    clean = {
        key: value for key, value in os.environ.items() if not key.startswith(("ONRECORD_", "OPENAI_", "TELEGRAM_"))
    }
    return clean | {"ONRECORD_DATA": str(folder / "data"), "ONRECORD_ARTICLES": str(ROOT / "articles")} | settings


@pytest.fixture
def onrecord(tmp_path: Path) -> Onrecord:
    """Runs the installed command in an empty folder, with an index of its own."""

    def run(*arguments: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*arguments),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            cwd=tmp_path,
            env=environment(tmp_path, **settings),
        )

    return run
