"""A report as a page: its numbers are those measured, what others wrote stays text, it needs nothing from anywhere."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from lxml import html

from bot.app.build import App
from bot.evaluation.evaluation_metrics import evaluation_metrics, metrics_table
from bot.evaluation.expectation import Expectation
from bot.evaluation.measured_index import measured_index
from bot.evaluation.question_result import QuestionResult
from bot.evaluation.report.report_page import render_report
from retrieval.index.store import Store
from tests.support.articles import article
from tests.support.evaluation import evaluated
from tests.support.web_server import opened

HOSTILE = article(
    "hostile",
    "Inspector Boris Quill read the lighthouse note <script>window.taken = 1</script> to the court </blockquote>.\x07",
    title="<img src=x onerror='window.taken = 1'> A note in the lighthouse",
    outlet="<b>Quay</b> Gazette",
    url="javascript:window.taken=1",
)
QUESTIONS = (
    Expectation(1, "What did Brandt say about the toll?", ("toll",), "nine years"),
    Expectation(2, "How much will lorries pay for a crossing?", ("https://example.org/toll",)),
    Expectation(3, "How many passengers did the island ferries carry last year?", (), "a million"),
    Expectation(4, "Who read the <lighthouse> note &amp; where?", ("<opera>",), "</dd><script>1</script>"),
)


@pytest.fixture(scope="module")
def app(shared_newsroom: Store) -> Iterator[App]:
    with opened(shared_newsroom, articles=(HOSTILE,)) as everything:
        yield everything


@pytest.fixture(scope="module")
def results(app: App) -> list[QuestionResult]:
    return [evaluated(app, question) for question in QUESTIONS]


@pytest.fixture(scope="module")
def source(app: App, results: list[QuestionResult]) -> str:
    return render_report(
        measured_index(app.store.catalog, "<our>.jsonl", ["<our>.jsonl:5 has no `question`."], results), results
    )


@pytest.fixture(scope="module")
def report(source: str) -> html.HtmlElement:
    return html.document_fromstring(source)


def rows(report: html.HtmlElement, caption: str) -> list[list[str]]:
    """The cells below the heads of the table with this caption."""
    body = report.xpath(f"//table[caption='{caption}']/tbody/tr")
    return [[cell.text_content() for cell in row] for row in body]


def pairs(report: html.HtmlElement, place: str) -> dict[str, str]:
    return {item.find("dt").text_content(): item.find("dd").text_content() for item in report.xpath(f"{place}/div")}


def test_the_numbers_are_those_measured(report: html.HtmlElement, results: list[QuestionResult]) -> None:
    figures = metrics_table(evaluation_metrics(results))
    assert figures["hit@1"] == pytest.approx(2 / 3) and figures["answered rightly"] == 0.5
    assert report.findtext(".//h1") == "2 of 4 questions answered rightly"
    tiles = pairs(report, "//dl[@class='tiles']")
    assert [tiles[name] for name in ("hit@1", "hit@5", "hit@10", "MRR@10")] == ["67 %", "67 %", "67 %", "0.67"]
    assert rows(report, "Questions whose article is found") == [[str(depth), "67 %"] for depth in range(1, 11)]
    assert sum(int(count) for _, count in rows(report, "Questions by time")) == 4
    facts = pairs(report, "//section[h2='What was measured']/dl")
    assert facts["Questions"] == "4, of which 3 name an article" and facts["Articles"].startswith("3 in ")
    assert "<our>.jsonl:5 has no `question`." in report.xpath("//li/text()")


def test_each_failed_question_is_told_with_what_was_retrieved_instead(report: html.HtmlElement) -> None:
    why = "Why questions failed"
    assert rows(report, why) == [["Not in the index", "1"], ["Without the expected words", "1"]]
    for link in report.xpath(f"//table[caption='{why}']//a"):
        assert report.get_element_by_id(link.get("href")[1:]).findtext("h2") == link.text
    unknown, unsaid = report.xpath("//article")
    assert unknown.findtext("h3") == QUESTIONS[3].question
    assert pairs(unsaid, ".//dl")["Expected words"] == "a million"
    first = unsaid.find(".//ol/li")
    assert first.get("value") == "1" and "Northern Tide · 20 April 2025" in first.text_content()
    assert first.findtext("blockquote").startswith("The island ferries carried 412,000 passengers")
    assert first.find("a").get("href").startswith("https://example.org/ferry#:~:text=")


def test_what_others_wrote_stays_text(report: html.HtmlElement, source: str) -> None:
    assert not report.xpath(
        "//script | //img | //*[starts-with(@href, 'javascript')] | //@*[starts-with(name(), 'on')]"
    )
    assert "\x07" not in source
    retrieved = report.xpath("//article")[0].find(".//ol/li")
    assert HOSTILE.title in retrieved.text_content() and "<b>Quay</b> Gazette" in retrieved.text_content()
    assert "<script>window.taken" in retrieved.findtext("blockquote")
    assert pairs(report.xpath("//article")[0], ".//dl")["Expected article"] == "<opera>"


def test_the_page_needs_nothing_from_anywhere(report: html.HtmlElement) -> None:
    assert not report.xpath("//link | //iframe | //object | //embed | //use | //form | //@src | //@srcset | //@style")
    styles = "".join(report.xpath("//style/text()"))
    assert "url(" not in styles and "@import" not in styles
    (policy,) = report.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'")


def test_the_page_can_be_read_without_seeing_it(report: html.HtmlElement) -> None:
    assert report.get("lang") == "en" and report.findtext(".//title")
    pictures = report.xpath("//svg")
    assert len(pictures) == 3 and all(item.get("role") == "img" and item.get("aria-label") for item in pictures)
    for found in report.xpath("//table"):
        assert found.findtext("caption") and found.xpath("thead//th[@scope='col']")
        assert all(row[0].get("scope") == "row" for row in found.xpath("tbody/tr"))
    levels = [int(heading.tag[1]) for heading in report.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels))
    identities = report.xpath("//@id")
    assert len(identities) == len(set(identities))


def test_a_report_of_nothing_has_no_pictures(app: App) -> None:
    empty = html.document_fromstring(
        render_report(replace(measured_index(app.store.catalog, "none.jsonl", (), ()), indexed_at=""), ())
    )
    assert empty.findtext(".//h1") == "No question was asked" and not empty.xpath("//svg")
