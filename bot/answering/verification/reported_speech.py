"""Check a sentence's attributions against the indexed quotes and the passages' own sentences."""

from collections.abc import Sequence

from bot.answering.verification.evidence import Evidence
from bot.answering.verification.facts.near_copies import Word, words
from bot.answering.verification.quotations.matching import QuotationMatch
from bot.answering.verification.quotations.rewriting import QuoteCheck
from bot.answering.verification.quotations.speaker import (
    attributed_body,
    attributed_person,
    is_same_speaker,
    without_outlet,
)
from retrieval.documents import QuoteHit
from retrieval.text.sentences import Span, sentence_spans
from retrieval.text.terms import terms

PLAIN_WORDS = frozenset(("said", "says", "and"))  # tell of a quotation that it was said


def is_quotation_attributed(text: str, place: QuotationMatch, ground: Evidence) -> bool:
    """Whether the article attributes a quotation to the speaker that the sentence names."""
    passage = ground.passages[place.passage]
    text = without_outlet(text, passage.outlet)
    name, hit = attributed_person(text), ground.quote_at(place)
    if not name:
        return not hit or not _is_of_another_body(text, place, hit, ground)
    if _reads_so(name, passage.passage.text, place.span):
        return True
    return hit is not None and is_same_speaker(name, hit.quote.speaker, is_person=hit.quote.is_person)


def plainly_told(quoting: QuoteCheck, cited: Sequence[int], ground: Evidence) -> tuple[int, ...]:
    """The passages with the words of a sentence that says no more than who said them; empty where it says more."""
    if quoting.places:
        is_plain = _is_plain_quotation(quoting, ground)
        return tuple(dict.fromkeys(place.passage for place in quoting.places)) if is_plain else ()
    told = [ground.quotes_in(ground.passages[number]) for number in cited]
    return tuple(
        number for number, hits in zip(cited, told, strict=True) if any(_is_report(quoting.text, hit) for hit in hits)
    )


def _is_plain_quotation(quoting: QuoteCheck, ground: Evidence) -> bool:
    """Whether all around the quotations stands around them in the passages, too, or names who the index has said so."""
    hits = [ground.quote_at(place) for place in quoting.places]
    around = [
        text for place in quoting.places for text in _around(ground.passages[place.passage].passage.text, place.span)
    ]
    is_said = all(hit and hit.quote.speaker and hit.quote.is_said for hit in hits)
    known = [*around, *(hit.quote.speaker for hit in hits if hit)]
    return is_said and _has_plain_words(words(quoting.outside), known)


def _is_report(text: str, hit: QuoteHit) -> bool:
    """Whether a sentence is a person's name, then the words that the index reports of the same person."""
    quote, said = hit.quote, words(text)
    told = [word.key for word in words(quote.words)]
    if not quote.is_said or not told or [word.key for word in said[-len(told) :]] != told:
        return False
    is_theirs = is_same_speaker(attributed_person(text), quote.speaker, is_person=quote.is_person)
    return is_theirs and _has_plain_words(said[: -len(told)], [quote.speaker])


def _has_plain_words(said: Sequence[Word], known: Sequence[str]) -> bool:
    keys = {word.key for text in known for word in words(text)} | PLAIN_WORDS
    return all(word.key in keys or word.kind == "title" for word in said)


def _is_of_another_body(text: str, place: QuotationMatch, hit: QuoteHit, ground: Evidence) -> bool:
    """Whether a company or an office is given words of somebody who is not of it, as far as the article tells."""
    name = attributed_body(text)
    if not name or not hit.quote.speaker or is_same_speaker(name, hit.quote.speaker, is_person=hit.quote.is_person):
        return False
    around = _around(ground.passages[place.passage].passage.text, place.span)
    return not set(terms(name)) <= set(terms(" ".join((*around, hit.quote.speaker, hit.quote.role))))


def _reads_so(name: str, passage: str, span: Span) -> bool:
    """Whether a sentence that holds some of the span has that same person say something."""
    return any(is_same_speaker(name, attributed_person(whole)) for whole in _around(passage, span))


def _around(passage: str, span: Span) -> list[str]:
    """The sentences that hold some of the span."""
    return [passage[start:end] for start, end in sentence_spans(passage) if start < span[1] and span[0] < end]
