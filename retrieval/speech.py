"""Questions about what somebody said, and how well a passage holds that person's words on the topic."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from retrieval.sentences import Span, sentences
from retrieval.terms import content_terms, terms

_VERBS = (
    r"say|said|says|saying|think|thinks|thought|tell|told|claim|claimed|state|stated|deny|denied|call|called|promise|"
    r"promised|warn|warned|argue|argued|comment|commented|respond|responded|react|reacted|reply|replied|talk|talked|"
    r"speak|spoke|announce|announced|write|wrote|describe|described|explain|explained|stress|stressed|insist|insisted|"
    r"suggest|suggested|mention|mentioned|propose|proposed|demand|demanded|vow|vowed|criticize|criticized|criticise|"
    r"criticised|emphasize|emphasized|emphasise|emphasised|add|added|urge|urged|acknowledge|acknowledged|accuse|accused|"
    r"predict|predicted|report|reported|declare|declared|admit|admitted|remark|remarked|praise|praised|condemn|condemned"
)
_QUESTION = re.compile(
    rf"^(?:and |so |but )?(?:what|how|when|where|why|which \w+|did|does|has|have|had)\b(?: else| exactly)?\s*"
    r"(?:did|does|do|has|have|had|was|is)?\s*(?P<speaker>.+?)\s+"
    rf"(?:ever |just |also |publicly |been )?(?P<verb>(?-i:{_VERBS}))\b"
    r"\s*(?:(?:about|of|on|regarding|concerning|to|that|over|for|with|against|in)\b)?\s*(?P<topic>.*?)[\s?.!]*$",
    re.IGNORECASE,
)
_TITLES = re.compile(
    r"^(?:(?:the|an?|mr|mrs|ms|dr|prof|professor|sen|senator|rep|representative|gov|governor|secretary|"
    r"(?:vice )?president|(?:prime|foreign|defen[cs]e|finance) minister|chancellor|mayor|king|queen|pope|judge|"
    r"former|then|us|u\.s)\b\.?\s+(?=(?!of\b|for\b|and\b)\w))+",
    re.IGNORECASE,
)
_ACCORDING = re.compile(r"according to (?P<speaker>[^,?]+?)[,?]\s*(?P<topic>.*?)[\s?.!]*$", re.IGNORECASE)
CUE = re.compile(
    r"\b(?:"
    r"said|says|saying|told|tells|added|adds|asked|argue[sd]?|arguing|stated?|states|"
    r"stating|tweeted|tweets|wrote|writes|written|warn(?:ed|s|ing)|claim(?:ed|s|ing)|insist(?:ed"
    r"|s|ing)|explain(?:ed|s)|noted|notes|replied|replies|announced|declared|continued|"
    r"recalled|testified|joked|quipped|responded|according to|emphasi[sz]e[ds]?|stress(?:ed|"
    r"es)|signal(?:l?ed|s)|indicated|clarified|expressed|described|called|calls|criticized|"
    r"criticised|accused|accusing|denied|denies|promised|vowed|predicted|suggested|suggests"
    r"|urged|acknowledged|admitted|remarked|praised|condemned|defended|mocked|dismissed|"
    r"reports?|reported|reacts?|reacted|responds|rebuked|thinks?|thought|believes?|believed|hopes?|hoped|wants|wanted|intends?|"
    r"concluded|reiterated|mentioned"
    r")\b"
)
_QUOTATION = re.compile(
    r"“[^“]*?(?:”|\n\s*\n|\Z)|\"[^\"]*(?:\"|\Z)|(?<!\w)''.+?''|(?<!\w)‘[^‘]{20,}?’(?!\w)", re.DOTALL
)


LONGEST_NAME = 6  # words; a longer one is a clause that was taken for a speaker
_NOBODY = re.compile(
    r"^(?:people|they|he|she|it|we|you|i|there|been|be|being)$|,|\b(?:articles?|reports?|story|stories|coverage|who|whose|which|that)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Speech:
    """What a question about somebody's words asks for, as stemmed terms."""

    name: str
    speaker: frozenset[str]
    topic: frozenset[str]


def asked_speech(question: str) -> Speech | None:
    """Who is asked about and on what, if the question asks for somebody's words; None otherwise."""
    found = _QUESTION.match(question.strip()) or _ACCORDING.search(question)
    if not found:
        return None
    name = _TITLES.sub("", found["speaker"].strip()) or found["speaker"].strip()
    speaker = frozenset(content_terms(name))
    if not speaker or len(name.split()) > LONGEST_NAME or _NOBODY.search(name):
        return None
    return Speech(name, speaker, frozenset(content_terms(found["topic"])) if found["topic"] else frozenset())


def spoken_by(name: str, question: str) -> Speech:
    """The same for a speaker named beside the question."""
    asked = asked_speech(question)
    speaker = frozenset(content_terms(name))
    return Speech(name, speaker, asked.topic if asked else frozenset(content_terms(question)) - speaker)


def quotations(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Spans in quotation marks, the marks included."""
    return [match.span() for match in _QUOTATION.finditer(text, start, len(text) if end is None else end)]


def outside(text: str) -> str:
    """The text without what stands in quotation marks."""
    return _QUOTATION.sub(" ", text)


def speech_score(speech: Speech, text: str, weight: Mapping[str, float]) -> float:
    """How well a text holds the speaker's own words on the topic, 0 to 1; `weight` is each term's inverse frequency."""
    if not _QUOTATION.search(text):
        return 0.0
    spans = sentences(text)
    spoken = [_spoken(text, span) for span in spans]
    naming = [_names(speech, text, span) for span in spans]
    best = 0.0
    for at, words in enumerate(spoken):
        if not words:
            continue
        near = max(naming[max(0, at - 2) : at + 2], default=0.0)
        attributed = max(naming[at], 0.8 * near)
        around = set().union(*spoken[max(0, at - 1) : at + 2])
        about = _share(speech.topic, words, weight) + 0.3 * _share(speech.topic, around - words, weight)
        best = max(best, min(1.0, about) * (0.25 + 0.75 * attributed))
    return best


def _spoken(text: str, span: Span) -> set[str]:
    inside = " ".join(text[a:b] for a, b in quotations(text, *span))
    return set(terms(inside))


def _names(speech: Speech, text: str, span: Span) -> float:
    """1 where a sentence names the speaker outside its quotation next to a cue, 0.7 without a cue."""
    rest = outside(text[slice(*span)])
    found = speech.speaker & set(terms(rest))
    if not found:
        return 0.0
    full = len(found) / len(speech.speaker)
    return (1.0 if CUE.search(rest) else 0.7) * (0.6 + 0.4 * full)


def _share(wanted: Iterable[str], found: set[str], weight: Mapping[str, float]) -> float:
    total = sum(weight.get(term, 1.0) for term in wanted)
    return sum(weight.get(term, 1.0) for term in wanted if term in found) / total if total else 0.5
