"""Compare a close paraphrase with the article's words and find changes of fact."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

from bot.answering.verification.contradiction.antonyms import are_opposites
from bot.answering.verification.contradiction.hedges import is_hedged, is_open
from bot.answering.verification.contradiction.negation import has_negation
from bot.answering.verification.lexical.figures import figures
from bot.answering.verification.lexical.name_matching import WordToken, are_variants, is_name, name_runs, tokens
from bot.answering.verification.lexical.weighted_terms import stems
from retrieval.text.sentences import sentence_spans

Departure = Literal["figure", "name", "negation", "opposite", "hedge", "order"]
MOST_WORDS = 5  # in a replacement; longer ones are not compared
MOST_BETWEEN = 5  # words between two names that are compared for an exchange
MOSTLY = 0.7  # share of a sentence's words that must be the article sentence's for a close paraphrase
FEW = 3  # words that are added and removed with a negation, at most
ANCHOR = 2  # equal words that must surround a change
_POSSESSIVE = re.compile(r"['’]s?\Z")
_LISTED = re.compile(r"[,;:.]|\b(?:and|or|with)\b")


@dataclass(frozen=True, slots=True)
class WordChange:
    """Words of an article and the words that replace them, as tokens and as text, and the article's sentence."""

    gone: tuple[WordToken, ...]
    come: tuple[WordToken, ...]
    was: str
    now: str
    around: str


def find_departure(said: str, held: str) -> Departure | Literal[""]:
    """The kind of fact in which a close paraphrase departs from the article; empty where it departs in none."""
    every = [held[start:end] for start, end in sentence_spans(held)]
    for part in (held, *(one for one in every if len(every) > 1 and _is_followed(said, one))):
        for change in word_changes(said, part):
            if reason := _reason(change, said):
                return reason
    return "order" if any(swaps_names(said, one) for one in every) else ""


def _is_followed(said: str, held: str) -> bool:
    """Whether most words of a sentence are those of this one."""
    mine, theirs = _keys(tokens(said)), set(_keys(tokens(held)))
    return sum(key in theirs for key in mine) >= MOSTLY * len(mine)


def swaps_names(said: str, held: str) -> bool:
    """Whether two names are exchanged around the same words."""
    theirs = set(_relations(held))
    return any((two, between, one) in theirs for one, between, two in _relations(said) if one != two)


def _relations(text: str) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield pairs of neighbouring names with the content words between them."""
    for one, two in pairwise(name_runs(text)):
        apart = text[one[-1].end : two[0].start]
        between = tuple(token.key for token in tokens(apart))
        if 0 < len(between) <= MOST_BETWEEN and not _LISTED.search(apart) and stems(apart):
            yield _bare(one[-1]), between, _bare(two[-1])


def word_changes(said: str, held: str) -> Iterator[WordChange]:
    """Yield the replacements of an article's words in a sentence that has the article's words around them."""
    theirs, mine = tokens(held), tokens(said)
    matcher = SequenceMatcher(None, _keys(theirs), _keys(mine), autojunk=False)
    codes = matcher.get_opcodes()
    for at, (tag, a, b, c, d) in enumerate(codes):
        if tag == "equal" or b - a > MOST_WORDS or d - c > MOST_WORDS:
            continue
        before, after = _equal(codes, at - 1), _equal(codes, at + 1)
        opens = c == 0 and (a == 0 or _begins(held, theirs[a - 1 : a + 1]))
        ends = d == len(mine) and (b == len(theirs) or _begins(held, theirs[b - 1 : b + 1]))
        if before + after >= ANCHOR and (before or opens) and (after or ends):
            gone, come = theirs[a:b], mine[c:d]
            around = _sentence(held, theirs[min(a, len(theirs) - 1)].start)
            yield WordChange(gone, come, _written(held, gone), _written(said, come), around)


def _keys(found: Sequence[WordToken]) -> list[str]:
    return [_bare(token) for token in found]


def _bare(token: WordToken) -> str:
    return _POSSESSIVE.sub("", token.key)


def _equal(codes: Sequence[tuple[str, int, int, int, int]], at: int) -> int:
    """Count the words of an equal block."""
    tag, a, b, _, _ = codes[at] if 0 <= at < len(codes) else ("", 0, 0, 0, 0)
    return b - a if tag == "equal" else 0


def _begins(text: str, pair: Sequence[WordToken]) -> bool:
    """Whether a sentence begins between two words."""
    return len(pair) == 2 and bool(re.search(r"[.!?…:]|\n", text[pair[0].end : pair[1].start]))


def _written(text: str, found: Sequence[WordToken]) -> str:
    return text[found[0].start : found[-1].end] if found else ""


def _sentence(text: str, at: int) -> str:
    return next((text[start:end] for start, end in sentence_spans(text) if start <= at < end), text)


def _reason(change: WordChange, said: str) -> Departure | Literal[""]:
    if _is_denied_otherwise(change, said):
        return "negation"
    if change.gone and change.come and _has_other_figure(change):
        return "figure"
    if any(are_opposites(one.key, other.key) for one in change.gone for other in change.come):
        return "opposite"
    if _has_other_name(change):
        return "name"
    if is_open(change.was) and (change.come or len(change.gone) == 1) and not is_hedged(change.now):
        return "hedge"
    return ""


def _is_denied_otherwise(change: WordChange, said: str) -> bool:
    """Whether a change is mostly a negation that nothing else in the sentence makes up for."""
    few = len(change.gone) + len(change.come) <= FEW
    return (
        few
        and has_negation(change.was) != has_negation(change.now)
        and has_negation(said) != has_negation(change.around)
    )


def _has_other_figure(change: WordChange) -> bool:
    was, now = figures(change.was), figures(change.now)
    return bool(was and now) and not any(one.value == other.value for one in was for other in now)


def _has_other_name(change: WordChange) -> bool:
    was, now = ([_bare(token) for token in side if is_name(token)] for side in (change.gone, change.come))
    if not was or not now or "".join(key[0] for key in was) in now or "".join(key[0] for key in now) in was:
        return False
    return not any(are_variants(one, other) for one in was for other in now)
