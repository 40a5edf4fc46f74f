"""RSS, RDF, Atom and JSON Feed to the articles they list: as publishers write them, and as nobody should."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.ingest.parsing.entry import Entry, Listing, is_teaser
from retrieval.ingest.parsing.feeds import feed

URL = "https://post.example/news/feed.xml"
RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
 xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><title>Harbour Post</title>
<language>en-GB</language><image><title>Logo</title><link>https://post.example/logo</link></image>%s</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Hafenpost</title><author><name>Mara Lind</name>
</author>%s</feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://post.example/"><title>Harbour Post</title>
</channel>%s</rdf:RDF>"""
JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Harbour Post",
    "next_url": "?page=2",
    "authors": [{"name": "Mara Lind"}],
    "items": [{"id": "1", "url": "/pier", "title": "Pier &amp; ferry", "content_html": "<p>Closed.</p>"}],
}


def read(xml: str | bytes, **told: str) -> Listing:
    return feed.parse_feed(xml.encode() if isinstance(xml, str) else xml, URL, **told)


def only(xml: str) -> Entry:
    (found,) = read(xml).entries
    return found


def item(inside: str) -> Entry:
    return only(RSS % f"<item>{inside}</item>")


# What each kind says


def test_rss_gives_all_that_it_says_of_an_article() -> None:
    listing = read(
        RSS
        % """<ttl>45</ttl><item><title>Pier closes</title><link>https://post.example/pier</link>
        <dc:creator>Mara Lind and Tom Obi</dc:creator><pubDate>Tue, 03 Mar 2026 08:00:00 GMT</pubDate>
        <category>Town</category><category>Sea</category><enclosure url="https://post.example/pier.mp3"/>
        <description>Short.</description>
        <content:encoded><![CDATA[<p>All of the text.</p>]]></content:encoded></item>"""
    )
    assert (listing.kind, listing.title, listing.interval_minutes) == ("RSS 2.0", "Harbour Post", 45)
    assert listing.entries == (
        Entry(
            url="https://post.example/pier",
            title="Pier closes",
            authors=("Mara Lind", "Tom Obi"),
            published="2026-03-03T08:00:00+00:00",
            section="Town",
            language="en",
            html="<p>All of the text.</p>",
        ),
    )


def test_atom_prefers_the_page_and_inherits_author_and_language() -> None:
    found = only(
        ATOM
        % """<entry xml:base="https://post.example/a/"><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Pier
        <b>closes</b></div></title><link rel="self" href="self"/>
        <link rel="enclosure" href="pier.mp3"/><link href="pier"/>
        <updated>2026-03-04T09:30:00Z</updated><published>2026-03-03T08:00:00Z</published>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Text.</p></div></content></entry>"""
    )
    assert (found.url, found.title) == ("https://post.example/a/pier", "Pier closes")
    assert (found.authors, found.language) == (("Mara Lind",), "de")
    assert (found.published, found.updated) == ("2026-03-03T08:00:00+00:00", "2026-03-04T09:30:00+00:00")
    assert found.html == "<div><p>Text.</p></div>"


def test_rdf_lists_items_beside_its_channel() -> None:
    listing = read(
        RDF % '<item rdf:about="https://post.example/pier"><title>Pier</title><dc:date>2026-03-03</dc:date></item>'
    )
    (found,) = listing.entries
    assert listing.kind == "RSS 1.0 (RDF)"
    assert (found.url, found.title, found.published) == ("https://post.example/pier", "Pier", "2026-03-03")


def test_a_json_feed_is_read_by_its_version() -> None:
    listing = read(json.dumps(JSON))
    (found,) = listing.entries
    assert (listing.kind, listing.further_urls) == ("JSON Feed 1.1", ("https://post.example/news/feed.xml?page=2",))
    assert (found.url, found.title, found.authors) == ("https://post.example/pier", "Pier & ferry", ("Mara Lind",))


