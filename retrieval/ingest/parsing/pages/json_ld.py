"""What a page says of itself in schema.org's words, as JSON-LD in its scripts (https://schema.org/docs/gs.html)."""

import json
import re
from collections import deque
from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

Object = dict[str, Any]

# Subtypes of schema.org's Article that are news; Product pages and the like are none.
ARTICLES = frozenset(
    "Article NewsArticle ReportageNewsArticle AnalysisNewsArticle AskPublicNewsArticle BackgroundNewsArticle "
    "OpinionNewsArticle ReviewNewsArticle AdvertiserContentArticle BlogPosting LiveBlogPosting Report Review "
    "ScholarlyArticle SatiricalArticle SocialMediaPosting TechArticle".split()
)
MEDIA = frozenset("VideoObject ImageGallery MediaGallery AudioObject PodcastEpisode".split())
_LARGEST_SCRIPT = 2_000_000  # characters
_MOST_OBJECTS = 5_000
_SCRIPTS = "//script[contains(translate(@type, 'LDJSON', 'ldjson'), 'ld+json')]"
# Where the page's own object stands; what it lists (itemListElement) or recommends is another page's.
_HOLDERS = ("@graph", "mainEntity", "mainEntityOfPage", "subjectOf")

# What publishers' templates wrap around the object.
_OPENING = ("//", "<!--", "<![CDATA[", "/*", "*/")
_CLOSING = ("//", "-->", "]]>", "/*", "*/", ";")
_COMMA_AT_END = re.compile(r",(\s{0,200}[}\]])")
_NO_ESCAPE = re.compile(r'\\(?![\\"/bfnrtu])')


def objects(page: HtmlElement) -> tuple[Object, ...]:
    """The page's own objects in order, references between them (`@id`) resolved; what is no JSON is left out."""
    every = (one for script in page.xpath(_SCRIPTS) for one in _own(_parsed(script.text or "")))
    found = list(islice(every, _MOST_OBJECTS))
    named = {one["@id"]: one for one in found if isinstance(one.get("@id"), str) and len(one) > 1}
    return tuple({key: _resolved(value, named) for key, value in one.items()} for one in found)


def types(item: Object) -> frozenset[str]:
    """The types of an object without the vocabulary's address."""
    named = item.get("@type")
    every = named if isinstance(named, list) else [named]
    return frozenset(name.rstrip("/").rpartition("/")[2] for name in every if isinstance(name, str))


def article(found: tuple[Object, ...], url: str) -> Object:
    """The object of the article whose page this is: the one that names the page's address, else the first; or empty."""
    articles = [one for one in found if types(one) & ARTICLES]
    here = _place(url)
    return next((one for one in articles if here in map(_place, _addresses(one, url))), articles[0] if articles else {})


def texts(value: Any) -> list[str]:
    """The strings in a value that schema.org lets be one, several, or objects with a name."""
    every = value if isinstance(value, list) else [value]
    names = (one.get("name") if isinstance(one, dict) else one for one in every)
    flat = (part for name in names for part in (name if isinstance(name, list) else [name]))
    return [" ".join(unescape(text).split()) for text in flat if isinstance(text, str) and text.strip()]


def _addresses(one: Object, url: str) -> Iterator[str]:
    for value in (one.get("url"), one.get("mainEntityOfPage"), one.get("@id")):
        address = (value.get("@id") or value.get("url")) if isinstance(value, dict) else value
        if isinstance(address, str):
            yield urljoin(url, address)


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}"


def _own(value: Any) -> Iterator[Object]:
    waiting = deque([value])
    while waiting:
        one = waiting.popleft()
        if isinstance(one, list):
            waiting.extendleft(reversed(one))
        elif isinstance(one, dict):
            yield one
            waiting.extendleft(one[key] for key in reversed(_HOLDERS) if isinstance(one.get(key), dict | list))


def _resolved(value: Any, named: dict[str, Object]) -> Any:
    if isinstance(value, list):
        return [_target(one, named) for one in value]
    return _target(value, named)


def _target(value: Any, named: dict[str, Object]) -> Any:
    """What a reference stands for, with what it says itself; anything else as it is."""
    if isinstance(value, dict) and isinstance(value.get("@id"), str) and value.keys() <= {"@id", "@type", "name"}:
        return named.get(value["@id"], {}) | value
    return value


def _parsed(script: str) -> Any:
    """The value in a script, None where it cannot be read even without its template's slips."""
    if len(script) > _LARGEST_SCRIPT:
        return None
    bare = _bare(script)
    for repaired in (str, _without_slips, unescape):
        try:
            # Control characters in strings are let pass; what follows the object is not looked at.
            return json.JSONDecoder(strict=False).raw_decode(repaired(bare))[0]
        except (ValueError, RecursionError):
            continue
    return None


def _bare(script: str) -> str:
    script = script.strip()
    while script.startswith(_OPENING) or script.endswith(_CLOSING):
        before = len(script)
        for mark in _OPENING:
            script = script.removeprefix(mark).lstrip()
        for mark in _CLOSING:
            script = script.removesuffix(mark).rstrip()
        if len(script) == before:
            break
    return script


def _without_slips(script: str) -> str:
    return _NO_ESCAPE.sub(r"\\\\", _COMMA_AT_END.sub(r"\1", script))
