"""Check a sentence's attributions against the indexed quotes and the passages' own sentences."""

from collections.abc import Sequence

from bot.answering.verification.evidence import Evidence
from bot.answering.verification.quotations.matching import QuotationMatch
from bot.answering.verification.quotations.rewriting import QuoteCheck
from bot.answering.verification.quotations.speaker import (
    attributed_body,
    attributed_person,
    is_same_speaker,
    reported_quote,
    without_outlet,
)
from bot.answering.verification.support import Support
from retrieval.documents import QuoteHit
from retrieval.text.sentences import Span, sentence_spans
from retrieval.text.terms import terms


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


def is_paraphrase_attributed(quoting: QuoteCheck, supports: Sequence[Support], ground: Evidence) -> bool:
    """Whether the articles attribute an indirect statement to the speaker that the sentence names."""
    text = without_outlet(quoting.text, *(ground.passages[support.passage].outlet for support in supports))
    name = attributed_person(text)
    if not name or quoting.places:
        return True
    return all(_is_reported_in(support, name, text, ground) for support in supports)


def _is_reported_in(support: Support, name: str, text: str, ground: Evidence) -> bool:
    article, span = ground.in_article(support.passage, support.span)
    hit = reported_quote(text, [span], ground.quotes(article))
    if not hit or not hit.quote.speaker or is_same_speaker(name, hit.quote.speaker, is_person=hit.quote.is_person):
        return True
    passage = ground.passages[support.passage].passage
    return _reads_so(name, passage.text, (hit.quote.start - passage.start, hit.quote.end - passage.start))


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
