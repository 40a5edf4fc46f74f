"""Classify the contexts of quotes: said, denied, reported by others, asked or hypothetical.

Six small networks vote (`context_networks.py`); `python -m evals.modality.training` trains them. What a context's form
shows, a negation, a question or a condition, decides how sure they must be: meaning alone (`denied`) takes more.
"""

import re
from collections.abc import Sequence
from typing import get_args

import numpy as np

from retrieval.documents import Modality
from retrieval.quotes.attribution.attribution import Attribution
from retrieval.quotes.attribution.quotation_marks import OPENING_MARKS
from retrieval.quotes.attribution.token_features import Floats, TokenFeatures
from retrieval.quotes.modality.context_networks import context_probabilities
from retrieval.quotes.modality.cue_contexts import CueContext, context_text
from retrieval.text.sentences import Span

MODALITIES: tuple[Modality, ...] = get_args(Modality)  # the order of the networks' outputs; `said` is the first
# The probability of not being said from which a quote is not; chosen on evals/modality and on news.
FORM_BAR, MEANING_BAR = 0.35, 0.5
# Closed classes of words: the forms of negation, question, condition and possibility.
_FORM = re.compile(
    r"\b(?:not|never|no(?!\.\s?\d)|nor|none|nobody|nothing|nowhere|neither|without|if|unless|whether|would|could|should|might|may)"
    r"\b|n[’']t\b|\?|^(?:had|were)\b",
    re.IGNORECASE,
)
# A verb that is negated within the cue itself: `has not said`, `didn't respond to`; not `vowed not to`.
_NEGATED_CUE = re.compile(r"\b(?:not|never)\b(?!\s+to\b)|n[’']t\b", re.IGNORECASE)
# Verbs that by themselves say that something was not said, or is not so: `declined to say`, `denies any link`.
_DENYING_CUE = re.compile(r"\b(?:declin|refus|deni)(?:e|es|ed|al|ing)?\b|\bdeny(?:ing)?\b", re.IGNORECASE)
# Whoever says it is nobody: `No minister said`, `hardly anyone`; not `No. 10`.
_NOBODY = re.compile(
    r"(?:no\s|none\b|nobody\b|no-one\b|neither\b|nor\b|hardly\s|scarcely\s|few\s|not\s(?:one|a)\b)", re.IGNORECASE
)
_HARDLY = re.compile(r"\b(?:hardly|scarcely|barely|not)\s$", re.IGNORECASE)
# A question of the article's own: `Has she ever said that ...?`
_ASKS = re.compile(
    r"(?:(?:But|And|So|Or|Yet|Then|Why|When|Where|How|What|Which)\s){0,2}(?i:has|have|had|did|does|do|is|are|was|were|will|would|could|"
    r"can|should|might)\s[^.!?“”\"]*$"
)
_WILL_SAY = re.compile(r"\bwill\s(?:\w+ly\s)?[a-z]+")
_THAT_CLAUSE = re.compile(r"that\s(?!\w+[,.;])")  # not `denied that charge, calling it`
_NOTHING = re.compile(
    r"(?:nothing|little|no\sword)(?:\s(?:about|of|on|as\sto)\b|[.,;]|$)"
)  # `said nothing about the lock`
_HARDLY_REACH = 10  # characters before a source


def modalities(
    text: str, tokens: TokenFeatures, items: Sequence[Attribution], contexts: Sequence[CueContext]
) -> list[Modality]:
    """The modality of each attribution, by the context of its cue; `contexts` are those of attributions with one.

    What a cue negates was not said, whatever the networks take it for. A quotation that goes on without a cue has that
    of the quote of the same source; what has a layout for its cue, such as a signature, was said.
    """
    found: list[Modality] = ["said"] * len(items)
    of_sources = dict[Span | None, Modality]()
    chances = context_probabilities("modality.npz", (context.features for context in contexts))
    for context, shares in zip(contexts, chances, strict=True):
        item = items[context.number]
        if _is_negated(text, item):
            modality: Modality = "denied"
        elif _is_question(text, tokens, item, context.first_of_cue):
            modality = "asked"
        elif item.cue and _WILL_SAY.search(text, *item.cue):
            modality = "hypothetical"
        else:
            modality = decide(shares, context_text(text, tokens, context))
        found[context.number] = of_sources[item.source] = modality
    for at, item in enumerate(items):
        if item.cue is None and item.source:
            found[at] = of_sources.get(item.source, "said")
    return found


def _is_negated(text: str, item: Attribution) -> bool:
    """Whether the cue says that something was not said, with what it was about: `has not said when`, `denied a link`.

    Of a clause with `that` the networks judge, as `did not deny that` is no denial, unless the cue is a denial alone;
    and a quotation is of words.
    """
    if item.source and _is_nobody(text, item.source[0]):
        return True
    if item.cue is None:
        return False
    if _NOTHING.match(text, item.content[0][0]):
        return True
    cue, is_quoted = text[slice(*item.cue)], text[item.content[0][0]] in OPENING_MARKS
    is_negated, denials = _NEGATED_CUE.search(cue), len(_DENYING_CUE.findall(cue))
    if _THAT_CLAUSE.match(text, item.content[0][0]):
        begin = item.source[0] if item.source and item.source[0] < item.cue[0] else item.cue[0]
        return denials == 1 and not _FORM.search(text, begin, item.cue[1])
    return bool(is_negated or (denials and not is_quoted))


def _is_nobody(text: str, start: int) -> bool:
    return bool(_NOBODY.match(text, start) or _HARDLY.search(text, max(0, start - _HARDLY_REACH), start))


def _is_question(text: str, tokens: TokenFeatures, item: Attribution, token: int) -> bool:
    """Whether the sentence of a cue asks whether somebody said so: it begins with an auxiliary and ends with `?`.

    `token` is the number of the cue's first one.
    """
    if item.cue is None or item.cue[0] > item.content[0][0]:
        return False
    sentence = tokens.sentences[token]
    begin, end = np.searchsorted(tokens.sentences, [sentence, sentence + 1])
    if begin >= end:  # it stands in no sentence
        return False
    first, last = int(tokens.starts[begin]), int(tokens.ends[end - 1])
    return text[:last].endswith("?") and bool(_ASKS.fullmatch(text, first, item.cue[0]))


def decide(chances: Floats, context: str) -> Modality:
    """The modality by its probabilities; `context` is the text of the sentence without what is said."""
    bar = FORM_BAR if _FORM.search(context) else MEANING_BAR
    if 1 - chances[0] < bar:
        return "said"
    return MODALITIES[1 + int(np.argmax(chances[1:]))]
