"""Sources on the web: what is new comes in, what is as it was is not fetched, what is gone goes."""

import json
import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from retrieval.index.store import Store
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.ingest.watching.source import add_minutes
from retrieval.ingest.watching.source_check import MAX_RECHECKS
from retrieval.ingest.watching.source_store import SourceStore
from retrieval.text.dates.clock import utc_now
from tests.support.misbehaving_server import Reply, Site, site
from tests.support.news_site import FERRY, MILL, MORE, TOLL, Desk, Story, count, desk, feed, page, posts, sitemap

DAY = 24 * 60  # minutes


@pytest.fixture
def newsroom(store: Store, parser_process: ParserProcess) -> Iterator[Desk]:
    with desk(store, parser_process) as found:
        yield found


@pytest.fixture
def paper() -> Iterator[Site]:
    with site({}) as found:
        found.pages |= {f"/{story.name}": page(story, found) for story in (TOLL, FERRY, MILL)}
        found.pages["/feed"] = feed(found, [TOLL, FERRY])
        found.pages["/sitemap.xml"] = sitemap(found, [TOLL, FERRY])
        yield found


def test_a_feed_of_teasers_has_its_pages_read(newsroom: Desk, paper: Site) -> None:
    assert count(newsroom.add(f"{paper.url}/feed")) == (2, 0, 0, 0)
    assert newsroom.titles() == [FERRY.title, TOLL.title]
    toll = next(article for article in newsroom.store.catalog.articles() if article.title == TOLL.title)
    assert (toll.outlet, toll.authors, toll.published[:10]) == ("Quay Gazette", ("Nia Roth",), "2025-05-02")
    assert TOLL.text in toll.text and "rights reserved" not in toll.text


def test_a_date_that_may_be_one_of_two_days_is_warned_of(newsroom: Desk, paper: Site) -> None:
    undated = Story("toll", TOLL.title, TOLL.text, day="03/04/2026")
    paper.pages["/toll"] = Reply(undated.page(paper.url).replace(b"T08:00:00Z", b""))
    (warning,) = newsroom.add(f"{paper.url}/toll").warnings
    assert warning.startswith(f"{paper.url}/toll: has the date 03/04/2026, of which nothing says")


def test_a_feed_of_whole_texts_needs_no_pages(newsroom: Desk, paper: Site) -> None:
    paper.pages["/feed"] = feed(paper, [TOLL, FERRY], whole=True)
    assert count(newsroom.add(f"{paper.url}/feed")) == (2, 0, 0, 0)
    assert paper.paths() == ["/feed"]


def test_a_second_look_fetches_the_feed_alone(newsroom: Desk, paper: Site) -> None:
    newsroom.add(f"{paper.url}/feed")
    paper.asked.clear()
    assert count(newsroom.look(f"{paper.url}/feed"))[:2] == (0, 0)
    assert paper.paths() == ["/feed"]


def test_what_scrolls_off_a_feed_stays(newsroom: Desk, paper: Site) -> None:
    newsroom.add(f"{paper.url}/feed")
    paper.pages["/feed"] = feed(paper, [MILL])
    assert count(newsroom.look(f"{paper.url}/feed")) == (1, 0, 0, 0)
    assert newsroom.titles() == [FERRY.title, TOLL.title, MILL.title]


def test_a_sitemap_tells_which_pages_have_changed(newsroom: Desk, paper: Site) -> None:
    url = f"{paper.url}/sitemap.xml"
    assert count(newsroom.add(url)) == (2, 0, 0, 0)
    corrected = Story("toll", TOLL.title, "Lorries will pay 12 crowns a crossing from 1 September.")
    paper.pages["/toll"] = page(corrected, paper)
    paper.asked.clear()
    assert count(newsroom.look(url))[:2] == (0, 0)
    assert paper.paths() == ["/sitemap.xml"]
    paper.pages["/sitemap.xml"] = sitemap(paper, [TOLL, FERRY], "2025-05-04")
    assert count(newsroom.look(url)) == (0, 1, 1, 0)
    assert corrected.text in newsroom.text(TOLL.title) and TOLL.text not in newsroom.text(TOLL.title)


