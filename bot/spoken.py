"""A speaker's own words on a topic in one article: quotations whole with their attribution, and reported speech."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.rank import Asked
from retrieval.sentences import Span
from retrieval.speech import CUE, Speech, outside, quotations
from retrieval.terms import terms

LONGEST = 700  # characters
REACH = 3  # sentences back in which `he` may have been named
REPORTED = 0.85  # reported speech is worth this much of a quotation
FAR = 12  # words between a name and its verb, as in `Rubio, who had flown in from Munich, said`
NEAR = 4  # words of a title between a verb and a name, as in `said US Secretary of State Marco Rubio`
ATTRIBUTED = 0.4  # less is not this speaker's

_WORD = re.compile(r"[^\W_][\w’'-]*")
_INVERTED = set("said says added adds wrote argued noted explained insisted warned according".split())
_CLAUSE = re.compile(r"that|he|she|they|it|who|which|and|but|is|was|were|are|in|on|at|during|after|before|when")
_PRONOUN = re.compile(r"\b(?:he|she|they)\b", re.IGNORECASE)
_OTHER_SPEAKER = re.compile(r"\b[A-Z][\w’'-]+ (?:said|says|told|added|asked|argued|stated|wrote|tweeted)\b")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A span with somebody's words, and how well they fit the question, 0 to 1."""

    span: Span
    fit: float


@dataclass(frozen=True, slots=True)
class _Sentence:
    span: Span
    inside: frozenset[str]
    outside: str
    names: float
    speaks: bool

    @property
    def has_cue(self) -> bool:
        return bool(CUE.search(self.outside))


def spoken(asked: Asked, speech: Speech, text: str, spans: Sequence[Span]) -> Iterator[Spoken]:
    """The speaker's words in these sentences, in order; words of others and words on other topics are left out."""
    found = [_read(speech, text, span) for span in spans]
    for first, last in _runs(text, found):
        attributed = max(_attribution(found, at) for at in range(first, last + 1))
        if attributed < ATTRIBUTED:
            continue
        unit = found[_clear_start(text, found, first, last) : last + 1]
        about = _about(asked, speech, unit)
        if about > 0:
            kind = 1.0 if any(sentence.inside for sentence in unit) else REPORTED
            yield Spoken((unit[0].span[0], unit[-1].span[1]), about * kind * (0.25 + 0.75 * attributed))


def _read(speech: Speech, text: str, span: Span) -> _Sentence:
    rest = outside(text[slice(*span)])
    inside = " ".join(text[a:b] for a, b in quotations(text, *span))
    named = speech.speaker & set(terms(rest))
    return _Sentence(span, frozenset(terms(inside)), rest, len(named) / len(speech.speaker), speaks(speech, rest))


def speaks(speech: Speech, text: str) -> bool:
    """Whether the speaker is the one who speaks: `Rubio said`, `said Rubio`, but not `Trump accused Rubio`."""
    words = _WORD.findall(text)
    named = [at for at, word in enumerate(words) if speech.speaker & set(terms(word))]
    for cue in (at for at, word in enumerate(words) if CUE.fullmatch(word) or word == "according"):
        before = [at for at in named if 0 < cue - at <= FAR]
        if before and not any(CUE.fullmatch(word) for word in words[before[-1] + 1 : cue]):
            other = words[cue - 1][:1].isupper() and cue - 1 not in named and cue - before[-1] > NEAR
            if not other:
                return True
        after = [at for at in named if 0 < at - cue <= NEAR + 2]
        if after and words[cue] in _INVERTED and not any(_CLAUSE.fullmatch(w) for w in words[cue + 1 : after[0]]):
            return True
    return False


def _runs(text: str, found: list[_Sentence]) -> Iterator[tuple[int, int]]:
    """First and last sentence of each unit: sentences that continue each other's quotation belong together."""
    first = 0
    for at in range(1, len(found) + 1):
        whole = at == len(found) or found[at].span[1] - found[first].span[0] > LONGEST
        if whole or not _continues(text, found[at - 1], found[at]):
            yield first, at - 1
            first = at


def _continues(text: str, one: _Sentence, other: _Sentence) -> bool:
    """Whether both hold quoted words with only a space between, or a quotation goes on in the next paragraph."""
    opening = text[other.span[0]] in '“"'
    if re.search(r"\n\s*\n", text[one.span[1] : other.span[0]]):
        before = text[slice(*one.span)]
        return opening and before.count("“") > before.count("”")
    return opening and bool(one.inside)


def _attribution(found: list[_Sentence], at: int) -> float:
    """How sure it is that a sentence holds the speaker's words."""
    sentence = found[at]
    if sentence.speaks:
        return 0.7 + 0.3 * sentence.names
    if sentence.names and sentence.inside and not sentence.has_cue:
        return 0.9 * (0.7 + 0.3 * sentence.names)
    if not sentence.has_cue and not sentence.inside:
        return 0.0
    near = max(_named_before(found, at), 0.8 * _named_after(found, at))
    if sentence.has_cue and _PRONOUN.search(sentence.outside):
        return 0.7 * near
    if not sentence.outside.strip(" .,—–-"):
        return 0.6 * near
    return 0.0 if sentence.has_cue else 0.5 * near  # a cue without the name: somebody else speaks


def _named_before(found: list[_Sentence], at: int) -> float:
    """1 when the speaker was the last to be named as speaking before this sentence."""
    for before in reversed(found[max(0, at - REACH) : at]):
        if before.names:
            return 1.0
        if _OTHER_SPEAKER.search(before.outside):
            return 0.0
    return 0.0


def _named_after(found: list[_Sentence], at: int) -> float:
    """1 when the speaker speaks, without other words, right after a quotation that nobody was named for before it."""
    if at + 1 == len(found) or not found[at + 1].names or found[at + 1].inside:
        return 0.0
    return float(not any(_OTHER_SPEAKER.search(before.outside) for before in found[max(0, at - 1) : at]))


def _about(asked: Asked, speech: Speech, unit: list[_Sentence]) -> float:
    """The share of the topic that the unit speaks of, its quoted words counting most; 0.5 where none is asked for."""
    topic = {term: asked.weight.get(term, 1.0) for term in speech.topic}
    if not topic:
        return 0.5
    inside = frozenset[str]().union(*(sentence.inside for sentence in unit))
    around = set(terms(" ".join(sentence.outside for sentence in unit)))
    quotes = bool(inside)
    total = sum(
        w * (1.0 if t in inside else (0.3 if quotes else 1.0) if t in around else 0.0) for t, w in topic.items()
    )
    return total / sum(topic.values())


def _clear_start(text: str, found: list[_Sentence], first: int, last: int) -> int:
    """Start a sentence earlier, in the same paragraph, where that one tells who speaks and this one does not."""
    if first == 0 or any(sentence.names for sentence in found[first : last + 1]) or not found[first - 1].names:
        return first
    apart = re.search(r"\n\s*\n", text[found[first - 1].span[1] : found[first].span[0]])
    too_long = found[last].span[1] - found[first - 1].span[0] > LONGEST
    return first if apart or too_long else first - 1
