"""Measure watching a loopback newspaper of thousands of articles: `python -m bench.watching`."""

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

from evals.data import news_articles
from retrieval.documents import Article
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import EmbeddingModel
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.ingest.watching.discovery import discover_source
from retrieval.ingest.watching.run import run_source
from retrieval.ingest.watching.source_store import SourceStore
from tests.support.misbehaving_server import Asked, Reply, Site, fetching, site

IN_FEED = 50  # articles
VALIDATOR = '"one"'


def main() -> None:
    """Read a sitemap and a feed of many articles, then check both again without changes."""
    options = _options()
    every = [item for item in news_articles(options.data, 6_000) if isinstance(item, Article)]
    articles = every[: options.articles]
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder), _no_model) as store, site({}) as paper:
        paper.pages |= {f"/{at}": _page(article) for at, article in enumerate(articles)}
        _list(paper, articles, _always)
        first = _run_seconds(store, paper)
        told = f"{len(articles)} articles over a sitemap, and a feed of {IN_FEED}"
        known = len(store.catalog.article_ids())
        print(f"{told}: first run {first:.1f} s, {known} articles in the catalog, {_asked(paper)}")
        for name, answer in (("documents sent again", _always), ("answered with 304", _unless_known)):
            _list(paper, articles, answer)
            _run_seconds(store, paper)  # with validators from here on, where the server gives them
            paper.asked.clear()
            again = _run_seconds(store, paper)
            print(f"again, {name}: {again:.3f} s = {100 * again / first:.2f} % of the first run, {_asked(paper)}")
    print(
        f"no embedding was computed; {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {platform.python_version()}"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.watching", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--articles", type=int, default=5_000)
    return parser.parse_args()


def _no_model() -> EmbeddingModel:
    raise AssertionError("something was embedded")


def _run_seconds(store: Store, paper: Site) -> float:
    """Seconds for one run over both sources."""
    started = time.perf_counter()
    register = SourceStore(store.catalog)
    with fetching(seconds=30.0) as fetcher, ParserProcess() as reader:
        for name in ("/sitemap.xml", "/feed"):
            url = paper.url + name
            source = register.get(url)
            if source is None:
                register.add(discover_source(url, fetcher, reader).source)
                source = register.get(url)
            assert source
            done = run_source(store, source, fetcher, reader).run
            assert not done.error, done.error
    return time.perf_counter() - started


def _asked(paper: Site) -> str:
    return f"{len(paper.paths())} requests"


def _page(article: Article) -> Reply:
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in article.text.split("\n") if part.strip())
    head = f'<title>{escape(article.title)}</title><meta property="og:type" content="article">'
    body = f"<article><h1>{escape(article.title)}</h1>{paragraphs}</article>"
    return Reply(f'<html lang="en"><head>{head}</head><body>{body}</body></html>'.encode())


def _list(paper: Site, articles: Sequence[Article], answer: Callable[[bytes], Callable[[Asked], Reply]]) -> None:
    rows = "".join(
        f"<url><loc>{paper.url}/{at}</loc><lastmod>2025-05-02</lastmod></url>" for at in range(len(articles))
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    paper.pages["/sitemap.xml"] = answer(f'<urlset xmlns="{space}">{rows}</urlset>'.encode())
    items = "".join(
        f"<item><title>{escape(article.title)}</title><link>{paper.url}/{at}</link></item>"
        for at, article in enumerate(articles[:IN_FEED])
    )
    paper.pages["/feed"] = answer(f'<rss version="2.0"><channel><title>Paper</title>{items}</channel></rss>'.encode())


def _always(body: bytes) -> Callable[[Asked], Reply]:
    return lambda asked: Reply(body, headers={"Content-Type": "application/xml"})


def _unless_known(body: bytes) -> Callable[[Asked], Reply]:
    def answer(asked: Asked) -> Reply:
        known = asked.headers.get("if-none-match") == VALIDATOR
        return Reply(b"" if known else body, 304 if known else 200, {"ETag": VALIDATOR})

    return answer


if __name__ == "__main__":
    main()
