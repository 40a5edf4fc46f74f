"""What robots.txt says is heeded (RFC 9309)."""

import asyncio
import time
from contextlib import suppress

import pytest

from retrieval.errors import SourceForbidden, SourceUnreachable
from retrieval.ingest.fetching.robots import MAX_ROBOTS_BYTES, RobotsCache, RobotsRules, parse_robots
from retrieval.ingest.fetching.safety.url import parse_url
from tests.support.endpoint_standin import free_port
from tests.support.misbehaving_server import Reply, bomb, fetching, redirect, robots, site

DISALLOW = "User-agent: *\nDisallow: /private"
PAGES = {"/": Reply(b"open"), "/private": Reply(b"private")}


def allowed(text: str, path: str = "/private/page") -> bool:
    return parse_robots(text.encode()).can_fetch(parse_url(f"http://example.org{path}"))


@pytest.mark.parametrize(
    ("text", "is_allowed"),
    [
        ("", True),
        (DISALLOW, False),
        ("\ufeff" + DISALLOW, False),
        (DISALLOW.replace("\n", "\r\n"), False),
        (f"{DISALLOW}\nAllow: /private/page", True),
        ("User-agent: *\nDisallow: /*page$", False),
        ("User-agent: onrecord\nDisallow: /", False),
        ("User-Agent: OnRecord/9.9 # ours\nDisallow: /", False),
        ("User-agent: OnRecord\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: BadBot\nUser-agent: OnRecord\nDisallow: /", False),
        ("User-agent: BadBot\nDisallow: /", True),
        ("User-agent: On\nDisallow: /", True),
        ("User-agent: OnRecordings\nDisallow: /", True),
        ("User-agent: a b c\nUser-agent\nUseragent BadBot\nDisallow: /", True),
        ("<html><body>User-agent: *<br>Disallow: /</body></html>", True),
        ("Disallow: /", True),
    ],
)
def test_the_rules_for_us_are_found(text: str, is_allowed: bool) -> None:
    assert allowed(text) is is_allowed


def test_a_page_that_it_forbids_is_not_asked_for() -> None:
    with site(PAGES | robots(DISALLOW)) as served, fetching() as fetcher:
        assert fetcher.get(served.url).content == b"open"
        with pytest.raises(SourceForbidden, match=r"/private: is kept from OnRecord by robots.txt"):
            fetcher.get(f"{served.url}/private")
    assert [asked.path for asked in served.asked] == ["/robots.txt", "/"], "asked once, remembered"
    assert served.asked[0].headers["user-agent"].startswith("OnRecord/")


def test_rules_are_remembered_for_an_hour_and_failures_for_a_moment() -> None:
    now, asked = [0.0], list[float]()
    outcomes = [SourceUnreachable("x", "fails"), RobotsRules(), RobotsRules()]

    async def fetch() -> RobotsRules:
        asked.append(now[0])
        outcome = outcomes.pop(0)
        if isinstance(outcome, SourceUnreachable):
            raise outcome
        return outcome

    async def visit(robots: RobotsCache) -> None:
        for now[0] in (0.0, 4.0, 6.0, 3600.0, 3610.0):
            with suppress(SourceUnreachable):
                await robots.rules(parse_url("http://example.org/"), fetch)

    asyncio.run(visit(RobotsCache(clock=lambda: now[0])))
    assert asked == [0.0, 6.0, 3610.0]


def test_no_more_is_remembered_than_fits() -> None:
    asked = list[int]()

    async def visit(robots: RobotsCache) -> None:
        for at in [*range(20), 19, 0]:

            async def fetch(at: int = at) -> RobotsRules:
                asked.append(at)
                return RobotsRules(size=MAX_ROBOTS_BYTES)

            await robots.rules(parse_url(f"http://{at}.example/"), fetch)

    asyncio.run(visit(RobotsCache()))
    assert asked == [*range(20), 0]


def test_it_is_heeded_where_a_redirect_leads() -> None:
    with (
        site(PAGES | robots(DISALLOW), host="127.0.0.2") as other,
        site({"/": redirect(f"{other.url}/private")}) as served,
        fetching() as fetcher,
        pytest.raises(SourceForbidden, match=r"redirects to .*/private, which is kept from OnRecord"),
    ):
        fetcher.get(served.url)
    assert other.paths() == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 451])
def test_without_one_everything_is_allowed(status: int) -> None:
    with site(PAGES | {"/robots.txt": Reply(b"no", status)}) as served, fetching() as fetcher:
        assert fetcher.get(f"{served.url}/private").content == b"private"