def test_parts_of_a_sitemap_that_have_not_changed_are_not_fetched(newsroom: Desk, paper: Site) -> None:
    parts = "".join(
        f"<sitemap><loc>{paper.url}/{name}</loc><lastmod>2025-05-02</lastmod></sitemap>" for name in ("one", "two")
    )
    paper.pages["/sitemap.xml"] = Reply(f"<sitemapindex>{parts}</sitemapindex>".encode())
    paper.pages |= {"/one": sitemap(paper, [TOLL]), "/two": sitemap(paper, [FERRY, MILL])}
    assert count(newsroom.add(f"{paper.url}/sitemap.xml")) == (3, 0, 0, 0)
    paper.asked.clear()
    newsroom.look(f"{paper.url}/sitemap.xml")
    assert paper.paths() == ["/sitemap.xml"]


def test_a_sitemap_that_lists_another_host_is_warned_of_where_it_is_read(newsroom: Desk, paper: Site) -> None:
    foreign = Story("elsewhere", "Elsewhere", "Not here.")
    body = sitemap(paper, [TOLL, foreign]).body
    assert isinstance(body, bytes)
    url = f"{paper.url}/sitemap.xml"
    paper.pages["/sitemap.xml"] = Reply(body.replace(f"{paper.url}/elsewhere".encode(), b"https://other.example/a"))
    (warning,) = newsroom.add(url).warnings
    assert warning.startswith(f"{url}: 1 of its addresses were left out") and "other.example" in warning
    assert newsroom.look(url).warnings == ()


def test_wordpress_is_read_to_its_last_page_and_then_only_as_far_as_there_is_news(newsroom: Desk, paper: Site) -> None:
    paper.pages["/"] = Reply(b'<html><link rel="https://api.w.org/" href="/wp-json/"><body>Home</body></html>')
    order = "orderby=modified&order=desc&_embed=author,wp:term"
    first, *others = (
        f"/wp-json/wp/v2/posts?per_page=100&page=1&{order}",
        *(f"/wp-json/wp/v2/posts?per_page=100&{order}&page={number}" for number in (2, 3)),
    )
    for path, story in zip((first, *others), (TOLL, FERRY, MILL), strict=True):
        paper.pages[path] = posts(paper, [story], 3)
    assert count(newsroom.add(f"{paper.url}/")) == (3, 0, 0, 0)
    paper.asked.clear()
    newsroom.look(f"{paper.url}{first}")
    assert paper.paths() == [first]


def test_a_page_is_read_again_where_it_has_changed(newsroom: Desk, paper: Site) -> None:
    assert count(newsroom.add(f"{paper.url}/toll")) == (1, 0, 0, 0)
    assert count(newsroom.look(f"{paper.url}/toll")) == (0, 0, 1, 0)
    paper.pages["/toll"] = page(Story("toll", TOLL.title, "Lorries will pay 12 crowns a crossing."), paper)
    assert count(newsroom.look(f"{paper.url}/toll")) == (0, 1, 0, 0)


def test_a_page_that_is_gone_for_a_day_is_withdrawn(newsroom: Desk, paper: Site) -> None:
    newsroom.add(f"{paper.url}/feed")
    paper.pages["/toll"] = Reply(b"gone", 410)
    later_on = add_minutes(utc_now(), 2 * DAY)
    assert newsroom.look(f"{paper.url}/feed", later_on).run.withdrawn == 0
    assert newsroom.look(f"{paper.url}/feed", add_minutes(later_on, DAY / 2)).run.withdrawn == 0
    assert newsroom.look(f"{paper.url}/feed", add_minutes(later_on, 1.1 * DAY)).run.withdrawn == 1
    assert newsroom.titles() == [FERRY.title]


