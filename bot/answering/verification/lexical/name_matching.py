"""Find proper names in a sentence and check that the articles have them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.answering.verification.lexical.figures import REMEMBERED
from bot.answering.verification.lexical.lazy_property import lazy_property
from retrieval.quotes.speakers.names import PARTICLES, TITLES, fold, given_names
from retrieval.quotes.word_lists import word_list
from retrieval.text.terms import STOP_WORDS

_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
_MONTHS = "january february march april may june july august september october november december".split()
_SHORT_MONTHS = {month[:3]: month for month in _MONTHS} | {"sept": "september"}
_POLITE = frozenset("mr mrs ms mx dr prof sir i".split())
_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[’'][^\W\d_]+)*")
_OPENS = re.compile(r"(?:^|[.!?:][”\"’']?\s+|[“\"‘(]\s*)\Z")
_BEFORE_SPEECH = re.compile(
    r"\s+(?:said|says|told|tells|added|argued|warned|called|denied|insisted|announced|explained|claimed)\b"
)
# What turns the name of a place into what is from there; the rest of the two words must be one stem.
_FROM_THERE = frozenset("an ian n ish ese i ic".split())
_PLACE = frozenset(["", "a", "y", "ia", "e", "land", "any", "ay"])
STEM = 5  # letters that a country and its people must share


@dataclass(frozen=True, slots=True)
class WordToken:
    """A word with its place; `key` is the word for comparing."""

    key: str
    start: int
    end: int
    is_capital: bool


@lru_cache(REMEMBERED)
def tokens(text: str) -> tuple[WordToken, ...]:
    """The words of a text."""
    return tuple(
        WordToken(_key(match.group()), *match.span(), is_capital=match.group()[0].isupper())
        for match in _TOKEN.finditer(text)
    )


@dataclass(frozen=True)
class KnownNames:
    """Texts in which names are looked up; names in the question `asked` count in any case."""

    texts: tuple[str, ...]
    asked: str = ""

    @lazy_property
    def runs(self) -> list[list[str]]:
        return [[token.key for token in run] for text in self.texts for run in _runs(text, tokens(text))]

    @lazy_property
    def capital(self) -> frozenset[str]:
        asked = {token.key for token in tokens(self.asked)} - STOP_WORDS
        return frozenset(key for run in self.runs for key in run) | asked

    @lazy_property
    def proper(self) -> frozenset[str]:
        """Words with a capital where no sentence begins."""
        return frozenset(
            token.key
            for text in self.texts
            for run in _runs(text, tokens(text))
            for token in run[bool(_OPENS.search(text[: run[0].start])) :]
        )

    @lazy_property
    def every(self) -> frozenset[str]:
        return frozenset(token.key for text in (*self.texts, self.asked) for token in tokens(text))

    @lazy_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        asked = [token.key for token in tokens(self.asked)]
        return frozenset(
            (one, two) for run in (*self.runs, asked) for at, one in enumerate(run) for two in run[at + 1 : at + 4]
        )

    @lazy_property
    def initials(self) -> frozenset[str]:
        """`ecb` for European Central Bank."""
        return frozenset(
            "".join(key[0] for key in run[start:end])
            for run in self.runs
            for start in range(len(run))
            for end in range(start + 2, min(len(run), start + 5) + 1)
        )

    def has(self, key: str) -> bool:
        """Whether the name occurs, as it is, as a country for its people or the reverse, or by its initials."""
        if key in self.capital or (key in TITLES | word_list("roles") and key in self.every):
            return True
        return key in self.initials or any(are_variants(key, other) for other in self.capital)


def find_names(text: str, known: KnownNames) -> list[list[WordToken]]:
    """Runs of capitalised words that are names: not at the text's start unless they are known or look like one."""
    runs = (_without_start(text, run, known) for run in _runs(text, tokens(text)))
    kept = [[token for token in run if token.key not in _POLITE] for run in runs]
    return [run for run in kept if run]


def unknown_name(text: str, known: KnownNames) -> str:
    """The first name of a text that the known texts do not have, or not with the word before it; empty if none."""
    for run in find_names(text, known):
        keys = [token.key for token in run]
        if "".join(key[0] for key in keys) in known.capital and len(keys) > 1:
            continue
        for at, key in enumerate(keys):
            if not known.has(key):
                return text[run[at].start : run[at].end]
            if at and not _stand_together(keys[at - 1], key, known):
                return text[run[at - 1].start : run[at].end]
    return ""


