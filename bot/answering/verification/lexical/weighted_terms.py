"""Represent what a sentence says as weighted terms: stems of content words and values of figures."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from bot.answering.verification.lexical.figures import REMEMBERED, figure_terms, without_figures
from retrieval.quotes.word_lists import word_list
from retrieval.text.terms import STOP_WORDS, content_terms, terms

CUE = 0.25  # what a verb of speech counts: said, added and told report the same
ALIKE = 0.8  # what a term counts that only begins alike, as `defend` and `defender`
BEGINNING = 5  # letters
_LINKING = frozenset(terms("addition additionally furthermore moreover meanwhile overall notably specifically also"))
_PAIRS = (
    "rose:rise risen:rise fell:fall fallen:fall grew:grow grown:grow held:hold won:win lost:lose paid:pay sold:sell "
    "bought:buy built:build spent:spend sent:send left:leave met:meet began:begin begun:begin broke:break broken:break "
    "spoke:speak spoken:speak wrote:write written:write took:take taken:take gave:give given:give made:make found:find "
    "kept:keep told:tell thought:think brought:bring taught:teach led:lead ran:run drew:draw drawn:draw drove:drive "
    "driven:drive flew:fly flown:fly chose:choose chosen:choose struck:strike shot:shoot fought:fight caught:catch "
    "sank:sink sunk:sink stood:stand understood:understand forgot:forget forgotten:forget came:come saw:see seen:see "
    "knew:know known:know threw:throw thrown:throw stole:steal stolen:steal died:die dying:die dead:die death:die"
)
_PRESENT = {terms(past)[0]: terms(now)[0] for past, now in (pair.split(":") for pair in _PAIRS.split())}


@cache
def speech_cues() -> frozenset[str]:
    """Stems of words that report speech."""
    return frozenset(terms(" ".join(word_list("cues"))))


def stems(text: str) -> list[str]:
    """The content terms of a text, `rose` as `rise`; none where it has only words that carry no topic."""
    found = [_PRESENT.get(term, term) for term in content_terms(text)] if re.search(r"\w", text) else []
    return [term for term in found if term not in _stop_stems()]


@cache
def _stop_stems() -> frozenset[str]:
    return frozenset(terms(" ".join(STOP_WORDS)))


@lru_cache(REMEMBERED)
def meaning_terms(text: str) -> tuple[str, ...]:
    """The terms that carry what a text says, each once, in order."""
    found = [term for term in stems(without_figures(text)) if term not in _LINKING]
    return (*found, *figure_terms(text))


def term_weights(texts: Iterable[str]) -> Mapping[str, float]:
    """Weigh the terms of some texts by inverse document frequency; the empty key is the weight of unknown terms."""
    every = [set(meaning_terms(text)) for text in texts]
    counts: dict[str, int] = {}
    for found in every:
        for term in found:
            counts[term] = counts.get(term, 0) + 1
    return {"": math.log(1 + 2 * len(every))} | {
        term: math.log(1 + len(every) / count) for term, count in counts.items()
    }


def term_weight(term: str, weights: Mapping[str, float]) -> float:
    """The weight of a term; less for verbs of speech."""
    return weights.get(term, weights[""]) * (CUE if term in speech_cues() else 1.0)


def covered_share(said: Sequence[str], held: frozenset[str], weights: Mapping[str, float]) -> float:
    """The weighted share of a sentence's terms that its support holds, 0 to 1."""
    total = sum(term_weight(term, weights) for term in said)
    starts = {term[:BEGINNING] for term in held if len(term) >= BEGINNING and term[0] != "#"}
    found = sum(
        term_weight(term, weights) * (1.0 if term in held else ALIKE * (term[:BEGINNING] in starts)) for term in said
    )
    return found / total if total else 0.0
