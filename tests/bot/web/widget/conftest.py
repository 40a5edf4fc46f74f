"""One newspaper and one browser for all tests of this folder, closed when they are done."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from retrieval.search.hybrid_search import Search
from tests.support.articles import fill
from tests.support.widget_browser import HOSTILE, LONG, Reader, serving

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))


@pytest.fixture(scope="package")
def paper(tmp_path_factory: pytest.TempPathFactory, newsroom_folder: Path, model: MiniLM) -> Iterator[str]:
    """A newspaper without a model: its demo pages and its endpoint."""
    folder = shutil.copytree(newsroom_folder, tmp_path_factory.mktemp("paper") / "index")
    with Store(folder, lambda: model) as store:
        fill(store, LONG, HOSTILE)
        search = Search(store)
        history = ConversationHistory(store.folder / "conversations.db")
        with serving(store, Conversation(store, search, history)) as address:
            yield address
        search.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, for this folder only: while Playwright runs, no other test of this thread can run an event loop."""
    if not CHROMIUM.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"There is no Chromium at {CHROMIUM}.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def reader(browser: Browser) -> Iterator[Reader]:
    reader = Reader(browser)
    yield reader
    reader.close()
