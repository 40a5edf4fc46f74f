"""A small newspaper on the web, served over loopback: pages, a feed, sitemaps, WordPress' list of posts."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from xml.sax.saxutils import escape

from retrieval.index.store import Store
from retrieval.ingest.fetching.fetcher import Fetcher
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.ingest.watching.discovery import discover_source
from retrieval.ingest.watching.run import RunOutcome, run_source
from retrieval.ingest.watching.source_store import SourceStore
from tests.support.misbehaving_server import Asked, Page, Reply, Site, fetching

MORE = (
    "The harbour office has counted every crossing since the spring, and its figures were read to the council on "
    "Friday evening before a full gallery. Ferry crews, shopkeepers and the island's only doctor had come to listen.",
    "Nobody spoke against the plan at first. Later in the evening a carpenter from the south quay asked who would pay "
    "for the repairs of the old pier, and the treasurer promised an answer in writing before the month is over.",
    "The council meets again in three weeks. Until then the office takes letters from everyone who lives on the "
    "island, and the library keeps a copy of the whole plan for those who want to read it in peace.",
)


@dataclass(frozen=True)
class Story:
    """An article of the newspaper, under `/NAME`."""

    name: str
    title: str
    text: str
    day: str = "2025-05-02"
    author: str = "Nia Roth"

    @property
    def html(self) -> str:
        """Its paragraphs."""
        return "".join(f"<p>{escape(part)}</p>" for part in (self.text, *MORE))

    def page(self, site: str, extra: str = "") -> bytes:
        """Its page, with what stands around an article."""
        facts = {"@type": "NewsArticle", "headline": self.title, "datePublished": f"{self.day}T08:00:00Z"}
        facts["author"] = {"@type": "Person", "name": self.author}  # type: ignore[assignment]
        return (
            f'<!doctype html><html lang="en"><head><title>{escape(self.title)} | Quay Gazette</title>'
            f'<meta property="og:type" content="article"><meta property="og:site_name" content="Quay Gazette">'
            f'<link rel="canonical" href="{site}/{self.name}">'
            f'<link rel="alternate" type="application/rss+xml" href="{site}/feed">'
            f'<script type="application/ld+json">{json.dumps(facts)}</script>{extra}</head>'
            f'<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><article><h1>{escape(self.title)}</h1>'
            f"{self.html}</article><footer>All rights reserved.</footer></body></html>"
        ).encode()


TOLL = Story("toll", "Council votes for the bridge toll", "Lorries will pay 14 crowns a crossing from 1 September.")
FERRY = Story("ferry", "A good year for the ferries", "The ferries carried 412,000 passengers last year.", "2025-04-20")
MILL = Story("mill", "Paper mill burns straw", "The paper mill upstream has begun to burn straw instead of gas.")


def page(story: Story, site: Site) -> Page:
    """A page that knows whether it has changed."""
    body, tag = story.page(site.url), f'"{abs(hash(story))}"'

    def answer(asked: Asked) -> Reply:
        if asked.headers.get("if-none-match") == tag:
            return Reply(b"", 304, {"ETag": tag})
        return Reply(body, headers={"ETag": tag})

    return answer


def feed(site: Site, stories: Sequence[Story], *, whole: bool = False) -> Reply:
    """An RSS feed, of teasers or of whole texts."""
    items = "".join(
        f"<item><title>{escape(story.title)}</title><link>{site.url}/{story.name}</link>"
        f"<pubDate>{story.day}T08:00:00Z</pubDate><description>{escape(story.text[:40])}…</description>"
        + (f"<content:encoded><![CDATA[{story.html * 2}]]></content:encoded>" if whole else "")
        + "</item>"
        for story in stories
    )
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    text = (
        f'<?xml version="1.0"?><rss version="2.0" {space}><channel><title>Quay Gazette</title>{items}</channel></rss>'
    )
    return Reply(text.encode(), headers={"Content-Type": "application/rss+xml"})


def sitemap(site: Site, stories: Sequence[Story], changed: str = "2025-05-02") -> Reply:
    """A sitemap that says of each story when it was changed."""
    rows = "".join(f"<url><loc>{site.url}/{story.name}</loc><lastmod>{changed}</lastmod></url>" for story in stories)
    text = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    return Reply(text.encode(), headers={"Content-Type": "application/xml"})


def posts(site: Site, stories: Sequence[Story], pages: int = 1) -> Reply:
    """One page of WordPress' list of posts."""
    rows = [
        {
            "id": at,
            "link": f"{site.url}/{story.name}",
            "date_gmt": f"{story.day}T08:00:00",
            "modified_gmt": f"{story.day}T09:00:00",
            "title": {"rendered": story.title},
            "content": {"rendered": story.html * 2, "protected": False},
            "excerpt": {"rendered": ""},
        }
        for at, story in enumerate(stories)
    ]
    headers = {"Content-Type": "application/json", "X-WP-TotalPages": str(pages)}
    return Reply(json.dumps(rows).encode(), headers=headers)


@dataclass(frozen=True)
class Desk:
    """What watches the newspaper: a store, a fetcher that may reach loopback, a reader."""

    store: Store
    fetcher: Fetcher
    reader: ParserProcess

    def add(self, url: str) -> RunOutcome:
        """Identify an address, watch it, look at it once."""
        found = discover_source(url, self.fetcher, self.reader)
        SourceStore(self.store.catalog).add(found.source)
        return run_source(
            self.store, found.source, self.fetcher, self.reader, prefetched={found.source.url: found.fetched}
        )

    def look(self, url: str, at: str = "") -> RunOutcome:
        """Look at a source once more, at a moment of one's choice."""
        source = SourceStore(self.store.catalog).get(url)
        assert source
        return run_source(self.store, source, self.fetcher, self.reader, at=at)

    def titles(self) -> list[str]:
        """The headlines of all articles."""
        return sorted(article.title for article in self.store.catalog.articles())

    def text(self, title: str) -> str:
        """The text of the article with this headline."""
        return next(article.text for article in self.store.catalog.articles() if article.title == title)


@contextmanager
def desk(store: Store, reader: ParserProcess) -> Iterator[Desk]:
    """A desk with a fetcher of its own."""
    with fetching() as fetcher:
        yield Desk(store, fetcher, reader)


def count(outcome: RunOutcome) -> tuple[int, int, int, int]:
    """How many articles were added, changed, unchanged, and how many documents failed."""
    done = outcome.run
    return done.added, done.changed, done.unchanged, done.failed
