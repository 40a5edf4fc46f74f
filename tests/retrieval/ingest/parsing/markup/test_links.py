"""The later pages of an article are told from links to other articles."""

import pytest

from retrieval.ingest.parsing.markup.links import next_page_url, page_numbers

URL = "https://post.example/news/pier"


@pytest.mark.parametrize(
    ("url", "link", "following"),
    [
        (URL, "<link rel='next' href='/news/pier?page=2'>", f"{URL}?page=2"),
        (f"{URL}/", "<a class=more href=/news/pier/2/ rel=next>2</a>", f"{URL}/2/"),
        (f"{URL}/page/2", '<link href="/news/pier/page/3" rel="next">', f"{URL}/page/3"),
        (f"{URL}?page=2", "<link rel='next' href='/news/pier?page=2'>", ""),
        (URL, "<link rel='next' title='Next post' href='/news/eels'>", ""),
        (URL, "<link rel='next' href='https://other.example/news/pier?page=2'>", ""),
        (URL, "<a href='/news/pier?page=2'>2</a>", ""),
    ],
)
def test_the_next_page_has_the_same_url_but_for_its_number(url: str, link: str, following: str) -> None:
    assert next_page_url(f"<html><head>{link}</head></html>".encode(), url) == following


def test_a_url_without_a_page_number_is_that_of_the_first_page() -> None:
    assert page_numbers(f"{URL}/") == {URL: 1}
    assert page_numbers(f"{URL}/20260303") == {f"{URL}/20260303": 1}
    assert page_numbers(f"{URL}?page=3")[URL] == 3
