"""Compare a sentence with the passages' own sentences word by word: what is copied, and what a near copy changes.

Only form counts: a figure is the same in any notation, and `1 September` is `September 1`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import chain, combinations, groupby, pairwise
from typing import Literal

from bot.answering.verification.facts.figures import Figure, figures
from bot.answering.verification.facts.names import MONTHS, WEEKDAYS, are_kin, find_names
from retrieval.quotes.speakers.names import TITLES, fold
from retrieval.quotes.word_lists import word_list
from retrieval.text.sentences import Span, sentence_spans

Kind = Literal["word", "figure", "month", "weekday", "unit", "name", "title"]
Change = Literal["figure", "name", "wording"]
MOST_CHANGED = 0.2  # share of a near copy's words that differ otherwise than by the change
MOST_CLAUSES = 8  # besides the first; a sentence with more is a list
REMEMBERED = 2_048  # sentences of passages
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W\d_]+)*")
_CLAUSE_MARK = re.compile(r"[,;:()—–]|\s-\s|\band\b")
_HALVES = re.compile(r", while |; ")  # each of which stands by itself
LEFT_OUT = frozenset(("a", "an", "the", "that"))  # with which and without which a sentence says the same
_UNITS = frozenset("second minute hour day week month quarter year decade century".split())


@dataclass(frozen=True, slots=True)
class Word:
    """A word or figure of a sentence; equal keys say the same. `clause` counts the clause marks up to it."""

    key: str
    kind: Kind
    clause: int
    figure: Figure | None = None


def copied_span(text: str, passage: str) -> Span | None:
    """The span of the sentences of a passage that a text repeats, figures and days in any notation.

    Of a single sentence, or of a half that is joined to another, clauses may be missing, but not the first: what it
    begins with often limits the rest.
    """
    wanted, spans = [word.key for word in words(text)], sentence_spans(passage)
    for start, end in spans:
        whole = passage[start:end]
        if any(_has_clauses(wanted, words(part)) for part in (whole, *_HALVES.split(whole))):
            return start, end
    for one, two in pairwise(spans):
        stated = [word.key for start, end in (one, two) for word in words(passage[start:end])]
        if wanted and wanted == stated:
            return one[0], two[1]
    return None


def changed_copy(text: str, passages: Sequence[str]) -> Change | None:
    """What a near copy of a passage's sentence has changed: a figure, day or unit, a name, or some other word.

    None where it is no near copy, or leaves out words but has no others. Of several sentences the nearest counts.
    """
    mine, found = words(text), list[Change | None]()
    keys = {word.key for word in mine}
    for passage in passages:
        for start, end in sentence_spans(passage):
            theirs = words(passage[start:end])
            if 2 * len(keys & {word.key for word in theirs}) >= len(keys):
                found += _compared(mine, theirs)
    return min(found, key=[None, "wording", "figure", "name"].index, default=None)


@lru_cache(REMEMBERED)
def words(text: str) -> tuple[Word, ...]:
    """The words of a sentence in order without those LEFT_OUT; a day with its month is one figure."""
    named = {start for run in find_names(text) for _, start, _ in run}
    marks = [mark.start() for mark in _CLAUSE_MARK.finditer(text)]
    found, at = list[Word](), 0
    for figure in figures(text):
        found += _plain(text, (at, figure.start), named, marks)
        at = figure.end
        found.append(Word(f"{figure.value:f}{figure.kind}", "figure", _clause(figure.start, marks), figure))
    return (*found, *_plain(text, (at, len(text)), named, marks))


def _plain(text: str, span: Span, named: set[int], marks: Sequence[int]) -> Iterator[Word]:
    """The words of a stretch without figures."""
    for match in _WORD.finditer(text, *span):
        key = fold(match.group()).replace("’", "'")
        if key not in LEFT_OUT:
            yield Word(key, _kind(key, match.group(), match.start() in named), _clause(match.start(), marks))


def _kind(key: str, written: str, is_named: bool) -> Kind:
    if written[0].isupper() and (key in MONTHS or key in WEEKDAYS):
        return "month" if key in MONTHS else "weekday"
    if is_named:
        return "name"
    if key.removesuffix("s") in _UNITS:
        return "unit"
    return "title" if key in TITLES or key in word_list("roles") else "word"


def _clause(at: int, marks: Sequence[int]) -> int:
    return sum(mark <= at for mark in marks)


def _has_clauses(wanted: Sequence[str], stated: Sequence[Word]) -> bool:
    """Whether the first of a sentence's clauses and some later ones, in their order, are all the wanted words."""
    if not wanted or len(wanted) > len(stated):
        return False
    first, *later = ([word.key for word in group] for _, group in groupby(stated, lambda word: word.clause))
    if wanted[: len(first)] != first or len(later) > MOST_CLAUSES:
        return wanted == [word.key for word in stated]
    return any(
        wanted == [*first, *chain.from_iterable(chosen)]
        for count in range(len(later) + 1)
        for chosen in combinations(later, count)
    )


def _compared(mine: Sequence[Word], theirs: Sequence[Word]) -> list[Change | None]:
    """What changed from a sentence to its near copy, `[None]` where nothing did, `[]` where it is none."""
    blocks = SequenceMatcher(None, [word.key for word in mine], [word.key for word in theirs], autojunk=False)
    changes, changed, other = list[Change](), 0, 0
    for tag, start, end, first, last in blocks.get_opcodes():
        if tag not in ("replace", "delete"):
            continue
        found, size = _change(mine[start:end], theirs[first:last])
        changes += [found] if found else []
        changed, other = changed + size, other + end - start - size
    if other > MOST_CHANGED * (len(mine) - changed) or 2 * changed > len(mine):
        return []
    return [changes[0] if changes else "wording" if other else None]


def _change(mine: Sequence[Word], theirs: Sequence[Word]) -> tuple[Change | None, int]:
    """What is another thing of its kind in two stretches that stand in the same place, and how many words it is."""
    if {word.kind for word in (*mine, *theirs)} <= {"name", "title"}:
        names, others = ([word.key for word in part if word.kind == "name"] for part in (mine, theirs))
        is_other = names and others and not _are_namesakes(names, others)
        return ("name", len(mine)) if is_other else (None, 0)
    pairs = zip(mine, theirs, strict=True) if len(mine) == len(theirs) else zip(mine[:1], theirs[:1], strict=False)
    differing = sum(_differ(one, other) and not _is_told(one, theirs) for one, other in pairs)
    return ("figure" if differing else None), differing


def _are_namesakes(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether two names share a word, or its kin, or one is short for the other."""
    initials = {"".join(key[0] for key in names) for names in (mine, theirs)}
    return bool(initials & {*mine, *theirs}) or any(one == two or are_kin(one, two) for one in mine for two in theirs)


def _is_told(word: Word, theirs: Sequence[Word]) -> bool:
    """Whether a stretch has a word elsewhere."""
    return any(other.key == word.key for other in theirs)


def _differ(mine: Word, theirs: Word) -> bool:
    """Whether two words are figures, months, weekdays or units, and not the same."""
    if mine.kind != theirs.kind or mine.kind not in ("figure", "month", "weekday", "unit"):
        return False
    if mine.figure and theirs.figure:
        return not mine.figure.agrees(theirs.figure)
    return mine.key.removesuffix("s") != theirs.key.removesuffix("s")
