"""Find the speaker that a sentence names, and the quote of the articles that it repeats."""

import re
from collections.abc import Sequence
from functools import cache

from retrieval.documents import QuoteHit
from retrieval.quotes.attribution.quotation_marks import quotation_spans
from retrieval.quotes.speaker_index.lookup import SpeakerMatch, find_speaker
from retrieval.quotes.speaker_index.merging import list_speakers
from retrieval.quotes.speakers.names import PersonName, is_thing, parse_person_names
from retrieval.quotes.word_lists import word_list
from retrieval.text.sentences import Span
from retrieval.text.terms import terms

BEFORE = 60  # characters at most between a name and its verb, for a role

_WORD = re.compile(r"[^\W\d_]+")
_BODY_SAYS = re.compile(
    r"(?:\A|[”\"’,.] +)\s*(?:[Tt]he )?(?P<name>[A-Z][\w’'&.-]*(?: (?:of |the |and |for )*[A-Z][\w’'&.-]*)*) "
    r"(?:said|says|stated|wrote|told|added|announced|warned|noted|explained)\b"
)
_ACCORDING = re.compile(r"\b(?:according to|in the words of|for)\s+(?:\w+\s+){0,4}?\Z", re.IGNORECASE)
_ADDRESSEE = re.compile(r"\b(?:to|by|of|about|with|against|for|on|from|at|in|and)\s+(?:\w+\s+)?\Z", re.IGNORECASE)


@cache
def speech_cues() -> frozenset[str]:
    """Stems of words that report speech."""
    return frozenset(terms(" ".join(word_list("cues"))))


def attributed_person(text: str) -> str:
    """The person to whom a sentence attributes a statement, as written; empty where that is unclear."""
    outside = _without_quotations(text)
    people = _people(outside)
    spoken = [match.span() for match in _WORD.finditer(outside) if set(terms(match.group())) & speech_cues()]
    for person in people:
        if _ACCORDING.search(outside[: person.span[0]]):
            return _name(person)
    before = [
        (start - person.span[1], person)
        for start, _ in spoken
        for person in people
        if 0 < start - person.span[1] <= BEFORE and not _ADDRESSEE.search(outside[: person.span[0]])
    ]
    if before:
        return _name(min(before, key=lambda pair: pair[0])[1])
    after = [
        (person.span[0] - end, person)
        for _, end in spoken
        for person in people
        if 0 < person.span[0] - end <= BEFORE and not re.search(r"[,;]|\bto\b", outside[end : person.span[0]])
    ]
    if after:
        return _name(min(after, key=lambda pair: pair[0])[1])
    return _name(people[0]) if len(people) == 1 and quotation_spans(text) else ""


def attributed_body(text: str) -> str:
    """The company, office or other body to which a sentence attributes a statement; empty where there is none."""
    found = _BODY_SAYS.search(_without_quotations(text))
    return found["name"] if found else ""


def without_outlet(text: str, *outlets: str) -> str:
    """Remove `According to the Gazette,` and `The Gazette reported that` where the Gazette published the article."""
    names = "|".join(re.escape(outlet) for outlet in outlets if outlet)
    said = rf"(?:as )?(?:according to|reported by) (?:the )?(?:{names})(?:,\s*|(?=\.))"
    told = rf"\A(?:the )?(?:{names}) (?:reported|reports|said|says|wrote|writes) that "
    return re.sub(f"{said}|{told}", "", text, flags=re.IGNORECASE) if names else text


def is_same_speaker(name: str, speaker: str, *, is_person: bool = True) -> bool:
    """Whether a name in a sentence means a speaker of the index."""
    match = find_speaker(list_speakers([(speaker, is_person, 1, "")]), name) if speaker else SpeakerMatch(())
    return bool(match.speakers) and not match.misspelt


def quote_at_span(span: Span, quotes: Sequence[QuoteHit]) -> QuoteHit | None:
    """The quote that covers more than half of an article's span, the shortest of equal ones."""
    best = max(quotes, key=lambda hit: (_overlap(span, hit), hit.quote.start - hit.quote.end), default=None)
    return best if best and _overlap(span, best) * 2 > span[1] - span[0] else None


def _people(text: str) -> list[PersonName]:
    return [person for person in parse_person_names(text) if not is_thing(person.words)]


def _without_quotations(text: str) -> str:
    """The text with its quotations blanked out, at the same length."""
    for start, end in quotation_spans(text):
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def _name(person: PersonName) -> str:
    return " ".join((*person.titles, *person.words))


def _overlap(span: Span, hit: QuoteHit) -> int:
    return sum(max(0, min(span[1], end) - max(span[0], start)) for start, end in hit.quote.spans)
