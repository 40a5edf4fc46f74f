"""Title, authors, outlet, dates, canonical address, language and section of a page."""

import pytest

from retrieval.ingest.parsing.entry import Entry
from retrieval.ingest.parsing.markup.authors import person_names
from retrieval.ingest.parsing.markup.html import parse_html
from retrieval.ingest.parsing.pages.metadata import PageMetadata, page_metadata
from retrieval.text.addresses.same_site import trusted_canonical_url
from tests.support.newspaper import URL, html, ld, story

FULL = {
    "@type": "NewsArticle",
    "headline": "Pier closes for repairs",
    "author": [{"@type": "Person", "name": "Mara Lind"}, {"@type": "Organization", "name": "Harbour Post Staff"}],
    "publisher": {"@type": "Organization", "name": "Harbour Media Ltd."},
    "datePublished": "2026-03-03T08:00:00+01:00",
    "dateModified": "2026-03-04T09:30:00Z",
    "articleSection": ["Town", "News"],
    "inLanguage": "en",
    "isAccessibleForFree": "False",
}
META = (
    "<meta property='og:site_name' content='Harbour Post'><meta property='og:title' content='Pier shut | Harbour Post'>"
    "<meta name='author' content='Tom Obi'><meta property='article:published_time' content='2026-03-03T07:00:00Z'>"
    "<meta property='article:section' content='Harbour'><link rel='canonical' href='/news/pier?x=1'>"
)


def facts(head: str = "", entry: Entry | None = None, title: str = "", url: str = URL) -> PageMetadata:
    return page_metadata(parse_html(html(story(), head=head, title=title)), url, entry)


def test_json_ld_is_believed_first_and_the_site_s_own_name() -> None:
    assert facts(META + ld(FULL)) == PageMetadata(
        title="Pier closes for repairs",
        authors=("Mara Lind",),
        outlet="Harbour Post",
        published="2026-03-03T08:00:00+01:00",
        updated="2026-03-04T09:30:00+00:00",
        canonical="https://post.example/news/pier?x=1",
        language="en",
        section="Town",
        is_article=True,
        is_free=False,
    )


def test_meta_elements_speak_where_json_ld_does_not() -> None:
    found = facts(META)
    assert (found.title, found.authors, found.section) == ("Pier shut", ("Tom Obi",), "Harbour")
    assert (found.published, found.outlet) == ("2026-03-03T07:00:00+00:00", "Harbour Post")


def test_the_entry_of_a_feed_speaks_where_the_page_does_not() -> None:
    listed = Entry(URL, "Pier closed", ("Ada Roux",), "2026-03-03T08:00:00+00:00", section="Town")
    found = facts(entry=listed)
    assert (found.title, found.authors, found.published, found.section) == (
        "Pier closed",
        ("Ada Roux",),
        "2026-03-03T08:00:00+00:00",
        "Town",
    )


def test_a_day_is_given_the_time_that_another_source_tells_of_it() -> None:
    assert (
        facts(META + ld({"@type": "Article", "datePublished": "2026-03-03"})).published == "2026-03-03T07:00:00+00:00"
    )
    assert facts(META + ld({"@type": "Article", "datePublished": "2026-03-05"})).published == "2026-03-05"


def test_an_update_that_is_none_is_left_out() -> None:
    same = {"@type": "Article", "datePublished": "2026-03-03T08:00:00Z", "dateModified": "2026-03-03T08:00:00Z"}
    assert facts(ld(same)).updated == ""


def test_a_sitemap_s_last_change_of_the_page_is_no_update_of_the_article() -> None:
    listed = Entry(URL, published="2026-03-03T08:00:00+00:00", page_changed="2026-05-05")
    assert (facts(entry=listed).published, facts(entry=listed).updated) == ("2026-03-03T08:00:00+00:00", "")


