"""Find proper names in a text, and those that no article has."""

import calendar
import re
from collections.abc import Iterable
from functools import cache, lru_cache

from retrieval.quotes.speakers.names import TITLES, fold, given_names
from retrieval.quotes.word_lists import word_list
from retrieval.text.terms import STOP_WORDS

REMEMBERED = 4_096  # texts: the sentences of one answer are held against the same passages
STEM = 4  # letters that a country and its people share: Iran, Iranian
SUFFIX = 3  # letters at most by which the two differ: German, Germany; Ukraine, Ukrainian
_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[’'][^\W\d_]+)*")
_OPENS = re.compile(r"(?:^|[.!?:][”\"’']?\s+|[“\"‘(]\s*)\Z")


@lru_cache(REMEMBERED)
def find_names(text: str) -> tuple[re.Match[str], ...]:
    """Capitalised words that are no ordinary ones; the first word of a sentence only where it is a given name."""
    capitals = (match for match in _TOKEN.finditer(text) if match[0][0].isupper() and _key(match[0]) not in _ordinary())
    return tuple(
        match for match in capitals if _key(match[0]) in given_names() or not _OPENS.search(text[: match.start()])
    )


def unknown_name(text: str, known: Iterable[str]) -> str:
    """The first name of a text that no known text has, nor its kin, its long form or its abbreviation, else empty."""
    texts = tuple(known)
    keys = frozenset[str]().union(*map(_keys, texts))
    names = (match for match in find_names(text) if _key(match[0]) not in keys)
    return next((match[0] for match in names if not _is_known(match, keys, texts)), "")


def _is_known(name: re.Match[str], keys: Iterable[str], texts: Iterable[str]) -> bool:
    """Whether some texts have a word of a name's kin, one that it abbreviates, or words of its initials."""
    key, is_short = _key(name[0]), name.string[name.end() : name.end() + 1] == "."
    if any(_are_kin(key, other) or (is_short and other.startswith(key)) for other in keys):
        return True
    initials = [char for char in name[0] if char.isupper()]
    long_form = re.compile(r"\b" + r"\w+\W+(?:\w{1,3}\W+)?".join(initials))
    return len(initials) > 1 and any(map(long_form.search, texts))


def _are_kin(one: str, other: str) -> bool:
    """Whether two words are a country and its people, or a name and its plural; no two given names."""
    if min(len(one), len(other)) < STEM or {one, other} & given_names().keys():
        return one == f"{other}s" or other == f"{one}s"
    shared = max(STEM, max(len(one), len(other)) - SUFFIX)
    return one[:shared] == other[:shared]


@lru_cache(REMEMBERED)
def _keys(text: str) -> frozenset[str]:
    return frozenset(map(_key, _TOKEN.findall(text)))


@cache
def _ordinary() -> frozenset[str]:
    days = {name.lower() for name in (*calendar.month_name, *calendar.day_name)}
    return (STOP_WORDS | word_list("not_names") | word_list("roles") | TITLES) - days - {"us"}


def _key(word: str) -> str:
    return fold(word.replace(".", "") if word.count(".") > 1 else word)
