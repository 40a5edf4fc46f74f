"""`onrecord add URL`, `sources`, `watch`, and `serve` that watches: the installed command against a newspaper."""

import json
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from retrieval.catalog.catalog import Catalog
from retrieval.ingest.watching.source import Source, add_minutes
from retrieval.ingest.watching.source_store import SourceStore
from retrieval.text.dates.clock import utc_now
from tests.retrieval.ingest.watching.test_scheduler import until
from tests.support.command_line import WORDS_ALONE, Onrecord, started
from tests.support.misbehaving_server import LOOPBACK, Reply, Site, site
from tests.support.news_site import FERRY, MILL, TOLL, Story, feed, page, sitemap

LONG_AGO = "2025-05-02T08:00:00+00:00"
NEAR = {"ONRECORD_ALLOWED_NETWORKS": LOOPBACK[0]}


@pytest.fixture
def paper() -> Iterator[Site]:
    with site({}) as found:
        found.pages |= {f"/{story.name}": page(story, found) for story in (TOLL, FERRY, MILL)}
        found.pages["/feed"] = feed(found, [TOLL, FERRY])
        yield found


@contextmanager
def running(folder: Path, *arguments: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """A command that runs until it is interrupted, and then ends well."""
    with started(folder, *arguments, **NEAR, **WORDS_ALONE, **settings) as process:
        yield process
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        assert process.returncode in (0, 130, -signal.SIGINT)


def titles(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "data" / "catalog.db")) as db:
        sql = "SELECT title FROM versions v JOIN articles a ON a.id = v.article AND a.version = v.number ORDER BY title"
        return [row[0] for row in db.execute(sql)]


def known(folder: Path, url: str) -> None:
    """A feed that was added earlier and is due."""
    catalog = Catalog(folder / "data" / "catalog.db")
    SourceStore(catalog).add(Source(url, "feed", "Quay Gazette", 15, LONG_AGO, LONG_AGO))
    catalog.close()


def test_a_feed_is_added_by_its_address_and_answers(onrecord: Onrecord, paper: Site) -> None:
    added = onrecord("add", f"{paper.url}/feed", **NEAR)
    assert (added.returncode, added.stdout) == (0, "2 added\n")
    assert f"{paper.url}/feed is an RSS 2.0 feed: its first element is <rss>" in added.stderr
    answer = onrecord("ask", "How much will lorries pay for a crossing?", **NEAR)
    assert TOLL.text in answer.stdout and f"{paper.url}/toll" in answer.stdout
    listed = json.loads(onrecord("sources", "--json").stdout)
    assert (listed["kind"], listed["title"], listed["minutes"], listed["stale"]) == ("feed", "Quay Gazette", 15, False)


def test_what_cannot_be_read_is_named_and_the_rest_is_added(onrecord: Onrecord, paper: Site) -> None:
    done = onrecord("add", f"{paper.url}/lost", "http://192.168.7.7/", "ftp://x/y", f"{paper.url}/toll", **NEAR)
    assert (done.returncode, done.stdout) == (5, "1 added, 3 failed\n")
    assert f"{paper.url}/lost: is no longer there (404)" in done.stderr
    assert "http://192.168.7.7/: is at 192.168.7.7, which is not on the public internet" in done.stderr
    assert "ftp://x/y: is no address of http or https" in done.stderr


def test_addresses_of_other_hosts_in_a_sitemap_are_warned_of(onrecord: Onrecord, paper: Site) -> None:
    body = sitemap(paper, [TOLL, Story("elsewhere", "", "")]).body
    assert isinstance(body, bytes)
    paper.pages["/sitemap.xml"] = Reply(body.replace(f"{paper.url}/elsewhere".encode(), b"https://other.example/a"))
    done = onrecord("add", f"{paper.url}/sitemap.xml", **NEAR)
    assert (done.returncode, done.stdout) == (0, "1 added\n")
    assert f"onrecord: {paper.url}/sitemap.xml: 1 of its addresses were left out" in done.stderr


def test_loopback_is_out_of_reach_unless_it_is_named(onrecord: Onrecord, paper: Site) -> None:
    done = onrecord("add", f"{paper.url}/feed")
    assert done.returncode == 5 and "not on the public internet" in done.stderr and paper.connections == 0


def test_an_article_that_was_taken_out_comes_back_when_its_page_is_added(
    onrecord: Onrecord, paper: Site, tmp_path: Path
) -> None:
    onrecord("add", f"{paper.url}/toll", **NEAR)
    [article] = (json.loads(line)["id"] for line in onrecord("articles", "--json").stdout.splitlines())
    onrecord("remove", article)
    assert titles(tmp_path) == []
    assert onrecord("add", f"{paper.url}/toll", **NEAR).stdout == "1 added\n"


def test_a_source_is_removed_by_its_address(onrecord: Onrecord, tmp_path: Path) -> None:
    known(tmp_path, "https://example.org/feed")
    assert onrecord("remove", "https://example.org/feed").returncode == 0
    assert onrecord("sources").stdout == ""


@pytest.mark.process
def test_watch_brings_in_what_is_new_until_it_is_interrupted(paper: Site, tmp_path: Path) -> None:
    known(tmp_path, f"{paper.url}/feed")
    with running(tmp_path, "watch"):
        until(lambda: titles(tmp_path) == [FERRY.title, TOLL.title], 30)


@pytest.mark.process
def test_serve_watches_where_the_settings_say_so(onrecord: Onrecord, paper: Site, tmp_path: Path) -> None:
    known(tmp_path, f"{paper.url}/feed")
    with running(tmp_path, "serve", "--port", "0", ONRECORD_WATCH="true"):
        until(lambda: {FERRY.title, TOLL.title} <= set(titles(tmp_path)), 30)


def test_status_fails_loudly_when_a_source_has_gone_stale(onrecord: Onrecord, tmp_path: Path) -> None:
    known(tmp_path, "https://example.org/feed")
    assert onrecord("status").returncode == 0
    with closing(sqlite3.connect(tmp_path / "data" / "catalog.db")) as db, db:
        db.execute("INSERT INTO facts VALUES ('watched', ?)", [LONG_AGO])
    done = onrecord("status")
    assert done.returncode == 5 and "https://example.org/feed has not been read for too long" in done.stderr
    told = onrecord("status", "--json")
    assert told.returncode == 5 and json.loads(told.stdout)["stale"] == ["https://example.org/feed"]


@pytest.mark.process
def test_an_interrupted_add_goes_on_where_it_ended(onrecord: Onrecord, paper: Site, tmp_path: Path) -> None:
    slow = Reply(body=iter(lambda: 0.2, None))  # type: ignore[arg-type]
    there, paper.pages["/ferry"] = paper.pages["/ferry"], slow
    with started(tmp_path, "add", f"{paper.url}/feed", **NEAR) as process:
        until(lambda: "/ferry" in paper.paths(), 20)
        time.sleep(0.1)
        with closing(sqlite3.connect(tmp_path / "data" / "catalog.db")) as db:
            [(due,)] = db.execute("SELECT due FROM sources")
        assert due > add_minutes(utc_now(), 30)  # a watching process does not begin beside it
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
    paper.pages["/ferry"] = there
    assert onrecord("add", f"{paper.url}/feed", **NEAR).returncode == 0
    assert titles(tmp_path) == [FERRY.title, TOLL.title]