@pytest.mark.parametrize(
    "page",
    [
        redirect("/robots.txt"),
        Reply(b"", 302),
        Reply(b"x", headers={"Content-Encoding": "br"}),
        Reply(bytes(range(256)) * 99, headers={"Content-Type": "image/png"}),
    ],
)
def test_one_that_cannot_be_read_allows_everything(page: Reply) -> None:
    with site(PAGES | {"/robots.txt": page}) as served, fetching() as fetcher:
        assert fetcher.get(f"{served.url}/private").content == b"private"


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (Reply(b"", 500), r"has a robots.txt that fails on the server's side \(500\)"),
        (Reply(b"", 429), r"has a robots.txt that takes no more requests for now \(429\)"),
        (Reply(b"", 503, {"Retry-After": "90"}), r"has a robots.txt that fails on the server's side \(503\)"),
        (Reply(raw=[b"HTTP/1.1 200 OK\r\n", 2.0]), r"did not answer within 0\.2 seconds"),
        (Reply(raw=[]), "broke off its answer"),
    ],
)
def test_without_word_of_it_nothing_is_asked_for(page: Reply, reason: str) -> None:
    with site(PAGES | {"/robots.txt": page}) as served, fetching(seconds=0.2) as fetcher:
        for _ in range(2):
            with pytest.raises(SourceUnreachable, match=f"^{served.url}/: {reason}") as failed:
                fetcher.get(served.url)
            assert failed.value.retry_after == (90 if page.status == 503 else None)
    assert [asked.path for asked in served.asked] == ["/robots.txt"], "a failure is remembered for a moment"


def test_its_own_redirects_are_followed_but_not_to_forbidden_addresses() -> None:
    with (
        site(PAGES | robots(DISALLOW), host="127.0.0.2") as other,
        site(PAGES | {"/robots.txt": redirect(f"{other.url}/robots.txt")}) as served,
    ):
        with fetching() as fetcher, pytest.raises(SourceForbidden, match=r"by robots\.txt"):
            fetcher.get(f"{served.url}/private")
        assert other.connections == 1
        with (
            fetching(networks=("127.0.0.1/32",)) as fetcher,
            pytest.raises(SourceForbidden, match=r"is at 127\.0\.0\.2"),
        ):
            fetcher.get(served.url)
    assert other.connections == 1 and served.paths() == []


def test_what_comes_after_500_kib_does_not_count() -> None:
    page = Reply([DISALLOW.encode(), b"\n#", *[b"x" * 65536] * 20, b"\nUser-agent: OnRecord\nAllow: /private"])
    with site(PAGES | {"/robots.txt": page}) as served, fetching() as fetcher:
        with pytest.raises(SourceForbidden):
            fetcher.get(f"{served.url}/private")
        assert fetcher.get(served.url).content == b"open"


def test_a_bomb_is_read_as_far_as_500_kib() -> None:
    page = Reply(bomb(1_000, 31), headers={"Content-Encoding": "gzip"})
    with site(PAGES | {"/robots.txt": page}) as served, fetching() as fetcher:
        assert fetcher.get(served.url).content == b"open"


def test_the_sitemaps_that_it_names_are_given_with_whole_addresses() -> None:
    named = (
        "Sitemap: /map.xml\nSitemap: https://cdn.example.org/map.xml\nSitemap: /map.xml\nsitemap: ftp://x/\nSitemap:"
    )
    with site(robots(f"{DISALLOW}\n{named}")) as served, fetching() as fetcher:
        assert fetcher.sitemaps(f"{served.url}/private/x") == (
            f"{served.url}/map.xml",
            "https://cdn.example.org/map.xml",
        )
    with site(PAGES) as served, fetching() as fetcher:
        assert fetcher.sitemaps(served.url) == ()
    with fetching() as fetcher, pytest.raises(SourceUnreachable):
        fetcher.sitemaps(f"http://127.0.0.1:{free_port()}/")


@pytest.mark.parametrize(
    "line", ["User-agent: a{}\n", "user\tagent a{}\n", "USER  AGENT:a{}\n", "useragent:a{}\n", "User-agent:{}*a\n"]
)
def test_many_robots_with_many_rules_take_no_time(line: str) -> None:
    agents = "".join(line.format(at) for at in range(MAX_ROBOTS_BYTES // 40))
    rules = "".join(f"Disallow: /{at}\n" for at in range(MAX_ROBOTS_BYTES // 40))
    began = time.process_time()
    parse_robots((agents + rules)[:MAX_ROBOTS_BYTES].encode())
    assert time.process_time() - began < 2.0