@pytest.mark.parametrize(
    ("xml", "kind"),
    [
        (
            '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS//EN" "http://x.invalid/rss.dtd"><rss version="0.91"/>',
            "RSS 0.91",
        ),
        ('<feed version="0.3" xmlns="http://purl.org/atom/ns#"/>', "Atom 0.3"),
        ('<entry xmlns="http://www.w3.org/2005/Atom"><title>One</title></entry>', "Atom 1.0"),
        (json.dumps(JSON | {"version": "https://jsonfeed.org/version/1"}), "JSON Feed 1.0"),
    ],
)
def test_old_and_rare_kinds_are_known(xml: str, kind: str) -> None:
    assert read(xml).kind == kind


# Links


@pytest.mark.parametrize(
    ("inside", "url"),
    [
        ("<link>/pier</link>", "https://post.example/pier"),
        ("<link>\n https://post.example/pi\ner </link>", "https://post.example/pier"),
        ('<guid isPermaLink="true">https://post.example/pier</guid>', "https://post.example/pier"),
        ('<guid isPermaLink="false">https://post.example/7</guid>', ""),
        ("<guid>pier-7</guid>", ""),
        ("<link>mailto:desk@post.example</link>", ""),
        ("<link>http://[broken</link>", ""),
        ('<enclosure url="https://post.example/pier.mp3"/>', ""),
        ('<atom:link rel="self" href="https://post.example/self"/><link>https://post.example/pier</link>', "https://post.example/pier"),
        ("<feedburner:origLink>https://post.example/pier</feedburner:origLink>", "https://post.example/pier"),
    ],
)  # fmt: skip
def test_the_address_is_the_article_itself(inside: str, url: str) -> None:
    assert item(inside).url == url


def test_the_next_page_is_more() -> None:
    assert read(RSS % '<atom:link rel="next" href="?page=2"/>').further_urls == (
        "https://post.example/news/feed.xml?page=2",
    )


# Headlines and names


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Salt &amp; Sons", "Salt & Sons"),
        ("Salt &amp;amp; Sons", "Salt & Sons"),
        ("<![CDATA[ Salt &#38; \n Sons ]]>", "Salt & Sons"),
        ("The pier&amp;#8217;s end", "The pier’s end"),
        ("&lt;b&gt;Pier&lt;/b&gt; closes&lt;br&gt;today", "Pier closes today"),
        ("How &amp;lt;b&amp;gt; works", "How <b> works"),
        ("How the &lt;main&gt; element works", "How the <main> element works"),
        ("Is 3 &lt; 5?", "Is 3 < 5?"),
        ("caf&eacute;&nbsp;life", "café life"),
        ("Salt & Sons", "Salt & Sons"),
        ("a &lt;script&gt;x()&lt;/script&gt; b", "a b"),
    ],
)
def test_a_headline_is_resolved_exactly_once(written: str, title: str) -> None:
    assert item(f"<title>{written}</title>").title == title


def test_code_in_a_headline_is_none_of_it() -> None:
    assert item("<title>&lt;script&gt;var x = 1;&lt;/script&gt;Pier closes</title>").title == "Pier closes"


def test_a_headline_of_dublin_core_is_one_where_there_is_no_other() -> None:
    assert item("<dc:title>Pier closes</dc:title>").title == "Pier closes"
    assert item("<dc:title>Pier</dc:title><title>Pier closes</title>").title == "Pier closes"


def test_atom_says_which_headlines_are_text() -> None:
    assert (
        only(ATOM % '<entry><title type="text">The &lt;b&gt;&lt;/b&gt; tag</title></entry>').title == "The <b></b> tag"
    )
    assert only(ATOM % '<entry><title type="html">A &lt;i&gt;tag</title></entry>').title == "A tag"


@pytest.mark.parametrize(
    ("inside", "authors"),
    [
        ("<author>mara@post.example (Mara Lind)</author>", ("Mara Lind",)),
        ("<author>Mara Lind &lt;mara@post.example&gt;</author>", ("Mara Lind",)),
        ("<author>mara@post.example</author>", ()),
        ("<dc:creator>By Mara Lind, Tom Obi and Ann Sea</dc:creator>", ("Mara Lind", "Tom Obi", "Ann Sea")),
        ("<dc:creator>Lind, Mara</dc:creator>", ("Mara Lind",)),
        ("<dc:creator>Mara Lind und Tom Obi</dc:creator>", ("Mara Lind", "Tom Obi")),
        ("<dc:creator>Reuters</dc:creator>", ()),
        ("<dc:creator>Mara Lind</dc:creator><dc:creator>Tom Obi</dc:creator>", ("Mara Lind", "Tom Obi")),
    ],
)
def test_authors_are_names_without_addresses(inside: str, authors: tuple[str, ...]) -> None:
    assert item(inside).authors == authors


