"""Detect sentences that negate what their support asserts, or assert what it negates."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.verification.lexical.weighted_terms import stems

# `against the dollar` and `the case against him` are no negations.
_AGAINST = (
    r"(?:vot(?:e|es|ed|ing)|spoke|rul(?:e|es|ed)|decid(?:e|es|ed)|advis(?:e|es|ed)|argu(?:e|es|ed)|warn(?:s|ed)?|"
    r"is|are|was|were|be) against"
)
_NEGATOR = re.compile(
    r"\b(?:not(?! only\b| just\b)|never|nobody|no(?!\.|,| (?:fewer|less|more|later|doubt)\b)|none|nothing|"
    r"nowhere|"
    r"nor|neither|without|cannot|hardly|barely|unlikely|unable|unwilling|impossible|instead of|rather than|"
    r"den(?:y|ies|ied|ying)|refus(?:e|es|ed|ing|al)|reject(?:s|ed|ing|ion)?|fail(?:s|ed|ing|ure)?|"
    r"declin(?:e|es|ed|ing) to|oppos(?:e|es|ed|ing)|{_AGAINST}|lack(?:s|ed|ing)?|rul(?:e|es|ed|ing) out|"
    r"dismiss(?:es|ed|ing)?|avoid(?:s|ed|ing)?|"
    r"stop(?:s|ped|ping)?|halt(?:s|ed|ing)?|prevent(?:s|ed|ing)?|den(?:ial)|disput(?:e|es|ed|ing)|doubt(?:s|ed|ing)?)\b"
    r"|n[’']t\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,;:.!?…()“”\"—–]|\b(?:but|although|though|while|because|however)\b", re.IGNORECASE)
REACH = 3  # content terms after a negation that it negates
NEAR = 4  # content terms on either side of a negation where the other sentence may have its negation
MOSTLY = 0.75  # share of the negated terms that the other sentence must have, if it lacks the first one
_IDLE = frozenset("yet longer even ever alway realli simpli necessarili".split())
CANCELLING = 2  # words at most between two negations that cancel each other


@dataclass(frozen=True, slots=True)
class Negation:
    """The terms that a negation negates, in order, and the terms near it."""

    about: tuple[str, ...]
    near: frozenset[str]


def contradicts(said: str, held: str) -> bool:
    """Whether a negation is lost or added between a sentence and its support where both have the same terms."""
    mine, theirs = negations(said), negations(held)
    return _unmatched(mine, theirs, held) or _unmatched(theirs, mine, said)


def has_negation(text: str) -> bool:
    """Whether a text has an odd number of negations."""
    return len(_NEGATOR.findall(text)) % 2 == 1


def negations(text: str) -> list[Negation]:
    """The negations of a text; two that stand close together cancel each other."""
    found = list(_NEGATOR.finditer(text))
    pairs = [
        at
        for at in range(len(found) - 1)
        if len(text[found[at].end() : found[at + 1].start()].split()) <= CANCELLING
        and not _CLAUSE_END.search(text, found[at].end(), found[at + 1].start())
    ]
    cancelled = {number for at in pairs for number in (at, at + 1)}
    return [_denial(text, match) for at, match in enumerate(found) if at not in cancelled]


def _denial(text: str, match: re.Match[str]) -> Negation:
    end = _CLAUSE_END.search(text, match.end())
    after = _content(text[match.end() : end.start() if end else len(text)])
    before = _content(text[: match.start()])
    rest = _content(text[match.end() :])
    about = after[:REACH] or before[-2:]
    return Negation(tuple(about), frozenset((*before[-NEAR:], *rest[:NEAR], *about)))


def _unmatched(mine: Sequence[Negation], theirs: Sequence[Negation], other: str) -> bool:
    spoken = set(_content(other))
    for denial in mine:
        shared = [term for term in denial.about if term in spoken]
        speaks_of_it = bool(shared) and (denial.about[0] in spoken or len(shared) >= MOSTLY * len(denial.about))
        if speaks_of_it and not any(set(shared) & near.near for near in theirs):
            return True
    return False


def _content(text: str) -> list[str]:
    return [term for term in stems(text) if term not in _IDLE]
