"""A page from the web to its article, its feeds, and an entry of a feed that is whole."""

import pytest

from retrieval.documents import Article
from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.parsing.entry import Entry
from retrieval.ingest.parsing.pages import page
from tests.support.newspaper import STORY, TEXT, URL, fetched, html, ld, story

LONG = "".join(f"<p>{text}</p>" for text in STORY * 2)


def read(body: str, *, url: str = URL, **options: str) -> Article:
    (found,) = page.parse_page(fetched(html(body, **options), url=url))
    return found


def test_a_page_gives_the_article_and_nothing_around_it() -> None:
    found = read(
        story(
            before="<div class='byline'>By Mara Lind</div>"
            "<figure><img src='a.jpg'><figcaption>The pier.</figcaption></figure>",
            within="<p>Related: <a href='/x'>Ten ways to cook cod</a></p>"
            "<div class='newsletter-box'><p>Get our newsletter</p></div>",
            after="<ul><li><a href='/a'>Another story</a></li><li><a href='/b'>A third story</a></li></ul>"
            "<p>Follow Mara on Twitter.</p><div class='author-bio'><p>Mara Lind writes on boats.</p></div>",
        )
        + "<footer><p>© Harbour Post</p></footer>"
    )
    assert found.text == TEXT
    assert (found.title, found.url, found.outlet, found.language) == (
        "Pier closes for repairs",
        URL,
        "post.example",
        "en",
    )


def test_headings_lists_and_quotations_of_an_article_stay() -> None:
    within = (
        "<h2>Who will pay</h2>"
        "<ul><li>The town pays for half of the new pillars.</li><li>The region has not said.</li></ul>"
        "<blockquote><p>It is a sum that nobody expected.</p></blockquote>"
    )
    found = read(story(within=within))
    assert [found.text[start:end] for start, end in found.headings] == ["Who will pay"]
    assert "\n\nThe town pays for half of the new pillars.\n\nThe region has not said.\n\nIt is a sum" in found.text


def test_words_of_a_sentence_are_kept_whatever_the_class_of_their_link() -> None:
    within = (
        "<p>The minister <span class='link'><a class='share' href='/x'>will open</a></span> the quay"
        "<span class='tooltip'>Quays in the region</span> in May.</p>"
    )
    assert "The minister will open the quay in May." in read(story(within=within)).text


def test_two_line_breaks_end_a_paragraph() -> None:
    found = read(f"<article><h1>Pier closes</h1><p>{'<br><br>'.join(STORY)}</p></article>")
    assert found.text == TEXT


def test_an_article_in_several_containers_is_whole() -> None:
    halves = [
        f"<div><div class='article__body'>{''.join(f'<p>{text}</p>' for text in part)}</div></div>"
        for part in (STORY[:2], STORY[2:])
    ]
    assert read(f"<article><h1>Pier closes</h1>{'<aside>An advertisement</aside>'.join(halves)}</article>").text == TEXT


def test_teasers_in_article_elements_are_not_the_article() -> None:
    cod = "Cod has come back to the bay in numbers. " * 8
    teaser = f"<article><h3><a href='/x'>Cod is back</a></h3><p>{cod}</p></article>"
    assert read(story(after=teaser)).text == TEXT
    assert read(story() + teaser * 3).text == TEXT


def test_the_address_is_kept_without_tracking_and_names_the_article() -> None:
    plain, tracked = read(story()), read(story(), url=f"{URL}?utm_source=x&fbclid=1#top")
    assert plain.url == tracked.url == URL
    assert plain.id == tracked.id
    assert len(plain.id) == 12


def test_another_site_s_address_is_not_believed() -> None:
    head = "<link rel='canonical' href='https://other.example/news/pier'>"
    assert read(story(), head=head).url == URL


@pytest.mark.parametrize(
    ("charset", "declared", "encoding"),
    [
        ("", "", "utf-8"),
        ("iso-8859-1", "", "cp1252"),
        ("", "windows-1252", "cp1252"),
        ("latin-1", "", "utf-8"),
        ("utf-8", "", "utf-16"),
        ("nonsense", "euc-jp", "euc-jp"),
        ("iso-2022-jp", "", "iso-2022-jp"),
    ],
)
def test_a_page_is_decoded_as_it_was_meant(charset: str, declared: str, encoding: str) -> None:
    words = "港の橋は閉鎖された。" if "jp" in encoding else "“Überall Risse – größer als gedacht”"
    content = html(story(within=f"<p>{words} {STORY[0]}</p>"), head=f"<meta charset='{declared}'>" if declared else "")
    content = content if "jp" not in encoding else content.replace("“", '"').replace("”", '"').replace("’", "'")
    (found,) = page.parse_page(FetchedDocument(URL, content.encode(encoding), "text/html", charset))
    assert words in found.text


