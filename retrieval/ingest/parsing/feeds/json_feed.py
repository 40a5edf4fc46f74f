"""Parse JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from html import escape
from typing import Any

from retrieval.ingest.parsing.entry import Entry, Listing, skipped_warnings
from retrieval.ingest.parsing.markup import inline_text
from retrieval.ingest.parsing.markup.authors import person_names
from retrieval.ingest.parsing.markup.html import clean_fragment
from retrieval.ingest.parsing.markup.links import absolute_url
from retrieval.text.dates import to_iso
from retrieval.text.language import language_code

MAX_ENTRIES = 5_000
_VERSION = "jsonfeed.org/version/"

Row = dict[str, Any]


def parse_json_feed(text: str, url: str) -> Listing:
    """Parse one page of a feed. Raises ValueError with the reason when it is not a JSON Feed."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise ValueError("is no feed: it begins like JSON but cannot be read as such") from exc
    if not is_json_feed(feed):
        raise ValueError('is no feed: it is JSON without the "version" and "items" of a JSON Feed')
    base = absolute_url(_string(feed, "feed_url"), url) or url
    following = absolute_url(_string(feed, "next_url"), base)
    entries = tuple(_entry(item, feed, base) for item in feed["items"][:MAX_ENTRIES] if isinstance(item, dict))
    return Listing(
        kind="JSON Feed 1.1" if "version/1.1" in feed["version"] else "JSON Feed 1.0",
        title=inline_text.unescaped(_string(feed, "title")),
        entries=entries,
        further_urls=(following,) if following and following != url else (),
        warnings=skipped_warnings(entries),
    )


def is_json_feed(value: object) -> bool:
    """Whether parsed JSON is a feed; some publishers write http or www in its version."""
    if not isinstance(value, dict) or not isinstance(value.get("items"), list):
        return False
    return _VERSION in _string(value, "version")


def _entry(item: Row, feed: Row, base: str) -> Entry:
    url = absolute_url(_string(item, "url"), base) or absolute_url(_string(item, "id"), "")
    texts = [_string(item, "content_html"), escape(_string(item, "content_text"), quote=False)]
    tags = item.get("tags")
    return Entry(
        url=url or absolute_url(_string(item, "external_url"), base),
        title=inline_text.unescaped(_string(item, "title")),
        authors=_authors(item) or _authors(feed),
        published=to_iso(item.get("date_published")),
        updated=to_iso(item.get("date_modified")),
        section=inline_text.unescaped(next((tag for tag in tags if isinstance(tag, str)), ""))
        if isinstance(tags, list)
        else "",
        language=language_code(_string(item, "language") or _string(feed, "language")),
        html=clean_fragment(max(*texts, escape(_string(item, "summary"), quote=False), key=len), url or base),
    )


def _authors(row: Row) -> tuple[str, ...]:
    """The list of authors in version 1.1, or the one author in version 1.0."""
    listed = row.get("authors")
    people = listed if isinstance(listed, list) and listed else [row.get("author")]
    names = (inline_text.unescaped(_string(person, "name")) for person in people if isinstance(person, dict))
    return person_names(names, inline_text.unescaped(_string(row, "title")))


def _string(row: Row, key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""