def test_a_page_that_was_away_for_an_hour_stays(newsroom: Desk, paper: Site) -> None:
    newsroom.add(f"{paper.url}/feed")
    there, paper.pages["/toll"] = paper.pages["/toll"], Reply(b"", 404)
    newsroom.look(f"{paper.url}/feed", add_minutes(utc_now(), 2 * DAY))
    paper.pages["/toll"] = there
    newsroom.look(f"{paper.url}/feed", add_minutes(utc_now(), 3.1 * DAY))
    paper.pages["/toll"] = Reply(b"", 404)
    newsroom.look(f"{paper.url}/feed", add_minutes(utc_now(), 9 * DAY))
    assert newsroom.titles() == [FERRY.title, TOLL.title]


def test_a_site_that_loses_most_of_its_pages_at_once_is_not_believed(newsroom: Desk, paper: Site) -> None:
    stories = [Story(f"s{at}", f"Report {at}", f"The council has read its report number {at}.") for at in range(6)]
    paper.pages |= {f"/{story.name}": page(story, paper) for story in stories}
    paper.pages["/feed"] = feed(paper, stories)
    newsroom.add(f"{paper.url}/feed")
    paper.pages |= {f"/{story.name}": Reply(b"", 404) for story in stories}
    newsroom.look(f"{paper.url}/feed", add_minutes(utc_now(), 2 * DAY))
    done = newsroom.look(f"{paper.url}/feed", add_minutes(utc_now(), 4 * DAY)).run
    assert done.withdrawn == 0 and done.error.startswith("no longer has 6 of 6 pages; the articles stay")
    assert len(newsroom.titles()) == 6


def test_a_site_that_is_missed_page_by_page_is_not_believed_either(newsroom: Desk, paper: Site) -> None:
    stories = [Story(f"s{at}", f"Report {at}", f"The council has read its report number {at}.") for at in range(7)]
    paper.pages |= {f"/{story.name}": page(story, paper) for story in stories}
    paper.pages["/feed"] = feed(paper, stories)
    newsroom.add(f"{paper.url}/feed")
    paper.pages |= {f"/{story.name}": Reply(b"", 404) for story in stories}
    hours = [newsroom.look(f"{paper.url}/feed", add_minutes(utc_now(), 60 * hour)).run for hour in range(18, 60)]
    assert sum(run.withdrawn for run in hours) == 0 and len(newsroom.titles()) == 7
    assert any("the articles stay" in run.error for run in hours)


def test_pages_that_went_one_after_the_other_are_withdrawn_once(newsroom: Desk, paper: Site) -> None:
    stories = [Story(f"s{at}", f"Report {at}", f"The council has read its report number {at}.") for at in range(6)]
    paper.pages |= {f"/{story.name}": page(story, paper) for story in stories}
    paper.pages["/feed"] = feed(paper, [*stories, FERRY])
    newsroom.add(f"{paper.url}/feed")
    withdrawn = 0
    for day in range(2, 70):
        gone = stories[: 3 if day < 20 else 6]
        paper.pages |= {f"/{story.name}": Reply(b"", 404) for story in gone}
        run = newsroom.look(f"{paper.url}/feed", add_minutes(utc_now(), day * DAY)).run
        withdrawn += run.withdrawn
        assert run.error == ""
    assert withdrawn == 6 and newsroom.titles() == [FERRY.title]


def test_an_article_taken_out_by_hand_does_not_come_back_by_itself(newsroom: Desk, paper: Site) -> None:
    newsroom.add(f"{paper.url}/feed")
    toll = next(article for article in newsroom.store.catalog.articles() if article.title == TOLL.title)
    newsroom.store.catalog.remove(toll.id)
    paper.pages["/toll"] = page(Story("toll", TOLL.title, "Lorries will pay 12 crowns a crossing."), paper)
    newsroom.look(f"{paper.url}/feed", add_minutes(utc_now(), 40 * DAY))
    newsroom.add(f"{paper.url}/sitemap.xml")
    assert "/toll" in paper.paths() and newsroom.titles() == [FERRY.title]


