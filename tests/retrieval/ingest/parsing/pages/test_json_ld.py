"""JSON-LD as publishers write it, slips included."""

import time

import pytest

from retrieval.ingest.parsing.markup.html import parse_html
from retrieval.ingest.parsing.pages import json_ld
from tests.support.newspaper import URL, html, ld

ARTICLE = {"@type": "NewsArticle", "headline": "Pier closes"}


def objects(head: str) -> tuple[json_ld.JsonObject, ...]:
    return json_ld.page_objects(parse_html(html("<p>x</p>", head=head)))


def script(content: str) -> str:
    return f'<script type="application/ld+json">{content}</script>'


@pytest.mark.parametrize(
    "written",
    [
        '{"@type": "NewsArticle", "headline": "Pier closes"}',
        '[{"@type": "WebSite"}, {"@type": "NewsArticle", "headline": "Pier closes"}]',
        '{"@graph": [{"@type": "NewsArticle", "headline": "Pier closes"}]}',
        '{"@type": "WebPage", "mainEntity": {"@type": "NewsArticle", "headline": "Pier closes"}}',
        '<!-- {"@type": "NewsArticle", "headline": "Pier closes"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Pier closes"}\n//]]>',
        '{"@type": "NewsArticle", "headline": "Pier closes",}',
        '{"@type": "NewsArticle", "headline": "Pier closes"};',
        '{"@type": "NewsArticle", "headline": "Pier closes", "text": "one\ntwo\tthree"}',
        '{"@type": "NewsArticle", "headline": "Pier closes", "text": "don\\\'t"}',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;Pier closes&quot;}",
        '{"@type": ["Thing", "https://schema.org/NewsArticle"], "headline": "Pier closes"}',
    ],
)
def test_an_article_is_found_however_it_is_written(written: str) -> None:
    assert json_ld.find_article_object(objects(script(written)), URL)["headline"] == "Pier closes"


def test_a_script_that_is_no_json_hides_no_other() -> None:
    assert json_ld.find_article_object(objects(script("{oops") + ld(ARTICLE)), URL) == ARTICLE


def test_the_article_that_names_the_page_is_the_page_s() -> None:
    other, own = {"@type": "Article", "url": "/news/other"}, {"@type": "Article", "mainEntityOfPage": {"@id": URL}}
    assert json_ld.find_article_object(objects(ld(other, own)), URL) == own


def test_what_a_page_lists_is_not_its_own_article() -> None:
    listed = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": ARTICLE}]}
    assert json_ld.find_article_object(objects(ld(listed)), URL) == {}


def test_references_between_objects_are_resolved() -> None:
    graph = {
        "@graph": [{"@type": "Article", "author": {"@id": "#m"}}, {"@id": "#m", "@type": "Person", "name": "Mara"}]
    }
    assert json_ld.text_values(json_ld.find_article_object(objects(ld(graph)), URL)["author"]) == ["Mara"]


@pytest.mark.parametrize(
    "hostile", ["[" * 200_000, "{" + " " * 900_000 + "<!--", '{"a":' * 100_000, "{" + ", " * 400_000]
)
def test_hostile_scripts_cost_little(hostile: str) -> None:
    started = time.monotonic()
    assert json_ld.find_article_object(objects(script(hostile)), URL) == {}
    assert time.monotonic() - started < 3
