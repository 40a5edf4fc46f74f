"""A host has one request at a time, with pauses in between, and is left alone when it asks for that."""

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from retrieval.errors import Cancelled, SourceUnreachable
from retrieval.ingest.fetching.politeness import MAX_HOSTS, HostQueue
from retrieval.ingest.fetching.safety.url import parse_url
from retrieval.models.endpoints.cancellation import Cancellation
from tests.support.misbehaving_server import Asked, Reply, Site, fetching, redirect, robots, site


def dawdling(asked: Asked) -> Reply:
    return Reply([0.05, b"slow"])


def together(calls: list[Callable[[], object]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def pauses(served: Site) -> list[float]:
    """Seconds between the end of an answer and the next request."""
    return [after.at - before.done[0] for before, after in zip(served.asked, served.asked[1:], strict=False)]


def test_threads_wait_for_each_other_at_one_host_and_the_pause_is_as_long_as_the_answer_took() -> None:
    with site({f"/{at}": dawdling for at in range(5)}) as served, fetching() as fetcher:
        together([lambda at=at: fetcher.get(f"{served.url}/{at}") for at in range(5)])
    assert sorted(served.paths()) == ["/0", "/1", "/2", "/3", "/4"]
    assert all(pause >= 0.045 for pause in pauses(served)[1:]), "robots.txt came at once"


def test_hosts_are_asked_side_by_side() -> None:
    meeting = threading.Barrier(3, timeout=5.0)

    def meet(asked: Asked) -> Reply:
        meeting.wait()  # breaks unless all three are here at once
        return Reply(b"met")

    pages = {"/": meet}
    with (
        site(pages) as one,
        site(pages, host="127.0.0.2") as two,
        site(pages, host="127.0.0.3") as three,
        fetching() as fetcher,
    ):
        found = list[bytes]()
        together([lambda url=each.url: found.append(fetcher.get(url).content) for each in (one, two, three)])
    assert found == [b"met"] * 3


def test_a_fast_server_is_hardly_slowed() -> None:
    with site({"/": Reply(b"fast")}) as served, fetching() as fetcher:
        began = time.monotonic()
        for _ in range(50):
            fetcher.get(served.url)
    assert time.monotonic() - began < 2.0


def test_crawl_delay_is_kept_and_waiting_for_it_costs_no_time_of_the_fetch() -> None:
    pages = robots("User-agent: *\nCrawl-delay: 0.4") | {"/": Reply(b"here"), "/moved": redirect("/")}
    with site(pages) as served, fetching(seconds=0.3) as fetcher:
        fetcher.get(served.url)
        fetcher.get(f"{served.url}/moved")
    assert served.paths() == ["/", "/moved", "/"]
    assert all(pause >= 0.39 for pause in pauses(served)[1:]), "between the pages, redirects too"


def test_waiting_for_a_turn_ends_when_it_is_cancelled() -> None:
    with site(robots("User-agent: *\nCrawl-delay: 30") | {"/": Reply(b"here")}) as served, fetching() as fetcher:
        fetcher.get(served.url)
        cancellation = Cancellation()
        threading.Timer(0.1, cancellation.cancel).start()
        began = time.monotonic()
        with pytest.raises(Cancelled):
            fetcher.get(served.url, cancellation=cancellation)
    assert time.monotonic() - began < 2.0 and served.paths() == ["/"]


def test_a_pause_is_never_longer_than_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = list[float]()

    async def note(seconds: float) -> None:
        slept.append(seconds)

    async def twice() -> None:
        hosts, url = HostQueue(), parse_url("http://example.org/")
        for _ in range(2):
            async with hosts.turn(url, 1e9):
                pass

    monkeypatch.setattr(asyncio, "sleep", note)
    asyncio.run(twice())
    assert slept[0] < 0 and 59 < slept[1] <= 60


def in_an_hour() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [(429, "120", 120), (503, "120", 120), (429, "in an hour", 3600), (503, "99999999", 86_400), (429, "0.5", 0.5)],
)
def test_a_host_that_asks_for_it_is_left_alone(status: int, header: str, seconds: float) -> None:
    busy = Reply(b"", status, {"Retry-After": in_an_hour() if header == "in an hour" else header})
    with site({"/": busy, "/other": Reply(b"x")}) as served, fetching() as fetcher:
        with pytest.raises(SourceUnreachable, match=rf"\({status}\)$"):
            fetcher.get(served.url)
        for path in ("/", "/other", "/unseen"):
            with pytest.raises(SourceUnreachable, match=r"asks for no requests for [0-9,]+ seconds") as refused:
                fetcher.get(f"{served.url}{path}")
            assert refused.value.retry_after == pytest.approx(seconds, abs=3)
    assert served.paths() == ["/"]


def test_a_host_is_asked_again_when_the_time_is_over() -> None:
    replies = [Reply(b"", 429, {"Retry-After": "0.2"}), Reply(b"back")]
    with site({"/": lambda asked: replies.pop(0)}) as served, fetching() as fetcher:
        with pytest.raises(SourceUnreachable):
            fetcher.get(served.url)
        time.sleep(0.25)
        assert fetcher.get(served.url).content == b"back"


@pytest.mark.parametrize("header", ["", "soon", "-5", "nan", "1e999", "Mon, 99 Foo 20261 00:00:00 GMT"])
def test_a_retry_after_that_makes_no_sense_is_passed_over(header: str) -> None:
    with site({"/": Reply(b"", 503, {"Retry-After": header})}) as served, fetching() as fetcher:
        for _ in range(2):
            with pytest.raises(SourceUnreachable, match="fails on the server's side") as failed:
                fetcher.get(served.url)
            assert failed.value.retry_after is None
    assert served.paths() == ["/", "/"]


def test_hosts_that_nothing_is_owed_are_forgotten() -> None:
    async def many() -> tuple[int, bool]:
        hosts = HostQueue()
        hosts.backoff(parse_url("http://tired.example/"), 60.0)
        for at in range(MAX_HOSTS * 2):
            async with hosts.turn(parse_url(f"http://{at}.example/")):
                pass
        return len(hosts._hosts), "tired.example" in hosts._hosts

    remembered, owed = asyncio.run(many())
    assert remembered <= MAX_HOSTS and owed