def test_two_sources_that_list_one_article_do_not_read_it_twice(newsroom: Desk, paper: Site) -> None:
    paper.pages["/feed"] = feed(paper, [TOLL, FERRY], whole=True)
    newsroom.add(f"{paper.url}/feed")
    assert count(newsroom.add(f"{paper.url}/sitemap.xml"))[:2] == (0, 0)
    assert not {"/toll", "/ferry"} & set(paper.paths())


def test_a_run_that_was_broken_off_goes_on_where_it_ended(newsroom: Desk, paper: Site) -> None:
    paper.pages["/feed"] = feed(paper, [TOLL, FERRY, MILL])
    paper.pages["/ferry"] = Reply(b"", 503, {"Retry-After": "1"})
    broken = newsroom.add(f"{paper.url}/feed").run
    assert broken.added == 1 and broken.error
    source = SourceStore(newsroom.store.catalog).get(f"{paper.url}/feed")
    assert source and source.failures == 1 and not source.succeeded
    paper.pages["/ferry"] = page(FERRY, paper)
    newsroom.fetcher.close()
    with desk(newsroom.store, newsroom.reader) as another:  # the other one still leaves the host alone
        paper.asked.clear()
        assert count(another.look(f"{paper.url}/feed")) == (2, 0, 1, 0)
    assert "/toll" not in paper.paths()


def test_a_live_blog_is_cut_into_its_entries_and_new_ones_are_added(newsroom: Desk, paper: Site) -> None:
    def blog(*said: str) -> Reply:
        updates = [
            {
                "@type": "BlogPosting",
                "headline": f"Entry {at}",
                "datePublished": f"2025-05-02T1{at}:00:00Z",
                "url": f"{paper.url}/live#entry-{at}",
                "articleBody": f"{text} {MORE[at]}",
            }
            for at, text in enumerate(said)
        ]
        facts = {"@type": "LiveBlogPosting", "headline": "Council night", "liveBlogUpdate": updates}
        script = f'<script type="application/ld+json">{json.dumps(facts)}</script>'
        return Reply(
            f"<html><head><title>Council night</title>{script}</head><body><h1>Live</h1></body></html>".encode()
        )

    paper.pages["/live"] = blog("The doors are open.", "The toll is passed.")
    assert count(newsroom.add(f"{paper.url}/live")) == (2, 0, 0, 0)
    paper.pages["/live"] = blog("The doors are open.", "The toll is passed.", "Everyone goes home.")
    assert count(newsroom.look(f"{paper.url}/live"))[:2] == (1, 0)
    assert newsroom.titles() == ["Entry 0", "Entry 1", "Entry 2"]


def test_a_broken_part_of_a_sitemap_keeps_nobody_from_the_others(newsroom: Desk, paper: Site) -> None:
    parts = "".join(f"<sitemap><loc>{paper.url}/{name}</loc></sitemap>" for name in ("lost", "one", "sitemap.xml"))
    paper.pages["/sitemap.xml"] = Reply(f"<sitemapindex>{parts}</sitemapindex>".encode())
    paper.pages["/one"] = sitemap(paper, [TOLL])
    done = newsroom.add(f"{paper.url}/sitemap.xml")
    assert count(done) == (1, 0, 0, 1) and not done.run.error
    assert paper.paths().count("/sitemap.xml") == 1


def test_a_page_that_was_refused_is_tried_again_with_what_its_list_says(newsroom: Desk, paper: Site) -> None:
    there, paper.pages["/toll"] = paper.pages["/toll"], Reply(b"", 403)
    newsroom.add(f"{paper.url}/feed")
    paper.pages["/toll"] = there
    paper.pages["/feed"] = feed(paper, [MILL, TOLL, FERRY])
    newsroom.look(f"{paper.url}/feed", add_minutes(utc_now(), 2 * DAY))
    assert newsroom.titles() == [FERRY.title, TOLL.title, MILL.title]


