"""Compare a sentence with the passages' own sentences: which one it repeats, and what a near copy changes."""

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal, NamedTuple

from bot.answering.verification.facts.figures import figures, unknown_figure
from bot.answering.verification.facts.names import unknown_name
from retrieval.quotes.speakers.names import fold
from retrieval.text.sentences import Span, sentence_spans

Change = Literal["figure", "name", "wording"]
MOST_NEW = 0.2  # share of a near copy's words, changed names and figures apart, that its sentence does not have
REMEMBERED = 2_048  # sentences of passages
LEFT_OUT = frozenset(("a", "an", "the", "that"))  # with which and without which a sentence says the same
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W\d_]+)*")
_CLAUSE_MARK = re.compile(r"[,;:()—–]|\s-\s|\band\b")


class _Word(NamedTuple):
    """A word or a figure of a sentence; equal keys say the same. `clause` counts the clause marks up to it."""

    key: str
    written: str
    clause: int


def copied_span(text: str, passage: str) -> Span | None:
    """The span of a passage's sentence that a text repeats, figures in any notation.

    Clauses may be missing, but not the first: what a sentence begins with often limits the rest.
    """
    mine = _words(text)
    keys = {word.key for word in mine}
    for start, end in sentence_spans(passage):
        theirs = _words(passage[start:end])
        if keys and keys.issubset(word.key for word in theirs) and _has_clauses(mine, theirs):
            return start, end
    return None


def changed_copy(text: str, passages: Sequence[str]) -> Change | None:
    """What a near copy of a passage's sentence has changed: a figure, a name or a day, or some other word.

    None where it is no near copy, or has no words but its sentence's. Of several sentences the nearest counts.
    """
    changes = (change for passage in passages for change in _changes(text, passage))
    return min(changes, key=[None, "wording", "figure", "name"].index, default=None)


def _changes(text: str, passage: str) -> Iterator[Change | None]:
    """What a text changes of each sentence of a passage that it nearly copies."""
    mine = _words(text)
    for span in sentence_spans(passage):
        sentence = passage[slice(*span)]
        theirs = _words(sentence)
        if 2 * len({word.key for word in mine} - {word.key for word in theirs}) > len(mine):
            continue
        pairs = [(tag, mine[a:b], theirs[c:d]) for tag, a, b, c, d in _matched(mine, theirs)]
        replaced = [(one, other) for tag, one, other in pairs if tag in ("replace", "delete")]
        facts = [_changed_fact(_written(one), _written(other), text, sentence) for one, other in replaced]
        new = sum(len(one) for (one, _), fact in zip(replaced, facts, strict=True) if not fact)
        if new <= MOST_NEW * len(mine):
            yield next(filter(None, facts), "wording" if new else None)


def _changed_fact(mine: str, theirs: str, text: str, sentence: str) -> Change | None:
    """What a stretch has that the sentence lacks, in the place of another thing of its kind."""
    if unknown_name(mine, [sentence]) and unknown_name(theirs, [text]):
        return "name"
    return "figure" if unknown_figure(mine, [sentence], least=0) and figures(theirs) else None


def _written(words: Sequence[_Word]) -> str:
    """Words as they go on in a sentence, so that the first of them may be a name."""
    return f"then {' '.join(word.written for word in words)}."


@lru_cache(REMEMBERED)
def _words(text: str) -> tuple[_Word, ...]:
    """The words and figures of a sentence in order without those LEFT_OUT; `September 1` is `1 September`."""
    marks = [mark.start() for mark in _CLAUSE_MARK.finditer(text)]
    found = {
        one.start: _Word(f"{one.value:f}{one.kind}", one.written, bisect(marks, one.start)) for one in figures(text)
    }
    for one in figures(text):
        text = f"{text[: one.start]}{' ' * len(one.written)}{text[one.start + len(one.written) :]}"
    for match in _WORD.finditer(text):
        at, key = match.start(), fold(match.group()).replace("’", "'")
        if key not in LEFT_OUT:
            found[at] = _Word(key, match.group(), bisect(marks, at))
    return tuple(found[at] for at in sorted(found))


def _has_clauses(mine: Sequence[_Word], theirs: Sequence[_Word]) -> bool:
    """Whether words are those of a sentence in their order, its first clause and whole ones of the others."""
    clauses = [*(word.clause for word in theirs), -1]
    starts = [at for at in range(1, len(clauses)) if clauses[at - 1] != clauses[at]]
    return all(
        tag == "equal" or (tag == "insert" and {first, last}.issubset(starts))
        for tag, _, _, first, last in _matched(mine, theirs)
    )


def _matched(mine: Sequence[_Word], theirs: Sequence[_Word]) -> list[tuple[str, int, int, int, int]]:
    one, other = ([word.key for word in words] for words in (mine, theirs))
    return list(SequenceMatcher(None, one, other, autojunk=False).get_opcodes())
