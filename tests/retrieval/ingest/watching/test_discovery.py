"""What an address is taken for, and why."""

from collections.abc import Iterator

import pytest

from retrieval.errors import SourceError
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.ingest.watching.discovery import DiscoveredSource, discover_source
from tests.support.misbehaving_server import Reply, Site, fetching, robots, site
from tests.support.news_site import TOLL, feed, page, posts, sitemap

HOME = '<html><head>{}</head><body><a href="/toll">Council votes for the toll</a></body></html>'


@pytest.fixture
def paper() -> Iterator[Site]:
    with site({}) as found:
        found.pages |= {"/toll": page(TOLL, found), "/feed": feed(found, [TOLL])}
        found.pages["/sitemap.xml"] = sitemap(found, [TOLL])
        yield found


def told(reader: ParserProcess, url: str) -> DiscoveredSource:
    with fetching() as fetcher:
        return discover_source(url, fetcher, reader)


def home(paper: Site, head: str = "") -> str:
    paper.pages["/"] = Reply(HOME.format(head).encode())
    return f"{paper.url}/"


@pytest.mark.parametrize(
    ("path", "kind", "why"),
    [
        ("/toll", "page", "a page with an article"),
        ("/feed", "feed", "an RSS 2.0 feed"),
        ("/sitemap.xml", "sitemap", "a sitemap"),
    ],
)
def test_an_address_is_taken_for_what_is_there(
    parser_process: ParserProcess, paper: Site, path: str, kind: str, why: str
) -> None:
    found = told(parser_process, paper.url + path)
    assert (found.source.kind, found.source.url) == (kind, paper.url + path)
    assert found.why.startswith(why)


def test_a_home_page_leads_to_the_feed_it_announces(parser_process: ParserProcess, paper: Site) -> None:
    url = home(paper, '<link rel="alternate" type="application/rss+xml" href="/feed">')
    found = told(parser_process, url)
    assert (found.source.kind, found.source.url, found.source.title) == ("feed", f"{paper.url}/feed", "Quay Gazette")
    assert found.why.startswith("the feed that the page announces")


def test_an_announced_feed_that_is_not_there_is_passed_over(parser_process: ParserProcess, paper: Site) -> None:
    missing = '<link rel="alternate" type="application/rss+xml" href="/lost">'
    url = home(paper, missing + '<link rel="alternate" type="application/rss+xml" href="/feed">')
    assert told(parser_process, url).source.url == f"{paper.url}/feed"


def test_wordpress_goes_before_its_feed(parser_process: ParserProcess, paper: Site) -> None:
    listed = "/wp-json/wp/v2/posts?per_page=100&page=1&orderby=modified&order=desc&_embed=author,wp:term"
    paper.pages[listed] = posts(paper, [TOLL])
    wordpress = '<link rel="https://api.w.org/" href="/wp-json/">'
    url = home(paper, f'{wordpress}<link rel="alternate" type="application/rss+xml" href="/feed">')
    found = told(parser_process, url)
    assert (found.source.kind, found.source.url) == ("wordpress", paper.url + listed)


def test_a_site_without_a_feed_is_read_by_the_sitemap_of_its_robots_txt(
    parser_process: ParserProcess, paper: Site
) -> None:
    paper.pages |= robots(f"Sitemap: {paper.url}/sitemap.xml")
    assert told(parser_process, home(paper)).source.kind == "sitemap"


def test_a_page_that_leads_nowhere_is_refused_with_the_reason(parser_process: ParserProcess, paper: Site) -> None:
    with pytest.raises(SourceError, match="is no article, and announces no feed, no sitemap and no WordPress"):
        told(parser_process, home(paper))


def test_a_picture_is_refused_for_what_it_is(parser_process: ParserProcess, paper: Site) -> None:
    paper.pages["/pier.png"] = Reply(b"\x89PNG\r\n\x1a\n", headers={"Content-Type": "image/png"})
    with pytest.raises(SourceError, match=r"is a picture \(image/png\)"):
        told(parser_process, f"{paper.url}/pier.png")


def test_a_page_that_is_served_as_a_file_is_refused_like_any_other(parser_process: ParserProcess, paper: Site) -> None:
    paper.pages["/file"] = Reply(TOLL.page(paper.url), headers={"Content-Type": "application/octet-stream"})
    with pytest.raises(SourceError, match=r"/file: is application/octet-stream, not a page"):
        told(parser_process, f"{paper.url}/file")


def test_a_feed_is_read_as_often_as_it_asks_and_an_editor_may_say_otherwise(
    parser_process: ParserProcess, paper: Site
) -> None:
    body = feed(paper, [TOLL]).body
    assert isinstance(body, bytes)
    paper.pages["/feed"] = Reply(body.replace(b"<channel>", b"<channel><ttl>120</ttl>"))
    assert told(parser_process, f"{paper.url}/feed").source.minutes == 120
    with fetching() as fetcher:
        assert discover_source(f"{paper.url}/feed", fetcher, parser_process, minutes=5).source.minutes == 5
