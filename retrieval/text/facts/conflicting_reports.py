"""Tell whether two texts report one thing with other facts, as a report and its correction do."""

from functools import lru_cache

from retrieval.text.facts.near_copies import FACTS, change_of
from retrieval.text.sentences import sentence_spans
from retrieval.text.terms import terms

REMEMBERED = 1_024  # texts
SAME_SENTENCE = 0.6  # Jaccard similarity of the terms from which two sentences report one thing


def reports_conflict(one: str, other: str) -> bool:
    """Whether two texts have a sentence in nearly the same words but with other facts: a report and its correction.

    Facts are figures, days, names and negations. A sentence that only one of the texts has is no conflict.
    """
    first, second = _sentences(one), _sentences(other)
    later = {text: found for text, found in second.items() if text not in first}
    for text, found in first.items():
        if text in second or not later:
            continue
        nearest = max(later, key=lambda candidate: _similarity(found, later[candidate]))
        if _similarity(found, later[nearest]) >= SAME_SENTENCE and change_of(text, nearest) in FACTS:
            return True
    return False


def _similarity(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)


@lru_cache(REMEMBERED)
def _sentences(text: str) -> dict[str, frozenset[str]]:
    """The sentences of a text, with their terms."""
    found = (text[start:end] for start, end in sentence_spans(text))
    return {sentence: frozenset(terms(sentence)) for sentence in found}
