"""WordPress' own list of posts to articles: https://developer.wordpress.org/rest-api/reference/posts/"""

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from retrieval.ingest.parsing.entry import Entry, Listing
from retrieval.ingest.parsing.markup import inline_text
from retrieval.ingest.parsing.markup.feed_dates import parse_feed_date
from retrieval.ingest.parsing.markup.html_fragment import cleaned
from retrieval.ingest.parsing.markup.links import absolute_url
from retrieval.ingest.parsing.markup.xml import decoded

LARGEST = 20_000_000  # bytes, for one page of a hundred posts
A_PAGE = 100  # posts, the most that WordPress gives
_POSTS = "wp/v2/posts"
_SHORTCODE = re.compile(
    r"\[(/?)([a-z][a-z0-9_-]{1,40})((?:\s+[\w-]{1,40}=(?:\"[^\"\]]*\"|'[^'\]]*'|[^\s\]]+))*)\s*/?\]"
)

Row = dict[str, Any]


def root_of(url: str) -> str:
    """The address of a site's API, from that of the site, of its API, or of anything in it."""
    parts = urlsplit(url)
    before, found, _ = parts.path.partition("/wp-json")
    if found:
        return urlunsplit((parts.scheme, parts.netloc, f"{before}/wp-json/", "", ""))
    if any(key == "rest_route" for key, _ in parse_qsl(parts.query)):
        return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", "rest_route=/", ""))
    return urlunsplit((parts.scheme, parts.netloc, f"{parts.path.rstrip('/')}/wp-json/", "", ""))


def posts_url(root: str, page: int, after: str = "") -> str:
    """A page of posts, the last changed first; with `after` (ISO 8601) only those changed since then."""
    asked = {"per_page": A_PAGE, "page": page, "orderby": "modified", "order": "desc", "_embed": "author,wp:term"}
    options = urlencode(asked | ({"modified_after": after} if after else {}), safe=":,")
    parts = urlsplit(root)
    if "rest_route" in parts.query:
        return urlunsplit((parts.scheme, parts.netloc, parts.path, f"rest_route=/{_POSTS}&{options}", ""))
    return f"{root.rstrip('/')}/{_POSTS}?{options}"


def parse_wordpress_posts(content: bytes, url: str, pages: int, page: int) -> Listing:
    """The posts on one of so many pages; `more` is the next. Raises ValueError with the reason when there are none."""
    if len(content) > LARGEST:
        raise ValueError(f"is larger than {LARGEST:,} bytes, more than {A_PAGE} posts may have")
    try:
        found = json.loads(decoded(content))
    except (ValueError, RecursionError) as exc:
        raise ValueError("is no answer of WordPress: it is no JSON") from exc
    if isinstance(found, dict) and isinstance(found.get("code"), str):
        raise ValueError(f"WordPress refuses: {_sentence(found)} ({inline_text.plain(found['code'])[:60]})")
    if not is_wordpress_posts(found):
        raise ValueError("is no answer of WordPress: it is JSON, but no list of posts")
    return Listing(
        kind="WordPress",
        entries=tuple(_entry(post, url) for post in found[:A_PAGE]),
        more=(_turned(url, page + 1),) if 0 < page < pages else (),
    )


def is_wordpress_posts(found: object) -> bool:
    """Whether parsed JSON is a list of posts; an empty one may be."""
    return isinstance(found, list) and all(
        isinstance(post, dict) and isinstance(post.get("link"), str) and isinstance(post.get("title"), dict)
        for post in found
    )


def _sentence(error: Row) -> str:
    said = error.get("message")
    return inline_text.from_html(said).rstrip(".")[:200] if isinstance(said, str) and said else "it gives no reason"


def _turned(url: str, page: int) -> str:
    """The same address for another page."""
    parts = urlsplit(url)
    asked = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != "page"]
    return urlunsplit(parts._replace(query=urlencode([*asked, ("page", page)], safe=":,/")))


def _entry(post: Row, url: str) -> Entry:
    link = absolute_url(post["link"], url)
    return Entry(
        url=link,
        title=inline_text.from_html(_rendered(post, "title")),
        authors=_names(post, "author"),
        published=_utc(post, "date"),
        updated=_utc(post, "modified"),
        section=next(iter(_names(post, "wp:term")), ""),
        html=cleaned(max(_text(post, "content"), _text(post, "excerpt"), key=len), link or url),
    )


def _text(post: Row, kind: str) -> str:
    """What WordPress makes of a text, nothing where it asks for a password first."""
    field = post.get(kind)
    return "" if isinstance(field, dict) and field.get("protected") else _without_shortcodes(_rendered(post, kind))


def _rendered(post: Row, kind: str) -> str:
    field = post.get(kind)
    rendered = field.get("rendered") if isinstance(field, dict) else None
    return rendered if isinstance(rendered, str) else ""


def _without_shortcodes(html: str) -> str:
    """Without what a plugin that is gone left behind (`[vc_row css="x"]`); `[sic]` stays."""
    closed = {found[2] for found in _SHORTCODE.finditer(html) if found[1]}

    def left(found: re.Match[str]) -> str:
        return "" if found[1] or found[3] or "_" in found[2] or found[2] in closed else found[0]

    return _SHORTCODE.sub(left, html)


def _names(post: Row, kind: str) -> tuple[str, ...]:
    """Of what is embedded: authors are a list, terms a list of lists with categories first."""
    embedded = post.get("_embedded")
    listed = embedded.get(kind) if isinstance(embedded, dict) else None
    flat = (
        (row for rows in listed for row in (rows if isinstance(rows, list) else [rows]))
        if isinstance(listed, list)
        else ()
    )
    written = (row["name"] for row in flat if isinstance(row, dict) and isinstance(row.get("name"), str))
    return tuple(dict.fromkeys(filter(None, map(inline_text.from_html, written))))


def _utc(post: Row, kind: str) -> str:
    """WordPress writes `_gmt` without saying that it is; the site's own time where it has none."""
    day = parse_feed_date(post.get(f"{kind}_gmt"))
    if len(day) < len("2026-03-03T08:00:00"):
        return parse_feed_date(post.get(kind))
    read = datetime.fromisoformat(day)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).isoformat(timespec="seconds")
