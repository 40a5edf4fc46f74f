"""Whether the articles give a quotation to whom a sentence names, and whose words a sentence tells as a fact."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from math import inf

from bot.answering.messages import Claim
from bot.answering.verification.evidence import Evidence
from bot.answering.verification.quotations import QuotationMatch, QuoteCheck
from retrieval.documents import QuoteHit
from retrieval.quotes.attribution.quotation_marks import quotation_spans
from retrieval.quotes.speaker_index.lookup import NO_SPEAKER, find_speaker
from retrieval.quotes.speaker_index.merging import list_speakers
from retrieval.quotes.speakers.names import PersonName, is_thing, parse_person_names
from retrieval.quotes.word_lists import word_list
from retrieval.text.sentences import Span
from retrieval.text.terms import content_terms, terms

BEFORE = 60  # characters at most between a name and its verb, for a role
MOSTLY = 0.75  # share of a sentence's terms that one quote must hold for the sentence to be the speaker's words
PLAIN_WORDS = "said says and a an the that"  # tell of a quotation that it was said

_WORD = re.compile(r"[^\W\d_]+")
_BODY_SAYS = re.compile(
    r"(?:\A|[”\"’,.] +)\s*(?:[Tt]he )?(?P<name>[A-Z][\w’'&.-]*(?: (?:of |the |and |for )*[A-Z][\w’'&.-]*)*) "
    r"(?:said|says|stated|wrote|told|added|announced|warned|noted|explained)\b"
)
_ACCORDING = re.compile(r"\b(?:according to|in the words of|for)\s+(?:\w+\s+){0,4}?\Z", re.IGNORECASE)
_ADDRESSEE = re.compile(r"\b(?:to|by|of|about|with|against|for|on|from|at|in|and)\s+(?:\w+\s+)?\Z", re.IGNORECASE)
_ANOTHER_PART = re.compile(r"[,;]|\bto\b")
_END = re.compile(r"[.!?…]*\Z")


def is_quotation_attributed(text: str, place: QuotationMatch, ground: Evidence) -> bool:
    """Whether the article attributes a quotation to the person or the body that the sentence names."""
    hit, around = ground.quote_at(place), ground.sentences_at(place)
    text = text.replace(ground.passages[place.passage].outlet, "")
    if name := _attributed_person(text):
        speakers = [(hit.quote.speaker, hit.quote.is_person)] if hit else []
        speakers += [(_attributed_person(one), True) for one in around]
        return any(_is_same_speaker(name, *speaker) for speaker in speakers)
    if hit is None or not hit.quote.speaker:
        return True
    body = _BODY_SAYS.search(_without_quotations(text))
    told = set(terms(" ".join((*around, hit.quote.speaker, hit.quote.role))))
    return not body or set(terms(body["name"])) <= told


def is_plain_quotation(quoting: QuoteCheck, ground: Evidence) -> bool:
    """Whether a sentence quotes and says no more than who said so, as the articles do around the quotation."""
    hits = [ground.quote_at(place) for place in quoting.places]
    if not hits or not all(hit and hit.quote.speaker and hit.quote.is_said for hit in hits):
        return False
    around = [text for place in quoting.places for text in ground.sentences_at(place)]
    named = [f"{hit.quote.speaker} {hit.quote.role}" for hit in hits if hit]
    return set(terms(quoting.outside)) <= set(terms(" ".join((PLAIN_WORDS, *around, *named))))


def credit_speaker(claim: Claim, ground: Evidence) -> Claim:
    """Append `according to X` to a claim whose whole support is quotes of X and that names no speaker."""
    said = set(content_terms(claim.text))
    sayers = [_sayer(said, ground.quotes(article), span) for article, span in claim.support]
    names = {_in_sentence(hit, ground) for hit in sayers if hit}
    if quotation_spans(claim.text) or len(names) != 1 or not all(sayers):
        return claim
    name, quoted = names.pop(), {stem for hit in sayers if hit for stem in terms(hit.quote.words)}
    names_speaker = (set(terms(claim.text)) & _speech_cues()) - quoted or set(content_terms(name)) & said
    if names_speaker or not content_terms(name):
        return claim
    return replace(claim, text=f"{_END.sub('', claim.text)}, according to {name}.", speaker=name)


def _attributed_person(text: str) -> str:
    """The person to whom a sentence attributes a statement, as written; empty where that is unclear."""
    outside = _without_quotations(text)
    people = [person for person in parse_person_names(outside) if not is_thing(person.words)]
    cues = [match.span() for match in _WORD.finditer(outside) if set(terms(match.group())) & _speech_cues()]
    distances = [_distance_to_cue(person, cues, outside) for person in people]
    nearest = min(distances, default=inf)
    is_only_one = len(people) == 1 and outside != text
    person = people[distances.index(nearest)] if nearest < inf or is_only_one else None
    return " ".join((*person.titles, *person.words)) if person else ""


def _distance_to_cue(person: PersonName, cues: Sequence[Span], text: str) -> float:
    """Characters between a person and a word that reports speech; a person before it comes first."""
    start, end = person.span
    if _ACCORDING.search(text[:start]):
        return 0
    is_addressee = bool(_ADDRESSEE.search(text[:start]))
    before = [first - end for first, _ in cues if 0 < first - end <= BEFORE and not is_addressee]
    after = [
        BEFORE + start - last
        for _, last in cues
        if 0 < start - last <= BEFORE and not _ANOTHER_PART.search(text[last:start])
    ]
    return min((*before, *after), default=inf)


def _is_same_speaker(name: str, speaker: str, is_person: bool) -> bool:
    """Whether a name in a sentence means the speaker of a quote."""
    match = find_speaker(list_speakers([(speaker, is_person, 1, "")]), name) if speaker else NO_SPEAKER
    return bool(match.speakers) and not match.misspelt


def _sayer(said: set[str], quotes: Sequence[QuoteHit], span: Span) -> QuoteHit | None:
    """The speech within a span of an article that holds most terms of a sentence; None where the article states it."""
    within = [hit for hit in quotes if hit.quote.start < span[1] and span[0] < hit.quote.end]
    best = max(within, key=lambda hit: len(said & set(terms(hit.quote.words))), default=None)
    if best is None or not best.quote.is_said or not best.quote.speaker:
        return None
    return best if len(said & set(terms(best.quote.words))) >= MOSTLY * len(said) else None


def _in_sentence(hit: QuoteHit, ground: Evidence) -> str:
    """The speaker's name as it goes on in a sentence: `officials in Kyiv`."""
    name = hit.quote.speaker
    first, _, rest = name.partition(" ")
    is_word = any(re.search(rf"\b{re.escape(first.lower())}\b", one.passage.text) for one in ground.passages)
    is_name = hit.quote.is_person or rest[:1].isupper() or not (rest or is_word)
    return name if is_name and first != "The" else f"{first.lower()} {rest}".strip()


def _without_quotations(text: str) -> str:
    """The text with its quotations blanked out, at the same length."""
    for start, end in quotation_spans(text):
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


@cache
def _speech_cues() -> frozenset[str]:
    """Stems of words that report speech."""
    return frozenset(terms(" ".join(word_list("cues"))))
