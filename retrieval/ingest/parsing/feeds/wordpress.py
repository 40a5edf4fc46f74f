"""Parse lists of posts from the REST API of WordPress: https://developer.wordpress.org/rest-api/reference/posts/"""

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from retrieval.ingest.parsing.entry import Entry, Listing
from retrieval.ingest.parsing.markup import inline_text
from retrieval.ingest.parsing.markup.authors import person_names
from retrieval.ingest.parsing.markup.decoding import decode_xml
from retrieval.ingest.parsing.markup.html import clean_fragment
from retrieval.ingest.parsing.markup.links import absolute_url
from retrieval.text.dates import to_iso

MAX_PAGE_BYTES = 20_000_000
POSTS_PER_PAGE = 100  # the maximum of WordPress
_POSTS = "wp/v2/posts"
_SHORTCODE = re.compile(
    r"\[(/?)([a-z][a-z0-9_-]{1,40})((?:\s+[\w-]{1,40}=(?:\"[^\"\]]*\"|'[^'\]]*'|[^\s\[\]]+)){0,300})\s*/?\]"
)

Row = dict[str, Any]


def posts_url(root: str, page: int) -> str:
    """URL of one page of posts at the API `root`, the last modified post first."""
    query = {"per_page": POSTS_PER_PAGE, "page": page, "orderby": "modified", "order": "desc"}
    options = urlencode(query | {"_embed": "author,wp:term"}, safe=":,")
    parts = urlsplit(root)
    if "rest_route" in parts.query:
        return urlunsplit((parts.scheme, parts.netloc, parts.path, f"rest_route=/{_POSTS}&{options}", ""))
    return f"{root.rstrip('/')}/{_POSTS}?{options}"


def parse_wordpress_posts(content: bytes, url: str, pages: int, page: int) -> Listing:
    """Parse page number `page` of `pages`; `further_urls` has the next one.

    Raises ValueError with the reason when it is not a list of posts.
    """
    if len(content) > MAX_PAGE_BYTES:
        raise ValueError(f"is larger than {MAX_PAGE_BYTES:,} bytes, more than {POSTS_PER_PAGE} posts may have")
    try:
        answer = json.loads(decode_xml(content))
    except (ValueError, RecursionError) as exc:
        raise ValueError("is no answer of WordPress: it is no JSON") from exc
    if isinstance(answer, dict) and isinstance(answer.get("code"), str):
        raise ValueError(f"WordPress refuses: {_error_message(answer)} ({inline_text.plain(answer['code'])[:60]})")
    if not is_wordpress_posts(answer):
        raise ValueError("is no answer of WordPress: it is JSON, but no list of posts")
    return Listing(
        kind="WordPress",
        entries=tuple(_entry(post, url) for post in answer[:POSTS_PER_PAGE]),
        further_urls=(_url_of_page(url, page + 1),) if 0 < page < pages else (),
    )


def is_wordpress_posts(value: object) -> bool:
    """Whether parsed JSON is a list of posts; an empty list is."""
    return isinstance(value, list) and all(
        isinstance(post, dict) and isinstance(post.get("link"), str) and isinstance(post.get("title"), dict)
        for post in value
    )


def _error_message(error: Row) -> str:
    message = error.get("message")
    return (
        inline_text.from_html(message).rstrip(".")[:200]
        if isinstance(message, str) and message
        else "it gives no reason"
    )


def _url_of_page(url: str, page: int) -> str:
    """The same URL with another page number."""
    parts = urlsplit(url)
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != "page"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("page", page)], safe=":,/")))


def _entry(post: Row, url: str) -> Entry:
    link = absolute_url(post["link"], url)
    return Entry(
        url=link,
        title=inline_text.from_html(_rendered(post, "title")),
        authors=person_names(_names(post, "author")),
        published=_utc_date(post, "date"),
        updated=_utc_date(post, "modified"),
        section=next(iter(_names(post, "wp:term")), ""),
        html=clean_fragment(max(_text(post, "content"), _text(post, "excerpt"), key=len), link or url),
    )


def _text(post: Row, kind: str) -> str:
    """The rendered field without shortcodes; empty for a post that is protected by a password."""
    field = post.get(kind)
    return "" if isinstance(field, dict) and field.get("protected") else _without_shortcodes(_rendered(post, kind))


def _rendered(post: Row, kind: str) -> str:
    field = post.get(kind)
    rendered = field.get("rendered") if isinstance(field, dict) else None
    return rendered if isinstance(rendered, str) else ""


def _without_shortcodes(html: str) -> str:
    """Remove shortcodes that a deactivated plugin left behind (`[vc_row css="x"]`); `[sic]` stays."""
    closed = {found[2] for found in _SHORTCODE.finditer(html) if found[1]}

    def replace(found: re.Match[str]) -> str:
        return "" if found[1] or found[3] or "_" in found[2] or found[2] in closed else found[0]

    return _SHORTCODE.sub(replace, html)


def _names(post: Row, kind: str) -> tuple[str, ...]:
    """Names in `_embedded`: authors are a list, terms a list of lists with the categories first."""
    embedded = post.get("_embedded")
    listed = embedded.get(kind) if isinstance(embedded, dict) else None
    flat = (
        (row for rows in listed for row in (rows if isinstance(rows, list) else [rows]))
        if isinstance(listed, list)
        else ()
    )
    names = (row["name"] for row in flat if isinstance(row, dict) and isinstance(row.get("name"), str))
    return tuple(dict.fromkeys(filter(None, map(inline_text.from_html, names))))


def _utc_date(post: Row, kind: str) -> str:
    """The `_gmt` date, which WordPress writes without an offset; the date in the site's own time if there is none."""
    date = to_iso(post.get(f"{kind}_gmt"))
    if len(date) < len("2026-03-03T08:00:00"):
        return to_iso(post.get(kind))
    moment = datetime.fromisoformat(date)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat(timespec="seconds")