def test_updates_are_compared_as_instants() -> None:
    article = {"@type": "Article", "datePublished": "2026-03-03T08:00:00+02:00"}
    assert facts(ld({**article, "dateModified": "2026-03-03T07:00:00Z"})).updated == "2026-03-03T07:00:00+00:00"
    assert facts(ld({**article, "dateModified": "2026-03-03T06:00:00Z"})).updated == ""


@pytest.mark.parametrize(
    "around",
    [
        "<p>The last survey was made in 2019.</p>",
        "<footer>© 2022 Harbour Post</footer>",
        "<aside><h3><a href='/q'>Eels</a></h3><time datetime='2024-01-05'>5 January 2024</time></aside>",
        "<ul class='related'><li>5 January 2024</li></ul>",
    ],
)
def test_no_date_is_guessed(around: str) -> None:
    found = page_metadata(parse_html(html(story() + around)), URL)
    assert (found.published, found.updated) == ("", "")


@pytest.mark.parametrize(
    ("written", "names"),
    [
        (["Mara Lind und Tom Obi"], ("Mara Lind", "Tom Obi")),
        (["Ana Ruiz y Luis Gil", "José Ortega y Gasset"], ("Ana Ruiz", "Luis Gil", "José Ortega y Gasset")),
        (["Lind, Mara; Obi, Tom"], ("Mara Lind", "Tom Obi")),
        (["Tom Obi, Jr.", "Frank Press"], ("Tom Obi, Jr.", "Frank Press")),
        (["post.example, Brest, France"], ()),
        (["Text: Mara Lind"], ("Mara Lind",)),
        (["Mara Lind in Brest", "Tom Obi for the Courier"], ("Mara Lind", "Tom Obi")),
        (["Mara Lind Tom Obi", "Mara Lind", "Tom Obi"], ("Mara Lind", "Tom Obi")),
    ],
)
def test_bylines_are_cut_into_people(written: list[str], names: tuple[str, ...]) -> None:
    assert person_names(written, "The Harbour Post") == names


def test_a_name_that_begins_like_a_word_of_a_byline_is_whole() -> None:
    found = page_metadata(parse_html(html(story(before="<div class='byline'>By Von Miller | 3 March</div>"))), URL)
    assert found.authors == ("Von Miller",)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        (
            "<p class='byline'>By Mara Lind and Tom Obi, with Nia Roth in Brest</p>",
            ("Mara Lind", "Tom Obi", "Nia Roth"),
        ),
        ("<p class='byline'>Story by Mara Lind; Photos by Tom Obi</p>", ("Mara Lind",)),
        ("<p class='byline'>By Mara Lind Staff Writer</p>", ("Mara Lind",)),
        ("<div class='sub'>Submitted by <b property='schema:name'>Mara Lind</b> on Tuesday</div>", ("Mara Lind",)),
        ("<div><a href='/autor/mara-lind/'>Mara Lind</a><br><span>Brest</span></div>", ("Mara Lind",)),
        ("<div><a href='/@mara' data-testid='authorName'>Mara Lind</a></div>", ("Mara Lind",)),
        ("<div data-component='byline-block'><b>Mara Lind</b><b>Ports correspondent</b></div>", ("Mara Lind",)),
        (
            "<p class='byline'>By <a href='/author/mara-lind'>MARA LIND</a> and <b>TOM OBI</b></p>",
            ("Mara Lind", "Tom Obi"),
        ),
        ("<p class='byline'>Von Mara Lind, ARD-Studio Kiew</p>", ("Mara Lind",)),
        ("<p class='byline'>Mara Lind / TNN / Mar 11, 2025, 08:00 IST</p>", ("Mara Lind",)),
        ("<p>Por <b>Mara Lind</b>, g1 — Brackwater</p>", ("Mara Lind",)),
        ("<div><a href='/people/our-team/'>Our Team</a></div>", ()),
    ],
)
def test_a_byline_is_found_beside_the_headline(byline: str, names: tuple[str, ...]) -> None:
    assert page_metadata(parse_html(html(story(before=byline))), URL).authors == names


