"""The evidence that sentences are verified against: passages, the question, the articles' quotes."""

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

REMEMBERED = 64  # passage sets of answers in the cache
Quotes = Callable[[str], Sequence[QuoteHit]]


@lru_cache(REMEMBERED)
def _rarity(texts: tuple[str, ...]) -> Mapping[str, float]:
    """Cached, because all sentences of one answer are verified against the same passages."""
    return term_weights(texts)


@dataclass(frozen=True)
class Evidence:
    """The passages of one answer, numbered from 0, its question and the quotes by article."""

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
        """The terms of a text that are neither names from the question nor outlets."""
        asked = {term for term in name_terms(self.question) if term not in self.weights} | self.outlets
        return [term for term in meaning_terms(text) if term not in asked]

    def in_article(self, passage: int, span: Span) -> tuple[str, Span]:
        """The article and the article's span of a passage's span."""
        hit = self.passages[passage].passage
        return hit.article, (hit.start + span[0], hit.start + span[1])

    def quote_at(self, place: QuotationMatch) -> QuoteHit | None:
        """The indexed quote at the place of a quotation, if there is one."""
        article, span = self.in_article(place.passage, place.span)
        return quote_at_span(span, self.quotes(article))
