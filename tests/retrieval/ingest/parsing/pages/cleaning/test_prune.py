"""What belongs to an article stays word for word, whatever its markup; what stands around it goes."""

import pytest

from retrieval.ingest.parsing.entry import Entry
from retrieval.ingest.parsing.pages import page
from tests.support.newspaper import STORY, TEXT, URL, fetched, html, story


def from_page(within: str = "", *, before: str = "", after: str = "") -> str:
    (found,) = page.parse_page(fetched(html(story(before=before, within=within, after=after))))
    return found.text


def from_feed(within: str = "", *, before: str = "", after: str = "") -> str:
    parts = ["".join(f"<p>{text}</p>" for text in part) for part in (STORY[:2], STORY[2:] * 3)]
    entry = Entry(URL, "Pier closes for repairs", ("Mara Lind",), html=f"{before}{parts[0]}{within}{parts[1]}{after}")
    found = page.parse_entry(entry, "Harbour Post")
    assert found
    return found.text


WAYS = pytest.mark.parametrize("read", [from_page, from_feed])


@WAYS
@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>“We saw it late.<em></em> We will not hide it.”</p>", "“We saw it late. We will not hide it.”"),
        ("<p>She <a href='/x'><i class='icon'></i>refused to sign</a> the log.</p>", "She refused to sign the log."),
        ("<p>It carried <del>412</del> <ins>421</ins> people a day.</p>", "It carried 421 people a day."),
        ("<p><q>We saw it late</q>, she said on Monday.</p>", "“We saw it late”, she said on Monday."),
        ("<p>“<q>We saw it late</q>”, she said on Monday.</p>", "“We saw it late”, she said on Monday."),
        ("<p>The con\u00adstable\u00a0of the of\ufb01ce\u200b came.</p>", "The constable of the office came."),
        ("<p>Among them is <a href='/c'>the chair of the board</a>, who came.</p>", "the chair of the board, who"),
        ("<p>More <a href='/x'>than two hundred people had to leave</a> the quay.</p>", "More than two hundred people"),
        ("<p>“We saw it late.”<sup><a href='#n1'>1</a></sup> They did not hide it.</p>", "“We saw it late.” They did"),
        ("<p>It was late.<sup><a href='https://post.example/pier#n3'>3</a></sup> So be it.</p>", "late. So be it."),
        ("<p>They came at noon.<a href='#n2' class='note'>[2]</a> It rained.</p>", "They came at noon. It rained."),
        ("<p>The <ruby>港<rp>(</rp><rt>みなと</rt><rp>)</rp></ruby>は was closed that day.</p>", "The 港は was closed"),
        ("<p>Signed: Mara<br>Lind, of the ferry that crossed the bay.</p>", "Signed: Mara Lind, of the ferry"),
    ],
)  # fmt: skip
def test_nothing_alters_the_words_of_a_sentence(read, markup: str, words: str) -> None:  # type: ignore[no-untyped-def]
    assert words in read(markup)


@WAYS
@pytest.mark.parametrize(
    "markup",
    [
        "<p class='paywall'>%s</p>",
        "<div class='share-price'>%s</div>",
        "<div class='match-comment'><p>%s</p></div>",
        "<div class='toggle hidden' style='display: none'><p>%s</p><p>They waited on the quay until dawn.</p></div>",
        "<ul><li><a href='/1'>1 April</a>: %s</li><li><a href='/2'>1 May</a>: the jetty comes</li></ul>",
        "<aside class='facts'><h3>The pier</h3><ul><li>%s</li><li>Built in 1911</li></ul></aside>",
        "<div class='callout'><div class='emoji'>💡</div><div>%s</div></div>",
        "<div>%s<br><br>A second block follows after two breaks, and it tells of the bell.</div>",
    ],
)
def test_prose_stays_whatever_its_container_is_called(read, markup: str) -> None:  # type: ignore[no-untyped-def]
    sentence = "The shares of the ferry line fell by a tenth on Tuesday, to 84 pence."
    assert sentence in read(markup % sentence)