def test_entities_in_json_ld_are_resolved_once_more() -> None:
    head = ld(
        {"@type": "NewsArticle", "headline": "Pier &amp;amp; ferry: &quot;late&quot;", "author": "Mara O&#39;Lind"}
    )
    found = facts(head, title="Other")
    assert (found.title, found.authors) == ('Pier & ferry: "late"', ("Mara O'Lind",))


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Pier closes | Harbour Post", "Pier closes"),
        ("Pier closes - The Harbour Post", "Pier closes"),
        ("Pier closes | Town | Harbour Post", "Pier closes | Town"),
        ("Pier closes – post.example", "Pier closes"),
        ("Pier closes - for eleven months", "Pier closes - for eleven months"),
        ("Harbour Post", "Harbour Post"),
    ],
)
def test_a_title_does_not_end_in_the_outlet_s_name(title: str, shown: str) -> None:
    head = f"<meta property='og:site_name' content='Harbour Post'><meta property='og:title' content='{title}'>"
    assert facts(head).title == shown


def test_a_headline_that_was_cut_is_given_whole() -> None:
    assert facts(ld({"@type": "Article", "headline": "Pier closes for …"})).title == "Pier closes for repairs"


@pytest.mark.parametrize(
    ("written", "names"),
    [
        (["Mara Lind"], ("Mara Lind",)),
        (["By Mara Lind and Tom Obi"], ("Mara Lind", "Tom Obi")),
        (["MARA LIND", "Mara Lind"], ("Mara Lind",)),
        (["Mara Lind | Harbour Post", "Tom Obi (Brest)"], ("Mara Lind", "Tom Obi")),
        (["https://post.example/people/mara", "mara@post.example", "@mara"], ()),
        (["Harbour Post", "Post Staff", "Newsroom", "AFP", "Reuters", "PTI", "Editorial Board"], ()),
        (["x" * 80, "one two three four five six seven", "", "42"], ()),
    ],
)
def test_authors_are_people(written: list[str], names: tuple[str, ...]) -> None:
    assert person_names(written, "The Harbour Post") == names


@pytest.mark.parametrize(
    ("named", "url", "address"),
    [
        ("https://www.post.example/a", "https://post.example/b", "https://www.post.example/a"),
        ("https://post.example/a", "https://amp.post.example/a", "https://post.example/a"),
        ("https://news.example.com/a", "https://example.com/a", "https://news.example.com/a"),
        ("https://github.io/a", "https://alice.github.io/a", ""),
        ("/a", "https://post.example/b", "https://post.example/a"),
        ("https://other.example/a", "https://post.example/b", ""),
        ("https://notpost.example/a", "https://post.example/b", ""),
        ("https://example/a", "https://post.example/b", ""),
        ("https://post.example/", "https://post.example/b", ""),
        ("javascript:alert(1)", "https://post.example/b", ""),
        ("http://[broken", "https://post.example/b", ""),
    ],
)
def test_a_canonical_address_is_believed_on_its_own_site_alone(named: str, url: str, address: str) -> None:
    assert trusted_canonical_url(named, url) == address


def test_a_date_that_may_be_one_of_two_days_is_reported() -> None:
    page = html(story(), head="<meta name='date' content='03/04/2026'>").replace("en-GB", "en")
    found = page_metadata(parse_html(page), URL)
    reason = "has the date 03/04/2026, of which nothing says whether day or month comes first; it is undated"
    assert (found.published, found.warnings) == ("", (reason,))
    dated = page_metadata(parse_html(page), URL, Entry(URL, published="2026-04-03"))
    assert (dated.published, dated.warnings) == ("2026-04-03", ())
    listed = page_metadata(parse_html(html(story())), URL, Entry(URL, date_problem=reason))
    assert listed.warnings == (reason,)
