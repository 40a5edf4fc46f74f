"""The process that reads pages: the same articles, bounded time and memory, alive only as long as it is needed."""

import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest

from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.parsing.entry import Entry
from retrieval.ingest.parsing.pages import page
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from tests.support.newspaper import STORY, URL, fetched, html, ld, story
from tests.support.pdf_files import raw_pdf

PAGE = fetched(
    html(story(within="<h2>Who will pay</h2>"), head=ld({"@type": "NewsArticle", "author": {"name": "Mara Lind"}}))
)
PARAGRAPHS = f"<p>{STORY[0]}</p><p>{STORY[1]}</p>"


@pytest.fixture(scope="module")
def parser() -> Iterator[ParserProcess]:
    with ParserProcess(seconds=1) as opened:
        yield opened


def test_a_page_is_read_as_in_this_process(parser: ParserProcess) -> None:
    listed = Entry(URL, "Pier", ("Ada Roux",), html="".join(f"<p>{text}</p>" for text in STORY * 2))
    assert parser.parse_page(PAGE) == page.parse_page(PAGE)
    assert parser.parse_page(PAGE, listed) == page.parse_page(PAGE, listed)
    assert parser.parse_entry(listed, "Post") == page.parse_entry(listed, "Post")
    assert parser.parse_entry(Entry(URL, "Pier"), "Post") is None
    assert parser.discover_links(PAGE) == page.discover_links(PAGE)


def test_a_page_without_an_article_is_refused_with_the_reason(parser: ParserProcess) -> None:
    with pytest.raises(ValueError, match="holds no article"):
        parser.parse_page(fetched(html("")))


@pytest.mark.parametrize(
    "content",
    [
        html("<div>" * 10_000 + PARAGRAPHS).encode(),
        html(f"<article class='{'a ' * 2_500_000}'>{PARAGRAPHS}</article>").encode(),
        html("<div><h2><a href='x'>Pier closes</a></h2>" * 20_000 + PARAGRAPHS).encode(),
        raw_pdf(zlib.compress(b"0 0 m " * 20_000_000)),
        raw_pdf(b"0 0 m " * 15_000_000),
    ],
    ids=["divs", "attribute", "headings", "twice packed", "bomb"],
)  # fmt: skip
def test_a_hostile_document_costs_bounded_time_and_harms_no_other(parser: ParserProcess, content: bytes) -> None:
    started = time.monotonic()
    with suppress(ValueError):
        parser.parse_page(FetchedDocument(URL, content, ""))
    assert time.monotonic() - started < 10  # one second, and starting anew on a busy machine
    assert parser.parse_page(PAGE)


def test_a_document_that_takes_too_long_is_refused_and_the_next_is_read() -> None:
    slow = fetched(html("<p>Hello there, dear parser.</p>" * 200_000))
    with ParserProcess(seconds=1) as parser, pytest.raises(ValueError, match="took longer than 1 s"):
        parser.parse_page(slow)


@pytest.mark.skipif(sys.platform != "linux", reason="the limit on memory is Linux's")
def test_a_document_that_takes_too_much_memory_is_refused_and_the_next_is_read() -> None:
    with ParserProcess(memory=400_000_000) as parser:
        with pytest.raises(ValueError, match=r"memory|too large|could not be read"):
            parser.parse_page(fetched(html("<p>Hello there.</p>" * 4_000_000)))
        assert parser.parse_page(PAGE)


@pytest.mark.skipif(sys.platform == "win32", reason="processes are looked for as POSIX has them")
def test_the_process_ends_when_whoever_started_it_is_killed() -> None:
    script = (
        "import os, signal\nfrom retrieval.ingest.parsing.sandbox.parser_process import ParserProcess\n"
        "from tests.retrieval.ingest.parsing.sandbox.test_parser_process import PAGE\n"
        "p = ParserProcess(); p.parse_page(PAGE); print(p._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    pid, ends = int(done.stdout), time.monotonic() + 5
    while time.monotonic() < ends and _is_alive(pid):
        time.sleep(0.05)
    assert not _is_alive(pid)


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