@WAYS
@pytest.mark.parametrize(
    "markup",
    [
        "<p>Les også: <a href='/x'>Ferry fares rise</a></p>",
        "<p><strong>Read more: <a href='/x'>Ferry fares rise</a></strong></p>",
        "<p>Czytaj więcej</p><p><a href='/x'>Ferry fares rise</a></p>",
        "<p>• <a href='/x'>Ferry fares rise</a></p>",
        "<h3>Related</h3><ul><li><a href='/x'>Ferry fares rise</a></li><li><a href='/y'>Eels</a></li></ul>",
        "<div class='inline'><h3>Get the tide</h3><p>By mail, at seven.</p><form><input type='email'></form></div>",
        "<div class='wp-caption'><img src='a.jpg'><p class='wp-caption-text'>The pier in 1911.</p></div>",
        "<div class='gallery'><div><img src='a.jpg'><span>One of nine pictures</span></div></div>",
        f"<blockquote class='pull'><p>{STORY[3]}</p><cite>Mara Lind</cite></blockquote>",
        "<p>Story continues below advertisement</p>",
        "<p>Story continues</p>",
        "<div class='film'><p>Your browser does not support iframes.</p></div>",
        "<div data-qa='subscribe-promo'><p>Get a selection of ten of our best stories every weekend.</p></div>",
        "<div class='poll'><h4>Is the plan good?</h4><ul><li>Yes</li><li>No</li></ul><button>Vote</button></div>",
    ],
)
def test_what_leads_away_or_repeats_is_dropped(read, markup: str) -> None:  # type: ignore[no-untyped-def]
    assert read(markup) == read()


@WAYS
def test_lines_before_the_first_sentence_and_after_the_last_are_dropped(read) -> None:  # type: ignore[no-untyped-def]
    audio = "<div class='audio'><p>Listen to this article</p><p>5 min</p></div><p>5 min read</p><p>By Mara Lind</p>"
    assert read(before=audio, after="<p>Tags</p><p>Back to the top</p>") == read()


def test_a_standfirst_in_the_header_is_text_of_the_article() -> None:
    header = "<header><h2>The town has raised 1.1 million crowns so far.</h2><p>By Mara Lind</p></header>"
    assert from_page(before=header) == f"The town has raised 1.1 million crowns so far.\n\n{TEXT}"


def test_an_old_page_laid_out_by_a_table_is_read() -> None:
    cell = f"<font size=5>Pier closes for repairs</font><br><br>{'<br><br>'.join(STORY)}"
    body = f"<table><tr><td><a href='/'>Home</a></td><td>{cell}</td></tr></table>"
    (found,) = page.parse_page(fetched(html(body)))
    assert found.text == TEXT


def test_a_standfirst_comes_before_the_text_that_is_divided_into_columns() -> None:
    header = "<header><h1>Pier closes for repairs</h1><p>The town has raised 1.1 million crowns so far.</p></header>"
    first, last = ("".join(f"<p>{text}</p>" for text in part) for part in (STORY[:2], STORY[2:]))
    body = f"<article>{header}<div class='column'>{first}</div><div class='column'>{last}</div></article>"
    (found,) = page.parse_page(fetched(html(body)))
    assert found.text == f"The town has raised 1.1 million crowns so far.\n\n{TEXT}"


def test_a_part_called_a_teaser_is_kept_where_the_text_goes_on_below_it() -> None:
    first, last = ("".join(f"<div><p>{text}</p></div>" for text in part) for part in (STORY[:2], STORY[2:]))
    parts = f"<div class='teaser-content'>{first}</div><div class='remainder-content'>{last}</div>"
    (found,) = page.parse_page(fetched(html(f"<article><h1>Pier closes for repairs</h1><div>{parts}</div></article>")))
    assert found.text == TEXT


def test_a_correction_is_kept_wherever_it_stands() -> None:
    words = "An earlier version of this article misstated the sum. It is 41 million crowns."
    box = f"<div class='bottom-of-article'><div class='css-correction'><p>{words}</p></div><p>Order Reprints</p></div>"
    assert from_page(after=box) == f"{TEXT}\n\n{words}"


def test_lines_in_boxes_below_the_text_are_dropped() -> None:
    text = "".join(f"<p>{one}</p>" for one in STORY)
    box = "<div><p>Suscríbete</p><p>Lee más</p></div>"
    body = f"<article><h1>Pier closes</h1><div class='text'>{text}</div>{box}</article>"
    (found,) = page.parse_page(fetched(html(body)))
    assert found.text == TEXT
