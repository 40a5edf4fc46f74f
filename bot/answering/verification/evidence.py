"""The evidence that sentences are verified against: passages, the question, the articles' quotes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.answering.verification.facts.figures import figures
from bot.answering.verification.facts.names import find_names
from bot.answering.verification.quotations import QuotationMatch
from retrieval.documents import Hit, QuoteHit
from retrieval.text.dates import parse_day
from retrieval.text.sentences import Span, sentence_spans
from retrieval.text.terms import content_terms, terms

# Terms that a sentence without a name or figure shares with what stands around it, or which share of them; of the
# sentences of news articles one in a hundred has fewer.
FEWEST_SHARED, LEAST_SHARED = 2, 0.2
SECOND = 0.1  # share of a sentence's terms that a second sentence must bring to be cited too
Quotes = Callable[[str], Sequence[QuoteHit]]
Cited = tuple[int, tuple[Span, ...]]
"""A passage, numbered from 0, and the spans of its sentences that are cited; none where all of it is."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The passages of one answer, numbered from 0, its question and the quotes by article."""

    passages: Sequence[Hit]
    question: str
    quotes: Quotes

    def known_facts(self) -> list[str]:
        """The texts from which a sentence may have its names and figures."""
        facts = [self.question]
        for hit in self.passages:
            facts += [hit.passage.text, hit.passage.heading, hit.title, hit.outlet, *hit.authors, publication_days(hit)]
            facts += [quote.quote.speaker for quote in self.quotes_in(hit)]
        return facts

    def belongs(self, article: str, span: Span) -> bool:
        """Whether a span of an article has a name, a figure, or terms of the question, headline or the text around it.

        Text that somebody has put into an article, such as a task for the model that reads it, mostly has none.
        """
        mine, around = set[str](), set(content_terms(self.question))
        for hit in self.passages:
            if (passage := hit.passage).article == article:
                start, end = (min(max(at - passage.start, 0), len(passage.text)) for at in span)
                if figures(passage.text[start:end]) or find_names(passage.text[start:end]):
                    return True
                mine |= set(content_terms(passage.text[start:end]))
                around |= set(content_terms(f"{hit.title} {passage.text[:start]} {passage.text[end:]}"))
        return len(mine & around) >= min(FEWEST_SHARED, LEAST_SHARED * len(mine))

    def quotes_in(self, hit: Hit) -> list[QuoteHit]:
        """The quotes that begin in a passage."""
        return quotes_in_passage(hit, self.quotes(hit.passage.article))

    def cited_spans(self, passage: int, places: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
        """The spans of those sentences of a passage, both numbered from 1, that there are."""
        spans = sentence_spans(self.passages[passage].passage.text)
        wanted = sorted({sentence for number, sentence in places if number == passage + 1})
        return tuple(spans[sentence - 1] for sentence in wanted if 0 < sentence <= len(spans))

    def cited_text(self, cited: Cited) -> str:
        """The text that is cited."""
        number, spans = cited
        text = self.passages[number].passage.text
        return " ".join(text[slice(*span)] for span in spans) or text

    def nearest_span(self, text: str, number: int, quoted: Sequence[Span] = ()) -> Span:
        """The one or two neighbouring sentences of a passage to cite: all that is quoted, then most terms of a text.

        The whole passage where it has none of the terms, as one in another language has.
        """
        passage = self.passages[number].passage.text
        spans, wanted = sentence_spans(passage), set(content_terms(text))
        if within := [one for span in quoted for one in _overlapping(spans, span)]:
            return min(within)[0], max(within)[1]
        if wanted.isdisjoint(terms(passage)):
            return 0, len(passage)
        pairs = [(one[0], two[1]) for one, two in pairwise(spans)]

        def share(span: Span) -> float:
            return len(wanted & set(terms(passage[slice(*span)]))) / len(wanted) - SECOND * (span in pairs)

        return max([*spans, *pairs], key=share)

    def in_article(self, passage: int, span: Span) -> tuple[str, Span]:
        """The article and the article's span of a passage's span."""
        hit = self.passages[passage].passage
        return hit.article, (hit.start + span[0], hit.start + span[1])

    def quote_at(self, place: QuotationMatch) -> QuoteHit | None:
        """The indexed quote at the place of a quotation, if there is one."""
        article, span = self.in_article(place.passage, place.span)
        return quote_at_span(span, self.quotes(article))

    def sentences_at(self, place: QuotationMatch) -> list[str]:
        """The sentences that hold some of a quotation."""
        text = self.passages[place.passage].passage.text
        return [text[slice(*span)] for span in _overlapping(sentence_spans(text), place.span)]


def quote_at_span(span: Span, quotes: Sequence[QuoteHit]) -> QuoteHit | None:
    """The quote that covers more than half of an article's span, the shortest of equal ones."""
    best = max(quotes, key=lambda hit: (_overlap(span, hit), hit.quote.start - hit.quote.end), default=None)
    return best if best and _overlap(span, best) * 2 > span[1] - span[0] else None


def quotes_in_passage(hit: Hit, quotes: Iterable[QuoteHit]) -> list[QuoteHit]:
    """Those of some quotes that begin in a passage."""
    passage = hit.passage
    return [one for one in quotes if one.article == passage.article and passage.start <= one.quote.start < passage.end]


def publication_days(hit: Hit) -> str:
    """Format the days of publication and update: `2 May 2025; 4 May 2025`."""
    days = [day for written in (hit.published, hit.updated) if (day := parse_day(written))]
    return "; ".join(f"{day.day} {day:%B} {day.year}" for day in days)


def joined_spans(spans: Iterable[Span], text: str) -> list[Span]:
    """Spans of a text in order, those joined that overlap or between which there is nothing but white space."""
    found = list[Span]()
    for start, end in sorted(spans):
        if found and not text[found[-1][1] : start].strip():
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def _overlapping(spans: Iterable[Span], span: Span) -> list[Span]:
    return [one for one in spans if one[0] < span[1] and span[0] < one[1]]


def _overlap(span: Span, hit: QuoteHit) -> int:
    return sum(max(0, min(span[1], end) - max(span[0], start)) for start, end in hit.quote.spans)
