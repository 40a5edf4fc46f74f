"""Tell whether two texts report one thing with other facts, as a report and its correction do."""

import re
from functools import lru_cache
from typing import NamedTuple

from retrieval.text.sentences import sentence_spans
from retrieval.text.terms import terms

# Words whose change makes another report of a sentence: numbers, units of them, negations, days and months.
_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_FACT_WORDS: dict[str, str] = {
    **{word: str(number) for number, word in enumerate(_NUMBERS)},
    **{word: str(number) for number, word in zip(range(20, 100, 10), _TENS, strict=True)},
    **{word: word for word in "dozen hundred thousand million billion trillion half double twice".split()},
    **dict.fromkeys("not no never none neither nor nobody nothing without cannot".split(), "not"),
    **{word: word for word in "today tomorrow yesterday tonight".split()},
    **{f"{day}day": day for day in "mon tues wednes thurs fri satur sun".split()},
    **{month: month for month in "january february march april june july august september october november".split()},
    **{"december": "december", "may": ""},  # `may` is a verb far more often
}
_FACT_WORD = re.compile(r"\d+(?:[.,:]\d+)*|\w+(?:[’']\w+)?")
_SAME_SENTENCE = 0.6  # Jaccard similarity of the terms from which two sentences report one thing


class _Sentence(NamedTuple):
    """What two sentences are compared by: terms, fact words in order, and names where no sentence begins."""

    terms: frozenset[str]
    facts: tuple[str, ...]
    names: frozenset[str]


def reports_conflict(one: str, other: str) -> bool:
    """Whether two texts have a sentence in nearly the same words but with other facts: a report and its correction.

    Facts are figures and number words, units such as `million`, negations, days and months, and names. A sentence that
    only one of the texts has is no conflict.
    """
    first, second = _sentences(one), _sentences(other)
    only_first = [sentence for sentence in first if sentence not in second]
    only_second = [sentence for sentence in second if sentence not in first]
    for sentence in only_first:
        nearest = max(only_second, key=lambda candidate: _similarity(sentence, candidate), default=None)
        if nearest and _similarity(sentence, nearest) >= _SAME_SENTENCE and _differ(sentence, nearest):
            return True
    return False


def _differ(one: _Sentence, other: _Sentence) -> bool:
    return one.facts != other.facts or bool(one.names - other.names and other.names - one.names)


def _similarity(one: _Sentence, other: _Sentence) -> float:
    return len(one.terms & other.terms) / (len(one.terms | other.terms) or 1)


@lru_cache(maxsize=1_024)
def _sentences(text: str) -> tuple[_Sentence, ...]:
    return tuple(_sentence(text[start:end]) for start, end in sentence_spans(text))


def _sentence(text: str) -> _Sentence:
    words = [found.group().replace("’", "'") for found in _FACT_WORD.finditer(text)]
    facts = tuple(filter(None, map(_fact, words)))
    names = frozenset(word for word in words[1:] if word[0].isupper() and not _fact(word))
    return _Sentence(frozenset(terms(text)), facts, names)


def _fact(word: str) -> str:
    """The fact that a word is, in one form for all words for it; empty for other words."""
    lower = word.casefold()
    if lower[0].isdigit():
        return lower.replace(",", "")
    return "not" if lower.endswith("n't") else _FACT_WORDS.get(lower, "")
