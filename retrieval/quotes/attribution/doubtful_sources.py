"""Tell sources that leave doubt about who speaks, by their form: cut out of a longer phrase, or no phrase at all."""

import re

from retrieval.quotes.attribution.attribution import Attribution
from retrieval.text.sentences import Span

_REACH = 60  # characters before a source in which the phrase it is cut from begins
_DETERMINER = re.compile(r"(?:(?i:the|an?|this|that|these|those)|[a-z]+ly)")
_OPEN_END = re.compile(
    r"\b(?:after|before|of|for|in|at|from|with|to|on|by|and|or|the|an?)$|;|\b(?:of|among)\s(?:whom|which)$"
)  # no whole phrase
_NO_NAME = re.compile(
    r"[RDI]-[A-Z][\w.]*\b.*|(?:(?![^\W\d_]{2}).)*"
)  # `D-Norland`, `6A`, `2021`: no word that is a name
_UNCLOSED_MARK = re.compile(r"“[^”]*$|^[^“]*”")  # `He is all “the law (says this” and “that”)`
_WEEKDAY = re.compile(
    r"(?:on\s)?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?:\s(?:morning|afternoon|evening|night))?\s*", re.IGNORECASE
)
# `Norland’s (proposed) law`: a participle after a possessive is no cue.
_POSSESSIVE = re.compile(r"[’']s?$")
_FINITE_OR_PARTICIPLE = re.compile(r"\w+ed")
_BARE_OUTLET = re.compile(r"an?\s(?:[A-Z][A-Z.]+\s?)+")  # `a USA TODAY` of `a USA TODAY analysis`
_PREPOSITION = r"(?:of|in|for|on|about|with|at|under|to|against|among|between|behind|such as|including)"
_NO_ADJECTIVE = r"(?:what|which|whom|who|that|the|an?|this|these|those|his|her|its|their|our|my|your|as|and|or|not|how)"
# `Some advocates for low-income (students)`, `the embassy in (Norland)`: what depends on a preposition is no subject.
_AFTER_PREPOSITION = re.compile(rf"\b{_PREPOSITION}\s$")
_ADJECTIVE_AFTER_PREPOSITION = re.compile(rf"\b{_PREPOSITION}\s(?!{_NO_ADJECTIVE}\s)[a-z][a-z-]+\s$")
_RELATIVE = re.compile(
    r"(?:who|whom|whose|which|that|what|he|she|they|it|we|i|you|his|her|its|their|our|my)\b", re.IGNORECASE
)
_PARTICIPLE = re.compile(
    r"(?:(?:\w+ly|now|also|then|still)\s)?\w+ing\b"
)  # `a report of (a survey) finding`: the cue belongs to the source before it
# `Roe said (when clerks told) her`: whom a cue tells something is seldom its own subject, farther back.
_OBJECT_PRONOUN = re.compile(r"\s(?:her|him)\b(?!\s(?:own|former|\w+[’']s)\b)")
_TELLING_CUE = re.compile(r"\b(?:tell|tells|told|asked|warned|informed|reminded|assured|advised)$")
_CLAUSE_BETWEEN = re.compile(r"\s(?:when|after|before|until|as|while|that|because|and|but)\s[^.!?]*$")
_PARTICIPLE_ALONE = re.compile(r"[A-Z][a-z]+ed")  # `(Named) after a bird, see`
_SENTENCE_ENDS = re.compile(r"[.!?][”\"’')]*\s+$")
_SENTENCE_WITHIN = re.compile(r"\b(?:[a-z]{4,}|[A-Z]{3,})\.\s+[A-Z]")  # `the BBC. Governor Ana Roe`
_INITIALS = re.compile(r"\b(?:[A-Z]|Jr|Sr)\.\s+$")
_PARTICIPIAL_PHRASE = re.compile(r"[A-Z][a-z]+ing\s(?:[a-z]+\b)")  # `Raising pay`, not `Downing Street`
# `according to (a news) release`, `said (the state) water board`: the phrase goes on where the source ends.
_CLOSED_CLASS = (
    r"(?:who|which|that|when|while|where|as|and|or|but|in|on|at|by|for|of|to|from|with|about|after|before|during|since|"
    r"because|if|including|over|through|under|who[’']s|is|are|was|were|has|have|had|will|would|he|she|it|they|last|this)"
)
_NOUN_AFTER = re.compile(rf" (?!{_CLOSED_CLASS}\b)[a-z][a-z’'-]{{2,}}(?<!ly)(?<!ed)(?<!ing)\b")


def is_doubtful(text: str, item: Attribution) -> bool:
    """Whether the source of an attribution is no phrase that may be the subject of its cue."""
    if item.source is None or item.is_verbatim:
        return False
    source = text[slice(*item.source)].strip(" ,\n\xa0")
    is_cut = (
        _NO_NAME.fullmatch(source)
        or _UNCLOSED_MARK.search(source)
        or _DETERMINER.fullmatch(source)
        or _BARE_OUTLET.fullmatch(source)
        or _OPEN_END.search(source)
        or _SENTENCE_WITHIN.search(source)
    )
    day = _WEEKDAY.match(source)
    if is_cut or _PARTICIPIAL_PHRASE.match(source) or (day and day.end() == len(source)):
        return not _RELATIVE.fullmatch(source)
    if day:  # `On (Friday Roe) said`
        return False
    if item.cue and _POSSESSIVE.search(source) and _FINITE_OR_PARTICIPLE.fullmatch(text, *item.cue):
        return True
    if item.cue and _tells_its_source(text, item.source, item.cue):
        return True
    return item.cue is not None and (
        _is_in_other_sentence(text, item.source, item.cue) or _is_object(text, source, item.source, item.cue)
    )


def is_cut_short(text: str, item: Attribution) -> bool:
    """Whether the phrase of a source without a person's name goes on behind it: `according to (a news) release`."""
    if item.source is None or item.cue is None:
        return False
    return 0 <= item.source[0] - item.cue[1] <= 1 and bool(_NOUN_AFTER.match(text, item.source[1]))


def _tells_its_source(text: str, source: Span, cue: Span) -> bool:
    """Whether a source is whom another subject, in a clause between it and the cue, tells something."""
    between = text[source[1] : cue[0]]
    if _PARTICIPLE_ALONE.fullmatch(text, *source) and "," in between:
        return True
    is_told = _TELLING_CUE.search(text, *cue) and _OBJECT_PRONOUN.match(text, cue[1])
    return bool(is_told and source[1] < cue[0] and _CLAUSE_BETWEEN.search(between))


def _is_in_other_sentence(text: str, source: Span, cue: Span) -> bool:
    """Whether a sentence ends between a source and the capitalised cue after it: `its governor. Citing`."""
    if source[0] > cue[0] or not text[cue[0]].isupper():
        return False
    between = text[source[0] : cue[0]]
    return bool(_SENTENCE_ENDS.search(between)) and not _INITIALS.search(between)


def _is_object(text: str, source: str, span: Span, cue: Span) -> bool:
    """Whether a source before its cue depends on a preposition."""
    if span[0] > cue[0] or _RELATIVE.match(source) or _PARTICIPLE.match(text, cue[0]):
        return False
    start = text.rfind("\n", 0, span[0]) + 1
    before = text[max(start, span[0] - _REACH) : span[0]]
    if _AFTER_PREPOSITION.search(before):
        return True
    return source[:1].islower() and bool(_ADJECTIVE_AFTER_PREPOSITION.search(before))
