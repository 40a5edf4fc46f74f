"""The people who wrote an article, out of what pages write for an author."""

import re
from collections.abc import Iterable

from retrieval.ingest.parsing.markup.markdown import people

_LONGEST_NAME = 60  # characters
_MOST_WORDS = 6
_MOST_AUTHORS = 20
# An address, a number, or a desk or agency in a person's place; the outlet says where the article is from.
_NO_PERSON = re.compile(
    r"https?:|www\.|[@/\\<>{}=]|\d|\.(?:com|org|net|co)\b|"
    r"\b(?:staff|editors?|newsroom|desk|admin|administrator|team|agency|agencies|press|ap|reuters|afp|dpa|news|redaktion|"
    r"redacci[oó]n|rédaction|redazione|unknown|author|guest|contributors?|correspondents?|reporters?|editorial|writers?|"
    r"wires?|reports?|online|magazine|media|network|inc|llc|ltd|"
    # What guesses from a byline bring along; April, May, June and August are people too.
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|july|september|october|november|december)\b",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(r"\s*(?:\||\(|\s[-–—]\s).*$", re.DOTALL)
_BEFORE_NAME = re.compile(
    r"^(?:(?:written|posted|reported|words|analysis|opinion|story)?\s*by|von|par|por)[:\s]+", re.IGNORECASE
)


def persons(written: Iterable[str], outlet: str = "") -> tuple[str, ...]:
    """Names of people, each once, in order: no addresses, desks, agencies, nor the outlet itself."""
    names = (_bare(name) for line in written for name in people(line))
    return tuple(dict.fromkeys(name for name in names if _is_person(name, outlet)))[:_MOST_AUTHORS]


def _bare(name: str) -> str:
    name = _AFTER_NAME.sub("", _BEFORE_NAME.sub("", " ".join(name.split()))).strip(" .,;:*")
    return name.title() if name.isupper() and " " in name else name


def _is_person(name: str, outlet: str) -> bool:
    if not 2 <= len(name) <= _LONGEST_NAME or len(name.split()) > _MOST_WORDS or _NO_PERSON.search(name):
        return False
    if " " not in name and name.isupper():  # an agency's initials
        return False
    return _letters(name) not in _letters(outlet) and any(map(str.isalpha, name)) and not name[0].islower()


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