def replaced_name(text: str, held: str, facts: Sequence[str], known: KnownNames) -> str:
    """A name of a text that neither what it rests on nor the facts have, while that names another; empty if none."""
    mine, theirs = ([_last(run) for run in find_names(part, known)] for part in (text, held))
    there = KnownNames((held, *facts)).every
    missing = [key for key in mine if key and not any(are_variants(key, other) for other in there)]
    others = [key for key in theirs if key and key not in mine]
    return missing[0] if missing and others else ""


def _last(run: Sequence[WordToken]) -> str:
    """The word a name is known by, empty where it is a day, a month or an office."""
    key = run[-1].key
    return "" if is_time(key) or key in TITLES | word_list("roles") | word_list("things") else key


def is_name(token: WordToken) -> bool:
    """Whether a word is written as a name is, and is no ordinary one."""
    return token.is_capital and token.key not in _idle() | word_list("roles") | TITLES


def name_runs(text: str) -> list[list[WordToken]]:
    """Runs of words that are written as names are."""
    runs = ([token for token in run if is_name(token)] for run in _runs(text, tokens(text)))
    return [run for run in runs if run]


def is_time(key: str) -> bool:
    """Whether the word names a day or a month."""
    return key in _DAYS or key in _MONTHS


def _stand_together(one: str, two: str, known: KnownNames) -> bool:
    loose = TITLES | word_list("roles") | _DAYS | frozenset(_MONTHS)
    if one in loose or two in loose or (one, two) in known.pairs:
        return True
    return any(
        are_variants(one, first) and (two == second or are_variants(two, second)) for first, second in known.pairs
    )


def _without_start(text: str, run: Sequence[WordToken], known: KnownNames) -> list[WordToken]:
    first = run[0]
    if not _OPENS.search(text[: first.start]) or _is_name_at_start(text, run, known):
        return list(run)
    return list(run[1:])


def _is_name_at_start(text: str, run: Sequence[WordToken], known: KnownNames) -> bool:
    first = run[0]
    if first.key in STOP_WORDS or first.key in _POLITE:
        return False
    if is_time(first.key) or first.key in given_names():
        return True
    ordinary = first.key in word_list("not_names") | word_list("roles") | TITLES
    if ordinary or (first.key in known.every and first.key not in known.capital):
        return False
    return first.key in known.proper or len(run) > 1 or bool(_BEFORE_SPEECH.match(text, first.end))


def _runs(text: str, found: Sequence[WordToken]) -> list[list[WordToken]]:
    """Neighbouring capitalised words; particles between them are left out."""
    runs: list[list[WordToken]] = []
    last: WordToken | None = None
    for token in found:
        if token.is_capital and token.key not in _idle():
            if last and runs and not text[last.end : token.start].strip(" \xa0.-"):
                runs[-1].append(token)
            else:
                runs.append([token])
            last = token
        elif token.key not in PARTICLES or not last:
            last = None
        else:
            last = token
    return runs


@cache
def _idle() -> frozenset[str]:
    return (STOP_WORDS | word_list("not_names")) - _DAYS - frozenset(_MONTHS) - {"us", "will", "mark"}


def are_variants(one: str, other: str) -> bool:
    """`germany` and `german`, `russia` and `russian`, `democrat` and `democrats`; no two given names."""
    if one == other or other == f"{one}s" or one == f"{other}s":
        return True
    if min(len(one), len(other)) < STEM or one[:STEM] != other[:STEM] or {one, other} & set(given_names()):
        return False
    shared = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    at = min(len(one), len(other)) if shared is None else shared
    ends = {one[at:], other[at:]}
    if ends == {"", "n"}:
        return one[at - 1] == "a"
    if ends == {"", "y"}:
        return one[at - 1] == "n"  # german, germany
    return bool(ends & _FROM_THERE) and bool(ends & _PLACE)


def _key(word: str) -> str:
    folded = fold(word.replace(".", "") if word.count(".") > 1 else word)
    return _SHORT_MONTHS.get(folded, folded) if word[0].isupper() else folded
