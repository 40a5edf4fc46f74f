"""Compare a sentence with the passages' own sentences: which one it repeats, and what a near copy changes."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal, NamedTuple

from bot.answering.verification.facts.figures import figures, unknown_figure
from bot.answering.verification.facts.names import unknown_name
from retrieval.quotes.attribution.quotation_marks import quotation_spans
from retrieval.quotes.speakers.names import fold
from retrieval.text.sentences import Span, sentence_spans

Change = Literal["nothing", "omission", "wording", "figure", "name"]
LEAST_FIRST: Sequence[Change] = ("nothing", "omission", "wording", "figure", "name")
MOST_NEW = 0.2  # share of a near copy's words, changed names and figures apart, that its sentence does not have
REMEMBERED = 2_048  # sentences of passages
LEFT_OUT = frozenset(("a", "an", "the", "that"))  # with which and without which a sentence says the same
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W\d_]+)*")


class NearCopy(NamedTuple):
    """A passage's sentence that a text repeats, and what it changes: a figure, a name or day, or another word."""

    passage: int
    span: Span
    change: Change


def nearest_copy(text: str, passages: Sequence[str], among: Iterable[int]) -> NearCopy | None:
    """The sentence of some passages, looked at in this order, that a text repeats with the least change, if any."""
    sentences = ((number, span) for number in among for span in sentence_spans(passages[number]))
    copies = (
        NearCopy(number, span, change)
        for number, span in sentences
        if (change := _change(text, passages[number][slice(*span)]))
    )
    return min(copies, key=lambda copy: LEAST_FIRST.index(copy.change), default=None)


def _change(text: str, sentence: str) -> Change | None:
    """What a text changes of a sentence; None where it is no near copy."""
    mine, theirs = _words(text), _words(sentence)
    keys, others = [key for key, _ in mine], [key for key, _ in theirs]
    if 2 * len(set(keys).difference(others)) > len(keys):
        return None
    if keys == others and len(quotation_spans(text)) == len(quotation_spans(sentence)):
        return "nothing"
    pairs = SequenceMatcher(None, keys, others, autojunk=False).get_opcodes()
    replaced = [(mine[a:b], theirs[c:d]) for tag, a, b, c, d in pairs if tag in ("replace", "delete")]
    facts = [_changed_fact(_written(one), _written(other), text, sentence) for one, other in replaced]
    new = sum(len(one) for (one, _), fact in zip(replaced, facts, strict=True) if not fact)
    if new > MOST_NEW * len(mine):
        return None
    return next(filter(None, facts), "wording" if new else "omission")


def _changed_fact(mine: str, theirs: str, text: str, sentence: str) -> Change | None:
    """What a stretch has that the sentence lacks, in the place of another thing of its kind."""
    if unknown_name(mine, [sentence]) and unknown_name(theirs, [text]):
        return "name"
    return "figure" if unknown_figure(mine, [sentence], least=0) and figures(theirs) else None


def _written(words: Sequence[tuple[str, str]]) -> str:
    """Words as they go on in a sentence, so that the first of them may be a name."""
    return f"then {' '.join(written for _, written in words)}."


@lru_cache(REMEMBERED)
def _words(text: str) -> Sequence[tuple[str, str]]:
    """The words and figures of a sentence in order, as keys that are equal where they say the same and as written."""
    found = {one.start: (f"{one.value:f}{one.kind}", one.written) for one in figures(text)}
    for start, (_, written) in found.items():
        text = f"{text[:start]}{' ' * len(written)}{text[start + len(written) :]}"
    words = ((match.start(), fold(match[0]), match[0]) for match in _WORD.finditer(text))
    found |= {start: (key, written) for start, key, written in words if key not in LEFT_OUT}
    return [found[start] for start in sorted(found)]