# How often, and what is carried


def test_the_syndication_module_says_how_often() -> None:
    often = "<sy:updatePeriod> daily </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
    assert read(RSS % often).interval_minutes == 360
    assert read(RSS % "<ttl>soon</ttl>").interval_minutes == 0


def test_html_is_safe_whole_and_has_absolute_links() -> None:
    found = item(
        "<link>/pier</link><description>&lt;p onclick='x()'&gt;See &lt;a href='b'&gt;this&lt;/a&gt;"
        "&lt;script&gt;x()&lt;/script&gt;&lt;/p&gt;</description>"
    )
    assert found.html == '<p>See <a href="https://post.example/b">this</a></p>'


@pytest.mark.parametrize(
    ("html", "teaser"),
    [
        ("", True),
        ("<p>The pier closes.</p>", True),
        (f"<p>{'The pier closes. ' * 90}</p>", False),
        (f"<p>{'The pier closes. ' * 90}[&hellip;]</p>", True),
        (f"<p>{'The pier closes. ' * 90}</p><a href='x'>Read more »</a>", True),
        (f"<p>{'The pier closes. ' * 90}</p><p>The post <a>Pier</a> appeared first on <a>Post</a>.</p>", False),
        (
            f"<p>{'The pier closes. ' * 90} [&#8230;]</p><p>The post <a>Pier</a> appeared first on <a>Post</a>.</p>",
            True,
        ),
    ],
)
def test_what_breaks_off_or_is_short_is_a_teaser(html: str, teaser: bool) -> None:
    assert is_teaser(Entry("https://post.example/pier", html=html)) is teaser


# Encodings and mistakes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252", "shift_jis"])
def test_a_feed_is_read_in_the_encoding_it_is_in(encoding: str) -> None:
    title = "桟橋" if encoding == "shift_jis" else "Brücke"
    xml = (
        f'<?xml version="1.0" encoding="{encoding}"?><rss><channel><item><title>{title}</title></item></channel></rss>'
    )
    assert read(xml.encode(encoding)).entries[0].title == title


def test_a_wrong_charset_of_the_server_spoils_nothing() -> None:
    xml = (RSS % "<item><title>Brücke</title></item>").encode()
    assert read(xml, charset="iso-8859-1").entries[0].title == "Brücke"
    assert read(xml, charset="no-such-thing").entries[0].title == "Brücke"
    assert read(xml.replace("ü".encode(), b"\xfc"), charset="latin-1").entries[0].title == "Brücke"


@pytest.mark.parametrize(
    "broken",
    [
        "\n\n " + RSS % "<item><title>Pier</title></item>",
        RSS % "<item><title>Pier</title><description>a & b < c &nbsp; <br> d</description></item>",
        (RSS % "<item><title>Pier</title></item><item><title>cut o").removesuffix("</channel></rss>"),
        RSS % "<item><title>Pi\x08er</title><x:y>unknown</x:y></item>",
        RSS % "<item><title>Pier</title></item>" + "<!-- made in 0.2 s --><script>",
    ],
)
def test_usual_mistakes_cost_nothing_but_themselves(broken: str) -> None:
    assert [entry.title for entry in read(broken).entries] == ["Pier"]


# What is refused


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"<html><body>x</body></html>", "its first element is <html>"),
        (b"just words", "is not XML"),
        (b'{"items": []}', 'without the "version"'),
        (b"{" * 50, "cannot be read as such"),
        (b" " * (feed.MAX_FEED_BYTES + 1), "10,000,000 bytes"),
        (b"<rss><channel><item>" + b"<a/>" * 30_000, "more than 20,000 elements in one entry"),
    ],
)
def test_what_is_no_feed_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">',
        '<!ENTITY b SYSTEM "file:///etc/passwd">',
        '<!ENTITY % b SYSTEM "file:///etc/passwd">',
        '<!ATTLIST rss x CDATA "<!--"><!ENTITY b "x"><!ATTLIST rss y CDATA "-->">',
    ],
)
def test_entities_are_refused_wherever_they_hide(declared: str, encoding: str) -> None:
    xml = f"<!-- <rss> --><!DOCTYPE rss [{declared}]><rss><channel><item><title>&b;</title></item></channel></rss>"
    with pytest.raises(ValueError, match="declares XML entities"):
        read(xml.encode(encoding))


