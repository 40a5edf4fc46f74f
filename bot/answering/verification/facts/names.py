"""Find proper names in a text, and those that no article has."""

import calendar
import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from retrieval.quotes.speakers.names import PARTICLES, TITLES, fold, given_names
from retrieval.quotes.word_lists import word_list
from retrieval.text.terms import STOP_WORDS

REMEMBERED = 4_096  # texts: the sentences of one answer are held against the same passages
STEM = 4  # letters that a country and its people share: Iran, Iranian
SUFFIX = 3  # letters at most by which the two differ: German, Germany; Ukraine, Ukrainian
MAX_INITIALS = 5
_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[’'][^\W\d_]+)*")
_OPENS = re.compile(r"(?:^|[.!?:][”\"’']?\s+|[“\"‘(]\s*)\Z")
NameToken = tuple[str, int, int]
"""A word in lower case without accents, with its span."""


@lru_cache(REMEMBERED)
def find_names(text: str) -> tuple[Sequence[NameToken], ...]:
    """Runs of capitalised words; the first word of a sentence only where it is a given name."""
    runs = _runs(text)
    opening = [bool(_OPENS.search(text[: run[0][1]])) and run[0][0] not in given_names() for run in runs]
    return tuple(filter(None, (run[opens:] for run, opens in zip(runs, opening, strict=True))))


def unknown_name(text: str, known: Iterable[str]) -> str:
    """The first name of a text of which no known text has a word, its kin, its initials or its beginning (`Sept.`);
    empty if none."""
    texts = tuple(known)
    keys = {key for other in texts for key in _keys(other)}
    for run in find_names(text):
        for key, start, end in run:
            is_short = text[end : end + 1] == "." and any(other.startswith(key) for other in keys)
            if not (is_short or key in keys or _initials(run) in keys or any(_are_kin(key, other) for other in keys)):
                return text[start:end]
    return ""


def _are_kin(one: str, other: str) -> bool:
    """Whether two words are a country and its people, or a name and its plural; no two given names."""
    if min(len(one), len(other)) < STEM or {one, other} & given_names().keys():
        return one == f"{other}s" or other == f"{one}s"
    shared = max(STEM, max(len(one), len(other)) - SUFFIX)
    return one[:shared] == other[:shared]


@lru_cache(REMEMBERED)
def _keys(text: str) -> frozenset[str]:
    """All words of a text, and the initials of its names: `ecb` for European Central Bank."""
    parts = [
        run[start:end]
        for run in _runs(text)
        for start in range(len(run))
        for end in range(start + 2, min(len(run), start + MAX_INITIALS) + 1)
    ]
    return frozenset(map(_key, _TOKEN.findall(text))) | frozenset(map(_initials, parts))


def _initials(run: Iterable[NameToken]) -> str:
    return "".join(key[0] for key, _, _ in run)


def _runs(text: str) -> list[list[NameToken]]:
    """Neighbouring capitalised words that are no ordinary ones; particles between them are left out."""
    runs, last = list[list[NameToken]](), 0
    for match in _TOKEN.finditer(text):
        key, joins = _key(match.group()), bool(runs) and not text[last : match.start()].strip(" \xa0.-")
        if match.group()[0].isupper() and key not in _ordinary():
            if not joins:
                runs.append([])
            runs[-1].append((key, *match.span()))
            last = match.end()
        elif joins and key in PARTICLES:
            last = match.end()
    return runs


@cache
def _ordinary() -> frozenset[str]:
    days = {name.lower() for name in (*calendar.month_name, *calendar.day_name)}
    return (STOP_WORDS | word_list("not_names") | word_list("roles") | TITLES) - days - {"us"}


def _key(word: str) -> str:
    return fold(word.replace(".", "") if word.count(".") > 1 else word)
