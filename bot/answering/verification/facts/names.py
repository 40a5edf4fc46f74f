"""Find proper names in a sentence, and those that the articles do not have."""

import calendar
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from retrieval.quotes.speakers.names import PARTICLES, TITLES, fold, given_names
from retrieval.quotes.word_lists import word_list
from retrieval.text.terms import STOP_WORDS

REMEMBERED = 4_096  # texts: the sentences of one answer are held against the same passages
STEM = 4  # letters that a country and its people share: Iran, Iranian
SUFFIX = 3  # letters at most by which the two differ: German, Germany; Ukraine, Ukrainian
_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[’'][^\W\d_]+)*")
_OPENS = re.compile(r"(?:^|[.!?:][”\"’']?\s+|[“\"‘(]\s*)\Z")
MONTHS = frozenset(name.lower() for name in calendar.month_name if name)
WEEKDAYS = frozenset(name.lower() for name in calendar.day_name)
NameToken = tuple[str, int, int]
"""A word in lower case without accents, with its span."""


def find_names(text: str, known: Iterable[str] = ()) -> list[list[NameToken]]:
    """Runs of capitalised words; the first word of a sentence only where it is a known name or stands before another.

    `known` are texts whose names count as known.
    """
    names = {key for other in known for key in _names_within(other)}
    runs = list[list[NameToken]]()
    for run in _runs(text):
        opens = bool(_OPENS.search(text[: run[0][1]]))
        is_known = run[0][0] in names or run[0][0] in given_names()
        kept = run[1:] if opens and not is_known else run
        if kept:
            runs.append(kept)
    return runs


def unknown_name(text: str, known: Iterable[str]) -> str:
    """The first name of a text of which no known text has a word, its kin, its initials or its beginning (`Sept.`);
    empty if none."""
    texts = tuple(known)
    keys = frozenset(key for other in texts for key in _words(other))
    initials = frozenset(short for other in texts for short in _initials(other))
    for run in find_names(text, texts):
        for key, start, end in run:
            is_short = text[end : end + 1] == "." and any(other.startswith(key) for other in keys)
            is_named = is_short or key in keys or key in initials or any(are_kin(key, other) for other in keys)
            if not is_named and "".join(word[0] for word, _, _ in run) not in keys:
                return text[start:end]
    return ""


def are_kin(one: str, other: str) -> bool:
    """Whether two words are a country and its people, or a name and its plural; no two given names."""
    if min(len(one), len(other)) < STEM or {one, other} & set(given_names()):
        return one == f"{other}s" or other == f"{one}s"
    shared = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    at = min(len(one), len(other)) if shared is None else shared
    return at >= STEM and max(len(one), len(other)) - at <= SUFFIX


@lru_cache(REMEMBERED)
def _words(text: str) -> frozenset[str]:
    return frozenset(_key(match.group()) for match in _TOKEN.finditer(text))


@lru_cache(REMEMBERED)
def _names_within(text: str) -> frozenset[str]:
    """Words with a capital where no sentence begins."""
    return frozenset(
        key for run in _runs(text) for key, start, _ in run if start != run[0][1] or not _OPENS.search(text[:start])
    )


@lru_cache(REMEMBERED)
def _initials(text: str) -> frozenset[str]:
    """`ecb` for European Central Bank."""
    return frozenset(
        "".join(key[0] for key, _, _ in run[start:end])
        for run in _runs(text)
        for start in range(len(run))
        for end in range(start + 2, min(len(run), start + 5) + 1)
    )


def _runs(text: str) -> Iterator[list[NameToken]]:
    """Neighbouring capitalised words that are no ordinary ones; particles between them are left out."""
    run, last = list[NameToken](), 0
    for match in _TOKEN.finditer(text):
        key = _key(match.group())
        joins = not text[last : match.start()].strip(" \xa0.-")
        if match.group()[0].isupper() and key not in _ordinary():
            if run and not joins:
                yield run
                run = []
            run.append((key, *match.span()))
        elif not (run and joins and key in PARTICLES):
            if run:
                yield run
            run = []
        last = match.end()
    if run:
        yield run


@cache
def _ordinary() -> frozenset[str]:
    return (STOP_WORDS | word_list("not_names") | word_list("roles") | TITLES) - MONTHS - WEEKDAYS - {"us"}


def _key(word: str) -> str:
    return fold(word.replace(".", "") if word.count(".") > 1 else word)
