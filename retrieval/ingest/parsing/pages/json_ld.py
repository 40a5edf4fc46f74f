"""Read the JSON-LD in a page's scripts, in the vocabulary of schema.org (https://schema.org/docs/gs.html)."""

import json
import re
from collections import deque
from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

JsonObject = dict[str, Any]

# Article of schema.org and its subtypes, without products and the like.
ARTICLE_TYPES = frozenset(
    "Article NewsArticle ReportageNewsArticle AnalysisNewsArticle AskPublicNewsArticle BackgroundNewsArticle "
    "OpinionNewsArticle ReviewNewsArticle AdvertiserContentArticle BlogPosting LiveBlogPosting Report Review "
    "ScholarlyArticle SatiricalArticle SocialMediaPosting TechArticle".split()
)
MEDIA_TYPES = frozenset("VideoObject ImageGallery MediaGallery AudioObject PodcastEpisode".split())
_ORGANISATION_TYPES = ("Organization", "Corporation", "Business", "WebSite")  # and their subtypes
_MAX_SCRIPT_LENGTH = 2_000_000  # characters
_MAX_OBJECTS = 5_000
_SCRIPTS = "//script[contains(translate(@type, 'LDJSON', 'ldjson'), 'ld+json')]"
# Keys under which the page's own objects are nested; items of a list (itemListElement) belong to other pages.
_NESTING_KEYS = ("@graph", "mainEntity", "mainEntityOfPage", "subjectOf")

# White space, comment and CDATA marks that publishers' templates wrap around the object; the latter read backwards.
_WRAPPING_BEFORE = re.compile(r"(?:\s|//|<!--|<!\[CDATA\[|/\*|\*/)*+")
_WRAPPING_AFTER = re.compile(r"(?:\s|//|>--|>\]\]|\*/|/\*|;)*+")
_TRAILING_COMMA = re.compile(r",(\s{0,200}[}\]])")
_INVALID_ESCAPE = re.compile(r'\\(?![\\"/bfnrtu])')


def page_objects(page: HtmlElement) -> tuple[JsonObject, ...]:
    """The page's own objects in order, with references between them (`@id`) resolved; invalid JSON is skipped."""
    own = (item for script in page.xpath(_SCRIPTS) for item in _own_objects(_parse_script(script.text or "")))
    found = list(islice(own, _MAX_OBJECTS))
    by_id = {item["@id"]: item for item in found if isinstance(item.get("@id"), str) and len(item) > 1}
    return tuple({key: _resolve(value, by_id) for key, value in item.items()} for item in found)


def object_types(item: JsonObject) -> frozenset[str]:
    """The types of an object without the URL of the vocabulary."""
    types = item.get("@type")
    names = types if isinstance(types, list) else [types]
    return frozenset(name.rstrip("/").rpartition("/")[2] for name in names if isinstance(name, str))


def find_article_object(found: tuple[JsonObject, ...], url: str) -> JsonObject:
    """The article object that has the page's URL, else the first article object; empty when there is none."""
    articles = [item for item in found if object_types(item) & ARTICLE_TYPES]
    page_key = _url_key(url)
    on_page = (item for item in articles if page_key in map(_url_key, _object_urls(item, url)))
    return next(on_page, articles[0] if articles else {})


def text_values(value: Any) -> list[str]:
    """The strings in a value, which in schema.org may be one string, several, or objects with a name."""
    items = value if isinstance(value, list) else [value]
    names = (item.get("name") if isinstance(item, dict) else item for item in items)
    flat = (part for name in names for part in (name if isinstance(name, list) else [name]))
    return [" ".join(unescape(unescape(text)).split()) for text in flat if isinstance(text, str) and text.strip()]


def body_texts(item: JsonObject) -> list[str]:
    """The whole text of an article object, which many pages repeat for machines, as HTML or plain text."""
    body = item.get("articleBody")
    return [body_html(body)] if isinstance(body, str) and object_types(item) & ARTICLE_TYPES else []


def body_html(body: str) -> str:
    """The text of an article object as HTML: some publishers escape its tags."""
    return body if "<" in body else unescape(body)


def people(value: Any) -> list[str]:
    """The names in a value such as `author`, without those of objects that are organisations and no people."""
    items = value if isinstance(value, list) else [value]
    return text_values([item for item in items if not (isinstance(item, dict) and _is_organisation(item))])


def _is_organisation(item: JsonObject) -> bool:
    types = object_types(item)
    return "Person" not in types and any(name.endswith(_ORGANISATION_TYPES) for name in types)


def _object_urls(item: JsonObject, url: str) -> Iterator[str]:
    for value in (item.get("url"), item.get("mainEntityOfPage"), item.get("@id")):
        address = (value.get("@id") or value.get("url")) if isinstance(value, dict) else value
        if isinstance(address, str):
            yield urljoin(url, address)


def _url_key(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}"


def _own_objects(value: Any) -> Iterator[JsonObject]:
    queue = deque([value])
    while queue:
        item = queue.popleft()
        if isinstance(item, list):
            queue.extendleft(reversed(item))
        elif isinstance(item, dict):
            yield item
            queue.extendleft(item[key] for key in reversed(_NESTING_KEYS) if isinstance(item.get(key), dict | list))


def _resolve(value: Any, by_id: dict[str, JsonObject]) -> Any:
    if isinstance(value, list):
        return [_resolve_reference(item, by_id) for item in value]
    return _resolve_reference(value, by_id)


def _resolve_reference(value: Any, by_id: dict[str, JsonObject]) -> Any:
    """The object that a reference points to, with the keys of the reference itself; other values unchanged."""
    if isinstance(value, dict) and isinstance(value.get("@id"), str) and value.keys() <= {"@id", "@type", "name"}:
        target = by_id.get(value["@id"], {})
        return target if target and len(value) == 1 else target | value
    return value


def _parse_script(script: str) -> Any:
    """The value in a script; None when it is not JSON even after the repair of common mistakes."""
    if len(script) > _MAX_SCRIPT_LENGTH:
        return None
    stripped = _strip_wrapping(script)
    for repair in (str, _repair_json, unescape):
        try:
            # Control characters in strings are allowed; text after the object is ignored.
            return json.JSONDecoder(strict=False).raw_decode(repair(stripped))[0]
        except (ValueError, RecursionError):
            continue
    return None


def _strip_wrapping(script: str) -> str:
    before, after = _WRAPPING_BEFORE.match(script), _WRAPPING_AFTER.match(script[::-1])
    assert before and after  # both match nothing, too
    return script[before.end() : len(script) - after.end()]


def _repair_json(script: str) -> str:
    return _INVALID_ESCAPE.sub(r"\\\\", _TRAILING_COMMA.sub(r"\1", script))