@pytest.mark.parametrize(
    "unit",
    ["<a>", "&", "<", "<br ", "&lt;!--", "&lt;a b=", "<![CDATA[<", "<!--", "x", "&lt;div&gt;", "a@", "<x y='"],
)
def test_two_megabytes_that_mean_harm_take_no_longer_than_others(unit: str) -> None:
    started = time.process_time()
    text = unit * (2_000_000 // len(unit))
    inside = "".join(f"<{name}>{text[:600_000]}</{name}>" for name in ("title", "author", "description"))
    read(RSS % f"<item>{inside}</item>")
    assert time.process_time() - started < 15  # two on a fast processor, minutes where the time is quadratic


def test_at_most_so_many_entries_are_taken() -> None:
    assert len(read(RSS % ("<item/>" * (feed.MAX_ENTRIES + 10))).entries) == feed.MAX_ENTRIES


def test_bytes_are_never_taken_for_the_name_of_a_file() -> None:
    with pytest.raises(ValueError, match="is not XML"):
        read(b"/etc/passwd")


SEEDS = [RSS % "<item><title>T &amp; U</title><link>/a</link><pubDate>Tue, 03 Mar 2026 08:00:00 GMT</pubDate></item>",
         ATOM % "<entry><title>T</title><link href='/a'/><content type='html'>&lt;p&gt;x</content></entry>",
         json.dumps(JSON)]  # fmt: skip


@settings(max_examples=250)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 9), st.binary(max_size=6)), max_size=6),
)
def test_any_bytes_are_read_or_refused(seed: str, changes: list[tuple[int, int, bytes]]) -> None:
    content = seed.encode()
    for at, length, new in changes:
        content = content[:at] + new + content[at + length :]
    try:
        said = "".join(entry.title + entry.html + entry.url for entry in read(content).entries)
    except ValueError as exc:
        said = f"it {exc}"
    assert said.encode().decode() == said


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "url"]), inner),
)


@settings(max_examples=100)
@given(
    st.dictionaries(
        st.sampled_from("url id title authors author tags date_published content_html language".split()), _VALUES
    )
)
def test_any_json_item_is_read(row: dict[str, object]) -> None:
    assert len(read(json.dumps(JSON | {"items": [row]})).entries) == 1


def test_a_date_that_may_be_one_of_two_days_is_told_of_its_entry() -> None:
    item = "<item><title>Pier</title><link>/pier</link><pubDate>03/04/2026</pubDate></item>"
    (found,) = read((RSS % item).replace("en-GB", "en")).entries
    assert found.published == "" and found.date_problem.startswith("has the date 03/04/2026, of which nothing says")
    other = item.replace("/pier", "/mill").replace("03/04", "25/04")
    assert [entry.published for entry in read((RSS % (item + other)).replace("en-GB", "en")).entries] == [
        "2026-04-03",
        "2026-04-25",
    ]


def test_a_declaration_behind_a_comment_costs_no_character() -> None:
    item = "<item><title>A & B < C</title><link>https://post.example/a?a=1&b=2</link></item>"
    found = only("\n<!-- made at dawn -->" + RSS % item)
    assert (found.title, found.url) == ("A & B < C", "https://post.example/a?a=1&b=2")


def test_entries_without_an_address_are_counted() -> None:
    episode = (
        "<item><title>4</title><enclosure url='https://cdn.example/4.mp3'/><guid isPermaLink='false'>4</guid></item>"
    )
    assert read(RSS % (episode * 2)).warnings == (
        "2 of its entries were left out, because they name no address of an article",
    )
    assert read(json.dumps(JSON | {"items": [{"id": "4"}]})).warnings[0].startswith("1 of its entries")
    assert read(json.dumps(JSON)).warnings == ()
