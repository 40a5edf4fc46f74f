"""Title, authors, outlet, dates, canonical address, language and section of a page."""

import pytest

from retrieval.ingest.parsing.entry import Entry
from retrieval.ingest.parsing.markup.authors import person_names
from retrieval.ingest.parsing.markup.html import parse_html
from retrieval.ingest.parsing.pages.metadata import PageMetadata, page_metadata
from retrieval.text.same_site import trusted_canonical_url
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