def test_looking_again_does_not_make_a_list_say_something_new(newsroom: Desk, paper: Site) -> None:
    newsroom.add(f"{paper.url}/feed")
    newsroom.look(f"{paper.url}/feed", add_minutes(utc_now(), 2 * DAY))
    paper.pages["/feed"] = feed(paper, [TOLL, FERRY, MILL])
    paper.asked.clear()
    newsroom.look(f"{paper.url}/feed", add_minutes(utc_now(), 2.1 * DAY))
    assert paper.paths() == ["/feed", "/mill"]


def test_pages_that_a_list_still_has_do_not_keep_others_from_being_looked_at(newsroom: Desk, paper: Site) -> None:
    listed = [Story(f"s{at}", f"Report {at}", f"It is number {at}.") for at in range(MAX_RECHECKS)]
    paper.pages["/feed"] = feed(paper, listed, whole=True)
    newsroom.add(f"{paper.url}/feed")
    for days, newest in ((0.5, FERRY), (2, MILL)):
        paper.pages["/feed"] = feed(paper, [newest, *listed], whole=True)
        newsroom.look(f"{paper.url}/feed", add_minutes(utc_now(), days * DAY))
    assert "/ferry" in paper.paths()


def test_the_pages_of_an_article_are_one_article(newsroom: Desk, paper: Site) -> None:
    second = Story("toll/2", TOLL.title, "The second page says that lorries of the town go free.")
    first = Reply(TOLL.page(paper.url, "<link rel='next' href='/toll/2'>"))
    paper.pages |= {"/toll": first, "/toll/2": page(second, paper)}
    paper.pages["/sitemap.xml"] = sitemap(paper, [TOLL, second])
    assert count(newsroom.add(f"{paper.url}/sitemap.xml")) == (1, 0, 0, 0)
    assert TOLL.text in newsroom.text(TOLL.title) and second.text in newsroom.text(TOLL.title)
    assert count(newsroom.look(f"{paper.url}/sitemap.xml"))[:2] == (0, 0)


def test_an_address_that_a_list_names_often_is_read_once(newsroom: Desk, paper: Site) -> None:
    paper.pages["/feed"] = feed(paper, [Story("toll", f"Entry {at}", f"It says {at}.") for at in range(9)])
    newsroom.add(f"{paper.url}/feed")
    newsroom.look(f"{paper.url}/feed")
    assert paper.paths().count("/toll") == 1


def test_unreachable_pages_keep_nobody_from_those_behind_them_for_ever(newsroom: Desk, paper: Site) -> None:
    down = [Story(f"down{at}", f"Down {at}", "It is down.") for at in range(5)]
    paper.pages |= {f"/{story.name}": Reply(b"", 500) for story in down}
    paper.pages["/feed"] = feed(paper, [*down, TOLL])
    assert newsroom.add(f"{paper.url}/feed").run.error
    newsroom.look(f"{paper.url}/feed")
    assert newsroom.titles() == [TOLL.title]


def test_an_article_that_has_moved_is_not_withdrawn_with_its_old_address(newsroom: Desk, paper: Site) -> None:
    newsroom.add(f"{paper.url}/feed")
    paper.pages |= {"/toll-new": Reply(TOLL.page(paper.url)), "/toll": Reply(b"", 404)}
    paper.pages["/feed"] = feed(paper, [FERRY, Story("toll-new", TOLL.title, TOLL.text)])
    for days in (0.1, 2, 3.5):
        newsroom.look(f"{paper.url}/feed", add_minutes(utc_now(), days * DAY))
    assert newsroom.titles() == [FERRY.title, TOLL.title]


