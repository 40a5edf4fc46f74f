"""The posts that a WordPress site lists, its pages, and what its API says when it does not want to."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.ingest.parsing.entry import Entry, Listing
from retrieval.ingest.parsing.feeds import wordpress

API = "https://post.example/wp-json/"
POST = {
    "link": "https://post.example/2026/pier/",
    "date": "2026-03-03T09:00:00",
    "date_gmt": "2026-03-03T08:00:00",
    "modified_gmt": "2026-03-04T09:30:00",
    "title": {"rendered": "The pier&#8217;s <em>end</em> &amp; more"},
    "content": {"rendered": "<p>All of the text.</p>", "protected": False},
    "excerpt": {"rendered": "<p>All &hellip;</p>", "protected": False},
    "_embedded": {
        "author": [{"name": "Mara Lind"}, {"code": "rest_user_invalid_id"}],
        "wp:term": [[{"name": "Town &amp; sea"}], [{"name": "piers"}]],
    },
}


def read(found: object, page: int = 1, pages: int = 1) -> Listing:
    return wordpress.parse_wordpress_posts(json.dumps(found).encode(), wordpress.posts_url(API, page), pages, page)


def only(**changes: object) -> Entry:
    (found,) = read([POST | changes]).entries
    return found


def test_a_post_gives_all_that_is_known_of_an_article() -> None:
    assert only() == Entry(
        url="https://post.example/2026/pier/",
        title="The pier’s end & more",
        authors=("Mara Lind",),
        published="2026-03-03T08:00:00+00:00",
        updated="2026-03-04T09:30:00+00:00",
        section="Town & sea",
        html="<p>All of the text.</p>",
    )


def test_a_protected_post_keeps_its_text() -> None:
    hidden = {"rendered": "<form>Password?</form>", "protected": True}
    assert only(content=hidden, excerpt=hidden).html == ""


def test_shortcodes_of_plugins_that_are_gone_are_taken_off() -> None:
    text = '<p>[vc_row css="x"]He said “it [sic] ends” [1][/vc_row] [gallery ids="1,2"][caption]Pier[/caption]</p>'
    assert only(content={"rendered": text}).html == "<p>He said “it [sic] ends” [1] Pier</p>"


def test_a_post_without_a_day_in_utc_has_the_one_of_its_site() -> None:
    assert only(date_gmt="0000-00-00T00:00:00").published == "2026-03-03T09:00:00"


def test_posts_are_asked_for_with_author_and_section_the_last_changed_first() -> None:
    options = "per_page=100&page=2&orderby=modified&order=desc&_embed=author,wp:term"
    assert wordpress.posts_url(API, 2) == f"https://post.example/wp-json/wp/v2/posts?{options}"
    assert wordpress.posts_url("https://post.example/?rest_route=/", 2) == (
        f"https://post.example/?rest_route=/wp/v2/posts&{options}"
    )


def test_the_next_page_is_more_until_the_last() -> None:
    (following,) = read([POST], page=1, pages=2).further_urls
    assert wordpress.parse_wordpress_posts(b"[]", following, 2, 2).further_urls == ()
    assert "page=2" in following.split("?")[1].split("&")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"code": "rest_no_route", "message": "No route was found."}', r"No route was found \(rest_no_route\)"),
        (b'{"code": "rest_forbidden"}', "gives no reason"),
        (b"<html>", "it is no JSON"),
        (b"[" * 100_000, "it is no JSON"),
        (b"[1]", "no list of posts"),
        (b'{"posts": []}', "no list of posts"),
        (b"[" + b" " * wordpress.MAX_PAGE_BYTES + b"]", "is larger than"),
    ],
)
def test_what_is_no_list_of_posts_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        wordpress.parse_wordpress_posts(content, wordpress.posts_url(API, 1), 1, 1)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["rendered", "author", "name"]), inner),
)


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from(list(POST)), _VALUES))
def test_any_post_is_read_or_refused(changes: dict[str, object]) -> None:
    try:
        assert len(read([POST | changes]).entries) == 1
    except ValueError as exc:
        assert "no list of posts" in str(exc)  # noqa: PT017
