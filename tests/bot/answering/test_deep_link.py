"""The link of a citation opens the article at the words, in a real browser."""

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from bot.answering.citations import deep_link
from retrieval.documents import Article
from tests.support.command_line import ROOT
from tests.support.local_files import read_files

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
# The part of the page that a reader sees without scrolling is made small, so that a link must scroll to show its words.
VIEW = {"width": 600, "height": 220}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"),
        reason="Chromium is not installed (Debian: apt-get install chromium)",
    ),
]

VISIBLE_AT = """words => {
    const flat = text => text.replace(/\\s+/g, ' ');
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
        if (!flat(node.data).includes(words)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const box = range.getBoundingClientRect();
        return {top: box.top, bottom: box.bottom, scrolled: window.scrollY};
    }
    return null;
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(ROOT / "articles"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_page(viewport=VIEW)
        browser.close()


def sample(name: str) -> Article:
    (found,) = read_files(ROOT / "articles" / name)
    assert isinstance(found, Article)
    return found


def opened(page: Page, url: str, words: str) -> dict[str, float]:
    """Where the words stand in the window after the link was opened."""
    page.goto("about:blank")
    page.goto(url)
    page.wait_for_timeout(300)
    box = page.evaluate(VISIBLE_AT, words)
    assert box is not None, f"{words!r} is not on the page"
    return dict(box)


@pytest.mark.parametrize(
    ("quoted", "shown"),
    [
        ("It does not contain the security guarantees that Ukraine had asked for.", "security guarantees that Ukraine"),
        ("The ceremony was called off after President Donald Trump accused Zelensky", "The ceremony was called off"),
        ("Zelensky has since written Trump a letter to make amends.", "Zelensky has since written"),
    ],
)
def test_link_scrolls_to_the_words(page: Page, site: str, quoted: str, shown: str) -> None:
    article = sample("minerals-agreement.html")
    start = article.text.index(quoted)
    url = deep_link(f"{site}/minerals-agreement.html", article.text, (start, start + len(quoted)))
    box = opened(page, url, shown)
    assert box["scrolled"] > 0
    assert box["bottom"] > 0
    assert box["top"] < VIEW["height"]


def test_link_spans_paragraphs(page: Page, site: str) -> None:
    article = sample("minerals-agreement.html")
    start = article.text.index("Officials in Kyiv see")
    url = deep_link(f"{site}/minerals-agreement.html", article.text, (start, len(article.text)))
    box = opened(page, url, "Officials in Kyiv see")
    assert box["scrolled"] > 0
    assert 0 <= box["top"] < VIEW["height"]


def test_page_without_the_words_does_not_scroll(page: Page, site: str) -> None:
    url = deep_link(f"{site}/minerals-agreement.html", "Words that are not there at all.", (0, 32))
    assert opened(page, url, "An agreement that would give")["scrolled"] == 0


def test_local_file_opens_at_the_words(page: Page) -> None:
    article = sample("minerals-agreement.html")
    quoted = "Officials in Kyiv see the agreement as a way to tie the United States to the country's future."
    start = article.text.index(quoted)
    box = opened(page, deep_link(article.url, article.text, (start, start + len(quoted))), "Officials in Kyiv see")
    assert article.url.startswith("file://")
    assert box["scrolled"] > 0


def test_chromium_is_there_in_ci() -> None:
    assert CHROMIUM, "tests of the links need Chromium"
    assert Path(CHROMIUM).exists()