@pytest.mark.parametrize("whole", [False, True])
def test_a_page_that_comes_back_after_it_was_withdrawn_is_read_again(
    newsroom: Desk, paper: Site, *, whole: bool
) -> None:
    paper.pages["/feed"] = feed(paper, [TOLL, FERRY], whole=whole)
    newsroom.add(f"{paper.url}/feed")
    there, paper.pages["/toll"] = paper.pages["/toll"], Reply(b"", 404)
    for days in (2, 3.5):
        newsroom.look(f"{paper.url}/feed", add_minutes(utc_now(), days * DAY))
    assert newsroom.titles() == [FERRY.title]
    paper.pages["/toll"] = there
    newsroom.look(f"{paper.url}/feed", add_minutes(utc_now(), 34 * DAY))
    assert newsroom.titles() == [FERRY.title, TOLL.title]


def test_a_source_that_is_one_page_fails_when_the_page_does(newsroom: Desk, paper: Site) -> None:
    newsroom.add(f"{paper.url}/toll")
    paper.pages["/toll"] = Reply(b"", 500)
    done = newsroom.look(f"{paper.url}/toll", add_minutes(utc_now(), DAY))
    source = SourceStore(newsroom.store.catalog).get(f"{paper.url}/toll")
    assert done.run.error == "fails on the server's side (500)" and len(done.failed) == 1
    assert source and source.failures == 1 and source.succeeded < done.run.finished


def test_a_next_page_that_is_not_there_does_not_fail_the_feed(newsroom: Desk, paper: Site) -> None:
    found = feed(paper, [TOLL])
    assert isinstance(found.body, bytes)
    link = b'<channel><a:link xmlns:a="http://www.w3.org/2005/Atom" rel="next" href="/feed?page=2"/>'
    paper.pages["/feed"] = Reply(found.body.replace(b"<channel>", link), headers=found.headers)
    done = newsroom.add(f"{paper.url}/feed")
    assert count(done) == (1, 0, 0, 1) and not done.run.error


def test_a_source_cannot_change_what_another_keeps_current(newsroom: Desk, paper: Site) -> None:
    newsroom.add(f"{paper.url}/sitemap.xml")
    for title in (TOLL.title, "The toll is free"):
        paper.pages["/other"] = feed(paper, [Story("toll", title, "Nobody pays.")], whole=True)
        newsroom.add(f"{paper.url}/other")
    assert newsroom.titles() == [FERRY.title, TOLL.title]


def test_what_a_source_has_brought_keeps_nobody_out_once_it_is_removed(newsroom: Desk, paper: Site) -> None:
    newsroom.add(f"{paper.url}/feed")
    newsroom.add(f"{paper.url}/sitemap.xml")
    SourceStore(newsroom.store.catalog).remove(f"{paper.url}/feed")
    paper.pages["/sitemap.xml"] = sitemap(paper, [TOLL, FERRY, MILL])
    paper.asked.clear()
    newsroom.look(f"{paper.url}/sitemap.xml")
    assert {"/toll", "/ferry", "/mill"} < set(paper.paths())


def test_a_run_that_ends_unexpectedly_is_not_made_again_at_once(newsroom: Desk, paper: Site) -> None:
    newsroom.add(f"{paper.url}/feed")
    paper.pages["/feed"] = feed(paper, [MILL])
    full = "CREATE TRIGGER full BEFORE INSERT ON versions BEGIN SELECT RAISE(FAIL, 'x'); END"
    newsroom.store.catalog.database.run(text(full))
    with pytest.raises(sqlite3.Error):
        newsroom.look(f"{paper.url}/feed")
    source = SourceStore(newsroom.store.catalog).get(f"{paper.url}/feed")
    assert source and source.failures == 1 and source.due > add_minutes(utc_now(), 10)


def test_a_feed_does_not_speak_for_another_site(newsroom: Desk, paper: Site) -> None:
    with site({}, host="127.0.0.2") as other:
        other.pages["/toll"] = page(TOLL, other)
        forged = Story("toll", TOLL.title, "Lorries will pay nothing at all.")
        paper.pages["/feed"] = feed(other, [forged], whole=True)
        assert count(newsroom.add(f"{paper.url}/feed")) == (1, 0, 0, 0)
    assert TOLL.text in newsroom.text(TOLL.title) and forged.text not in newsroom.text(TOLL.title)
