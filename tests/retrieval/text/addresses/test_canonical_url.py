"""One page, one address: variants are taken for the same, different pages never are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.addresses.canonical_url import canonical_url, url_key

PAGE = "https://www.example.org/news/2025/bridge-toll"


@pytest.mark.parametrize(
    "variant",
    [
        PAGE,
        f" {PAGE}\n",
        f"{PAGE}#comments",
        f"{PAGE}?utm_source=feed&utm_medium=rss",
        f"{PAGE}?FBCLID=x",
        f"{PAGE}/amp",
        f"{PAGE}/amp/",
        f"{PAGE}?amp=1",
        f"{PAGE}?amp",
        f"{PAGE}?outputType=amp",
        f"{PAGE}/print/",
        f"{PAGE}?print=1&utm_campaign=x",
        f"{PAGE}?view=print",
        "https://www.google.com/amp/s/www.example.org/news/2025/bridge-toll/amp",
        "https://www.google.co.uk/amp/s/www.example.org/news/2025/bridge-toll",
        "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/news/2025/bridge-toll?amp=1",
        "HTTPS://WWW.Example.org:443/news/2025/bridge-toll",
    ],
)
def test_a_variant_of_a_page_has_the_address_of_the_page(variant: str) -> None:
    assert canonical_url(variant) == PAGE


@pytest.mark.parametrize(
    "other",
    [
        "http://example.org/news/2025/bridge-toll/",
        "https://m.example.org/news/2025/bridge-toll",
        "https://mobile.example.org/news/2025/bridge-toll",
        "https://amp.example.org/news/2025/bridge-toll",
        f"{PAGE}?#top",
    ],
)
def test_scheme_host_for_phones_and_last_slash_do_not_make_another_page(other: str) -> None:
    assert url_key(other) == url_key(PAGE) == "example.org/news/2025/bridge-toll"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PAGE, f"{PAGE}/page/2"),
        (PAGE, f"{PAGE}?page=2"),
        (PAGE, f"{PAGE}?amp=2"),
        (PAGE, f"{PAGE}?print=letters"),
        (PAGE, f"{PAGE}-amp"),
        ("https://example.org/guitars", "https://example.org/guitars/amp"),
        ("https://example.org/", "https://example.org/amp"),
        ("https://example.org/art", "https://example.org/art/print"),
        ("https://example.org/#!/news/7", "https://example.org/#!/news/8"),
        ("https://amp.dev/about", "https://dev/about"),
        ("https://amp.co.uk/a", "https://co.uk/a"),
        ("https://www.google.com/amp/s/", "https://www.google.com/"),
        ("https://example.org/News", "https://example.org/news"),
        ("https://blog.example.org/a", "https://example.org/a"),
    ],
)
def test_different_pages_stay_different(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)
    assert canonical_url(one) != canonical_url(other)


def test_the_address_to_link_keeps_what_the_server_needs() -> None:
    assert (
        canonical_url("http://Example.org/a%20b/?b=%C3%A9&a=1+2&utm_x=1") == "http://example.org/a%20b/?b=%C3%A9&a=1+2"
    )
    assert canonical_url("https://m.example.org/a") == "https://m.example.org/a"
    assert url_key("https://example.org/a?b=1&a=2") == url_key("https://example.org/a?a=2&b=1")


@pytest.mark.parametrize("url", ["", "file:///srv/news/new.md", "http://[", "mailto:a@example.org", "news/7"])
def test_what_is_no_page_on_the_web_has_no_key_and_stays_as_it_is(url: str) -> None:
    assert (canonical_url(url), url_key(url)) == (url, "")


@given(
    st.from_regex(
        r"https?://(amp\.|m\.|www\.)?[a-z]{1,5}\.(org|co\.uk)(/(amp|print|a|b-1)){0,4}/?(\?(amp=1|a=b&print=1))?",
        fullmatch=True,
    )
)
def test_an_address_that_was_kept_is_kept_as_it_is(url: str) -> None:
    assert url_key(canonical_url(url)) == url_key(url)
    assert url_key(f"https://{url_key(url)}") == url_key(url)
