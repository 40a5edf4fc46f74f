"""What a sentence is held against: passages by number, the question, the quotes of articles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.answering.verification.lexical.lazy_property import lazy_property
from bot.answering.verification.lexical.weighted_terms import meaning_terms, term_weights
from bot.answering.verification.quotations.matching import QuotationMatch
from bot.answering.verification.quotations.speaker import quote_at_span
from retrieval.documents import Hit, QuoteHit
from retrieval.text.sentences import Span
from retrieval.text.terms import name_terms, terms

REMEMBERED = 64  # answers' passages
Quotes = Callable[[str], Sequence[QuoteHit]]


@lru_cache(REMEMBERED)
def _rarity(texts: tuple[str, ...]) -> Mapping[str, float]:
    """All sentences of one answer are held against the same passages."""
    return term_weights(texts)


@dataclass(frozen=True)
class Evidence:
    """The passages are numbered from 0 here."""

    passages: Sequence[Hit]
    question: str
    quotes: Quotes

    @lazy_property
    def weights(self) -> Mapping[str, float]:
        return _rarity(tuple(hit.passage.text for hit in self.passages))

    @lazy_property
    def outlets(self) -> frozenset[str]:
        every = frozenset(term for hit in self.passages for term in terms(hit.outlet))
        return every - set(self.weights)

    def said(self, text: str) -> list[str]:
        """What a text says that the question did not name, beside which outlet says it."""
        asked = {term for term in name_terms(self.question) if term not in self.weights} | self.outlets
        return [term for term in meaning_terms(text) if term not in asked]

    def in_article(self, passage: int, span: Span) -> tuple[str, Span]:
        """A span of a passage as one of its article."""
        hit = self.passages[passage].passage
        return hit.article, (hit.start + span[0], hit.start + span[1])

    def quote_at(self, place: QuotationMatch) -> QuoteHit | None:
        """The quote that stands there by the index."""
        article, span = self.in_article(place.passage, place.span)
        return quote_at_span(span, self.quotes(article))
