"""The evidence that sentences are verified against: passages, the question, the articles' quotes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.answering.verification.names import find_names
from bot.answering.verification.quotations import QuotationMatch
from bot.formatting import format_date
from retrieval.documents import Hit, QuoteHit
from retrieval.models.claims import CitedClaim
from retrieval.text.facts.figures import figures
from retrieval.text.sentences import Span, sentence_spans
from retrieval.text.terms import content_terms, terms

# Terms that a sentence without a name or figure shares with what else was found, or which share of them; of the
# sentences of news articles one in sixty has fewer.
FEWEST_SHARED, LEAST_SHARED = 2, 0.2
SECOND = 0.1  # share of a sentence's terms that a second sentence must bring to be cited too
MAX_SPEAKERS = 4  # named in the context of a passage
Quotes = Callable[[str], Sequence[QuoteHit]]
Cited = tuple[int, tuple[Span, ...]]
"""A passage, numbered from 0, and the spans of its sentences that are cited; none where all of it is."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The passages of one answer, numbered from 0, its question and the quotes by article."""

    passages: Sequence[Hit]
    question: str
    quotes: Quotes

    def texts(self) -> list[str]:
        """The texts of the passages."""
        return [hit.passage.text for hit in self.passages]

    def known_facts(self) -> list[str]:
        """The texts from which a sentence may have its names and figures."""
        facts = [self.question, *self.texts()]
        for hit in self.passages:
            days = (format_date(day) for day in (hit.published, hit.updated))
            facts += [hit.passage.heading, hit.title, hit.outlet, *hit.authors, *days]
            facts += [quote.quote.speaker for quote in quotes_in(hit, self.quotes)]
        return facts

    def belongs(self, number: int, span: Span) -> bool:
        """Whether a span of a passage has terms of the question, the headlines or the rest of the passages.

        Text that somebody has put into an article, such as a task for the model that reads it, mostly has none. One is
        enough of a sentence that has a name or a figure of its own.
        """
        text = self.passages[number].passage.text[slice(*span)]
        around = (f"{hit.title} {hit.passage.text}" for hit in self.passages)
        mine, known = set(content_terms(text)), f"{self.question} {' '.join(around)}".replace(text, " ")
        shared = mine.intersection(content_terms(known))
        fewest = 1 if figures(text) or find_names(text) else min(FEWEST_SHARED, LEAST_SHARED * len(mine))
        return len(shared) >= fewest

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

    def cited_claim(self, text: str, cited: Iterable[Cited]) -> CitedClaim:
        """A sentence with what it cites, in its context, as a judge reads it."""
        found = list(cited)
        hits = [self.passages[number] for number, _ in found]
        speakers = ([one.quote.speaker for one in quotes_in(hit, self.quotes)] for hit in hits)
        contexts = (
            evidence_context(hit.title, hit.published, names) for hit, names in zip(hits, speakers, strict=True)
        )
        return CitedClaim(text, " | ".join(dict.fromkeys(contexts)), "\n".join(map(self.cited_text, found)))

    def nearest_span(self, text: str, number: int) -> Span:
        """The one or two neighbouring sentences of a passage with most terms of a text.

        The whole passage where it has none of the terms, as one in another language has.
        """
        passage, wanted = self.passages[number].passage.text, set(content_terms(text))
        if wanted.isdisjoint(terms(passage)):
            return 0, len(passage)
        spans = sentence_spans(passage)
        pairs = [(one[0], two[1]) for one, two in pairwise(spans)]

        def share(span: Span) -> float:
            return len(wanted & set(terms(passage[slice(*span)]))) / len(wanted) - SECOND * (span in pairs)

        return max([*spans, *pairs], key=share)

    def quote_at(self, place: QuotationMatch) -> QuoteHit | None:
        """The indexed quote at the place of a quotation, if there is one."""
        passage = self.passages[place.passage].passage
        start, end = place.span
        return quote_at_span((passage.start + start, passage.start + end), self.quotes(passage.article))

    def sentences_at(self, place: QuotationMatch) -> list[Span]:
        """The spans of the passage's sentences that hold some of a quotation."""
        start, end = place.span
        spans = sentence_spans(self.passages[place.passage].passage.text)
        return [one for one in spans if one[0] < end and start < one[1]]


def evidence_context(title: str, published: str, speakers: Iterable[str]) -> str:
    """What the judge reads beside evidence: headline, day, and who is quoted."""
    named = list(dict.fromkeys(filter(None, speakers)))[:MAX_SPEAKERS]
    facts = (title, format_date(published), f"quotes {', '.join(named)}" if named else "")
    return " · ".join(fact for fact in facts if fact)


def quotes_in(hit: Hit, quotes: Quotes) -> list[QuoteHit]:
    """The quotes that begin in a passage."""
    passage = hit.passage
    return [one for one in quotes(passage.article) if passage.start <= one.quote.start < passage.end]


def quote_at_span(span: Span, quotes: Sequence[QuoteHit]) -> QuoteHit | None:
    """The quote that covers more than half of an article's span, the shortest of equal ones."""

    def overlap(hit: QuoteHit) -> int:
        return sum(max(0, min(span[1], end) - max(span[0], start)) for start, end in hit.quote.spans)

    best = max(quotes, key=lambda hit: (overlap(hit), hit.quote.start - hit.quote.end), default=None)
    return best if best and overlap(best) * 2 > span[1] - span[0] else None


def joined_spans(spans: Iterable[Span], text: str) -> list[Span]:
    """Spans of a text in order, those joined that overlap or between which there is nothing but white space."""
    found = list[Span]()
    for start, end in sorted(spans):
        if found and not text[found[-1][1] : start].strip():
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found