@pytest.mark.parametrize(
    ("words", "encoding", "declared", "charset"),
    [
        ("Портова рада у вівторок вирішила закрити старий причал до осені.", "cp1251", "utf-8", ""),
        ("港口管理局星期二表示，将在秋季风暴到来之前疏浚北航道。", "gbk", "gb2312", "utf-8"),
        ("„Überall Risse“, sagte die Bürgermeisterin für den Hafen.", "cp1252", "utf-8", "utf-8"),
    ],
)
def test_a_page_that_declares_utf_8_but_is_not_in_it_is_decoded(
    words: str, encoding: str, declared: str, charset: str
) -> None:
    text = "".join(f"<p>{words} {number}</p>" for number in range(1, 9))
    content = (
        f"<html><head><meta charset='{declared}'><title>1</title></head><body><article>{text}</article></body></html>"
    )
    (found,) = page.parse_page(FetchedDocument(URL, content.encode(encoding), "text/html", charset))
    assert words in found.text


def test_one_broken_byte_does_not_change_the_encoding() -> None:
    content = html(story(within="<p>„Überall Risse“, sagte die Bürgermeisterin für den Hafen.</p>")).encode()
    (found,) = page.parse_page(FetchedDocument(URL, content.replace(b"Repairs", b"\xffRepairs"), "text/html"))
    assert "„Überall Risse“, sagte die Bürgermeisterin" in found.text


def test_what_is_no_page_is_refused() -> None:
    with pytest.raises(ValueError, match="is image/png, not a page"):
        page.parse_page(FetchedDocument(URL, b"\x89PNG", "image/png"))
    with pytest.raises(ValueError, match="empty"):
        page.parse_page(FetchedDocument(URL, b" ", "text/html"))
    with pytest.raises(ValueError, match="binary"):
        page.parse_page(FetchedDocument(URL, b"\x89PNG\x00\x01\x02" * 9, "text/html"))


def test_a_whole_entry_is_an_article() -> None:
    html = f"<h2>Who pays</h2>{LONG}<p>The post <a href='/'>Pier closes</a> appeared first on Post.</p>"
    about = {"published": "2026-03-03T08:00:00+00:00", "section": "Town", "language": "en-GB"}
    entry = Entry(f"{URL}?utm_source=rss", "Pier closes", ("Mara Lind",), html=html, **about)
    found = page.parse_entry(entry, "Harbour Post")
    assert found
    assert found.text == "\n\n".join(["Who pays", *STORY * 2])
    assert found.headings == ((0, 8),)
    assert (found.url, found.outlet, found.authors, found.language) == (URL, "Harbour Post", ("Mara Lind",), "en")
    assert found.id == read(story()).id


@pytest.mark.parametrize(
    "html",
    [
        "",
        f"<p>{STORY[0]}</p>",
        LONG + "<p>The council will meet again […]</p>",
        LONG + "<p><a href='/x'>Continue reading <span>Pier closes</span> →</a></p>",
        "<p>We use cookies and your personal data; see our privacy policy.</p>" * 20,
    ],
)
def test_a_teaser_is_no_article(html: str) -> None:
    assert page.parse_entry(Entry(URL, "Pier closes", html=html), "Post") is None


def test_a_page_announces_its_feeds_and_what_it_is() -> None:
    def link(kind: str, href: str, title: str = "") -> str:
        return f"<link rel='alternate' type='{kind}' href='{href}' title='{title}'>"

    head = (
        link("application/rss+xml", "/comments/feed", "Comments") + link("application/rss+xml", "/feed")
        + link("application/atom+xml; charset=utf-8", "https://feeds.example/a")
        + link("application/feed+json", "feed.json")
        + link("application/json", "/wp-json/wp/v2/posts/1") + "<link rel='alternate' hreflang='de' href='/de'>"
        + "<link rel='https://api.w.org/' href='/wp-json/'>"
        + ld({"@type": "NewsArticle", "headline": "Pier closes"})
    )  # fmt: skip
    site = "https://post.example"
    assert page.discover_links(fetched(html(story(), head=head))) == page.DiscoveredLinks(
        feeds=(f"{site}/feed", "https://feeds.example/a", f"{site}/news/feed.json", f"{site}/comments/feed"),
        wordpress=f"{site}/wp-json/",
        is_article=True,
    )


def test_wordpress_is_announced_in_a_header_too() -> None:
    linked = '<https://post.example/wp-json/>; rel="https://api.w.org/", <https://post.example/?p=1>; rel=shortlink'
    found = page.discover_links(fetched(html("<p>x</p>"), link=linked))
    assert (found.wordpress, found.is_article) == ("https://post.example/wp-json/", False)


@pytest.mark.parametrize(
    "odd", ["\x01\x1f", "<br><br><br>", "<p><br><br></p>", "<br> <br>a<br/><br>", "\ufffe", "&#1;", "</p></p>"]
)
def test_odd_markup_does_not_stop_a_page(odd: str) -> None:
    assert STORY[4] in read(story(within=f"<p>One {odd} two.</p>")).text
