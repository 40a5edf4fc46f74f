"""Compare a sentence with others: which one it repeats, and which fact a near copy changes."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal, NamedTuple

from retrieval.text.facts.figures import figures, unknown_figure
from retrieval.text.sentences import Span, sentence_spans
from retrieval.text.terms import STOP_WORDS, content_terms

Change = Literal["nothing", "omission", "wording", "negation", "figure", "name"]
LEAST_FIRST: Sequence[Change] = ("nothing", "omission", "wording", "negation", "figure", "name")
FACTS = frozenset(("negation", "figure", "name"))  # changes after which a sentence tells something else
MOST_NEW = 0.2  # share of a near copy's words, changed facts apart, that its sentence does not have
REMEMBERED = 2_048  # sentences
LEFT_OUT = frozenset(("a", "an", "the", "that"))  # with which and without which a sentence says the same
NEGATIONS = frozenset("not no never none neither nor nobody nothing without cannot".split())
STEM = 4  # letters that a country and its people share, or a name and its plural
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W\d_]+)*")


class NearCopy(NamedTuple):
    """A passage's sentence that a text repeats, and what it changes: a fact, or another word."""

    passage: int
    span: Span
    change: Change


class Word(NamedTuple):
    """A word or figure: a key that is equal where two say the same, and how it is written."""

    key: str
    written: str

    @property
    def is_negation(self) -> bool:
        return self.key in NEGATIONS or self.key.endswith(("n't", "n’t"))

    @property
    def is_fact(self) -> bool:
        return self.is_negation or self.is_name or bool(figures(self.written))

    @property
    def is_name(self) -> bool:
        return self.written[0].isupper() and self.key not in STOP_WORDS


def nearest_copy(text: str, passages: Sequence[str], among: Iterable[int]) -> NearCopy | None:
    """The sentence of some passages, looked at in this order, that a text repeats with the least change, if any."""
    sentences = ((number, span) for number in among for span in sentence_spans(passages[number]))
    copies = (
        NearCopy(number, span, change)
        for number, span in sentences
        if (change := change_of(text, passages[number][slice(*span)]))
    )
    return min(copies, key=lambda copy: LEAST_FIRST.index(copy.change), default=None)


def change_of(text: str, sentence: str) -> Change | None:
    """What a text changes of a sentence; None where it is no near copy."""
    mine, theirs = _words(text), _words(sentence)
    keys, others = [word.key for word in mine], [word.key for word in theirs]
    if 2 * len(set(keys).difference(others)) > len(keys):
        return None
    if keys == others:
        return "nothing"
    if sorted(keys) == sorted(others) and _without_names(mine, theirs) == _without_names(theirs, mine):
        return "name"  # names that change places
    pairs = SequenceMatcher(None, keys, others, autojunk=False).get_opcodes()
    changed = [(mine[a:b], theirs[c:d]) for tag, a, b, c, d in pairs if tag != "equal"]
    facts = [_changed_fact(one, other, mine, theirs) for one, other in changed]
    new = sum(not (fact and word.is_fact) for (one, _), fact in zip(changed, facts, strict=True) for word in one)
    if new > MOST_NEW * len(mine):
        return None
    return next(filter(None, facts), "wording" if new else "omission")


def _without_names(words: Sequence[Word], others: Sequence[Word]) -> list[str]:
    names = {word.key for word in (*words[1:], *others[1:]) if word.is_name}
    return [word.key for word in words if word.key not in names]


def _changed_fact(
    mine: Sequence[Word], theirs: Sequence[Word], text: Sequence[Word], sentence: Sequence[Word]
) -> Change | None:
    """What a stretch of a text has in the place of another thing of its kind."""
    first = mine[:1] == text[:1]  # a capital letter does not make it a name
    if _is_other_name(_new_names(mine[first:], sentence), _new_names(theirs, text)):
        return "name"
    if figures(_joined(theirs)) and unknown_figure(_joined(mine), [_joined(sentence)], least=0):
        return "figure"
    is_negated = any(word.is_negation for word in mine) != any(word.is_negation for word in theirs)
    return "negation" if is_negated and _said(mine) == _said(theirs) else None


def _new_names(words: Sequence[Word], known: Sequence[Word]) -> list[str]:
    """The names of a stretch that another sentence has in no form."""
    stems = {word.key[:STEM] for word in known}
    return [word.written for word in words if word.is_name and word.key[:STEM] not in stems]


def _is_other_name(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether two stretches name different things; one may be the initials of the other."""
    initials = ["".join(name[0] for name in names) for names in (mine, theirs)]
    return bool(mine and theirs) and initials[0] not in theirs and initials[1] not in mine


def _said(words: Sequence[Word]) -> set[str]:
    return set(content_terms(_joined([word for word in words if not word.is_negation])))


def _joined(words: Iterable[Word]) -> str:
    return " ".join(word.written for word in words)


@lru_cache(REMEMBERED)
def _words(text: str) -> Sequence[Word]:
    """The words and figures of a sentence in order."""
    found = {one.start: Word(f"{one.value:f}{one.kind}", one.written) for one in figures(text)}
    for start, (_, written) in found.items():
        text = f"{text[:start]}{' ' * len(written)}{text[start + len(written) :]}"
    words = ((match.start(), match[0].casefold(), match[0]) for match in _WORD.finditer(text))
    found |= {start: Word(key, written) for start, key, written in words if key not in LEFT_OUT}
    return [found[start] for start in sorted(found)]
