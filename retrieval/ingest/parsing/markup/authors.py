"""Find the names of people in what pages and files write for an author."""

import re
from collections.abc import Iterable
from typing import Any

from retrieval.ingest.parsing.markup.decoding import storable

_MAX_NAME_LENGTH = 60  # characters
_MAX_NAME_WORDS = 6
_MAX_AUTHORS = 20
# A URL, e-mail address, number, or the desk or agency that stands where a person should.
_NOT_A_PERSON = re.compile(
    r"https?:|www\.|[@/\\<>{}=]|\d|\.(?:com|org|net|co)\b|"
    r"\b(?:staff|editors?|newsroom|desk|admin|administrator|team|agency|agencies|press|ap|reuters|afp|dpa|news|redaktion|"
    r"redacci[oó]n|rédaction|redazione|unknown|author|guest|contributors?|correspondents?|reporters?|editorial|writers?|"
    r"wires?|reports?|online|magazine|media|network|inc|llc|ltd|"
    # Remnants of a dateline in guessed bylines; April, May, June and August are names of people too.
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|july|september|october|november|december)\b",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(r"\s*(?:\||\(|\s[-–—]\s).*$", re.DOTALL)
_BEFORE_NAME = re.compile(
    r"^(?:(?:written|posted|reported|words|analysis|opinion|story)?\s*by|von|par|por)[:\s]+", re.IGNORECASE
)


def split_names(value: Any) -> tuple[str, ...]:
    """Split an author field: a list of strings or of objects with a name, or one string with `,`, `;` or `and`."""
    if isinstance(value, str):
        value = value.replace(";", ",").replace(" and ", ",").split(",")
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list | tuple):
        return ()
    names = (item.get("name") if isinstance(item, dict) else item for item in value)
    return tuple(
        storable(name.strip().removeprefix("By ").strip()) for name in names if isinstance(name, str) and name.strip()
    )


def person_names(lines: Iterable[str], outlet: str = "") -> tuple[str, ...]:
    """Names of people in author lines, each once, in order; not e-mail addresses, desks, agencies or the outlet."""
    names = (_strip_byline(name) for line in lines for name in split_names(line))
    return tuple(dict.fromkeys(name for name in names if _is_person(name, outlet)))[:_MAX_AUTHORS]


def _strip_byline(name: str) -> str:
    name = _AFTER_NAME.sub("", _BEFORE_NAME.sub("", " ".join(name.split()))).strip(" .,;:*")
    return name.title() if name.isupper() and " " in name else name


def _is_person(name: str, outlet: str) -> bool:
    if not 2 <= len(name) <= _MAX_NAME_LENGTH or len(name.split()) > _MAX_NAME_WORDS or _NOT_A_PERSON.search(name):
        return False
    if " " not in name and name.isupper():  # the initials of an agency
        return False
    return _letters(name) not in _letters(outlet) and any(map(str.isalpha, name)) and not name[0].islower()


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
