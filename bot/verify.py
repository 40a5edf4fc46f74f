"""A sentence of a draft to a claim the articles support word for word where it quotes, fact for fact where it does not;
or to why it is dropped. Nothing else of what a model writes reaches a reader.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bot.clauses import clauses
from bot.draft import Written
from bot.facts import days, unbound_figure
from bot.lazy import lazy
from bot.meaning import meaning, rarity
from bot.messages import Claim
from bot.names import Known, replaced_name, unknown_name
from bot.negation import contradicts
from bot.phrases import is_bridge, without_opening
from bot.quoted import Place
from bot.quoting import Quoting, quote_exactly
from bot.speaker import attributed, is_same, reported, said_at
from bot.support import Support, best_support, choose, each_part_is_held
from retrieval.documents import Hit, QuoteHit
from retrieval.sentences import Span, sentences
from retrieval.terms import names as question_names

Reason = Literal["unknown number", "quotation", "speaker", "figure", "name", "negation", "unsupported"]
Quotes = Callable[[str], Sequence[QuoteHit]]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that is not shown, and why."""

    text: str
    reason: Reason


@dataclass(frozen=True)
class _Sources:
    """What a sentence is held against."""

    passages: Sequence[Hit]
    question: str
    quotes: Quotes

    @lazy
    def weights(self) -> Mapping[str, float]:
        return _weights(tuple(hit.passage.text for hit in self.passages))

    def said(self, text: str) -> list[str]:
        """What a text says that the question did not name."""
        asked = {term for term in question_names(self.question) if term not in self.weights}
        return [term for term in meaning(text) if term not in asked]


@lru_cache(maxsize=64)
def _weights(texts: tuple[str, ...]) -> Mapping[str, float]:
    """All sentences of one answer are held against the same passages."""
    return rarity(texts)


def verify(written: Written, passages: Sequence[Hit], question: str, quotes: Quotes) -> Claim | Dropped:
    """The sentence with the spans it rests on, or why it is dropped; passages are numbered from 1.

    What is wrong with the passages it cites is forgiven where another passage has all of it: that one is cited instead.
    """
    text = without_opening(written.text)
    if is_bridge(text):
        return Dropped(written.text, "unsupported")
    cited = tuple(dict.fromkeys(number - 1 for number in written.numbers if 0 < number <= len(passages)))
    sources = _Sources(passages, question, quotes)
    outcomes: list[Reason] = []
    for candidate in _candidates(text, cited, sources):
        outcome = _against(text, candidate, sources)
        if isinstance(outcome, Claim):
            return outcome
        outcomes.append(outcome)
    if written.numbers and not cited:
        return Dropped(written.text, "unknown number")
    return Dropped(written.text, outcomes[0] if outcomes else "unsupported")


def _candidates(text: str, cited: tuple[int, ...], sources: _Sources) -> Iterator[tuple[int, ...]]:
    """The cited passages, then each other one by itself, best support first."""
    if cited:
        yield cited
    said = sources.said(text)
    supports = [best_support(said, number, hit, sources.weights) for number, hit in enumerate(sources.passages)]
    for support in sorted(supports, key=lambda support: -support.share):
        if (support.passage,) != cited:
            yield (support.passage,)


def _against(text: str, cited: tuple[int, ...], sources: _Sources) -> Claim | Reason:
    """The sentence held against some passages."""
    quoting = quote_exactly(text, [hit.passage.text for hit in sources.passages], cited)
    if quoting is None:
        return "quotation"
    cited = tuple(dict.fromkeys((*(place.passage for place in quoting.places), *cited)))
    supports = _supports(quoting, cited, sources)
    if reason := _wrong(quoting, cited, supports, sources):
        return reason
    chosen = choose(supports, sources.said(quoting.text), sources.weights)
    kept = [support for support in supports if support in chosen or _is_quoted_from(support, quoting)]
    if not chosen or not each_part_is_held(map(sources.said, clauses(quoting.text)), kept, sources.weights):
        return "unsupported"
    return _checked(quoting, kept, sources)


def _supports(quoting: Quoting, cited: Sequence[int], sources: _Sources) -> list[Support]:
    said = sources.said(quoting.text)
    return [best_support(said, number, sources.passages[number], sources.weights, quoting.places) for number in cited]


def _is_quoted_from(support: Support, quoting: Quoting) -> bool:
    return any(place.passage == support.passage for place in quoting.places)


def _wrong(
    quoting: Quoting, cited: Sequence[int], supports: Sequence[Support], sources: _Sources
) -> Reason | Literal[""]:
    """What quoted speaker, figure or name of the sentence the cited passages do not have."""
    if not all(_is_said_so(quoting.text, place, sources) for place in quoting.places):
        return "speaker"
    hits = [sources.passages[number] for number in cited]
    if unbound_figure(quoting.outside, hits, sources.question):
        return "figure"
    return "name" if unknown_name(quoting.outside, _known(hits, sources)) else ""


def _known(hits: Sequence[Hit], sources: _Sources) -> Known:
    """Where names may come from."""
    texts = (
        text
        for hit in hits
        for text in (hit.passage.text, hit.passage.heading, hit.title, hit.outlet, *hit.authors, days(hit))
    )
    return Known(tuple(texts), sources.question)


def _checked(quoting: Quoting, supports: Sequence[Support], sources: _Sources) -> Claim | Reason:
    """The claim, unless its own support has somebody else say it or denies it."""
    held = "\n\n".join(support.text for support in supports)
    if not _is_reported_so(quoting, supports, sources):
        return "speaker"
    hits = [sources.passages[support.passage] for support in supports]
    facts = [fact for hit in hits for fact in (hit.outlet, *hit.authors)]
    if replaced_name(quoting.outside, held, facts, _known(hits, sources)):
        return "name"
    if contradicts(quoting.text, held):
        return "negation"
    spans = tuple(_in_article(support.span, sources.passages[support.passage]) for support in supports)
    return Claim(quoting.text, spans, _speaker(quoting, sources))


def _in_article(span: Span, hit: Hit) -> tuple[str, Span]:
    return hit.passage.article, (hit.passage.start + span[0], hit.passage.start + span[1])


def _quote_at(place: Place, sources: _Sources) -> QuoteHit | None:
    article, span = _in_article(place.span, sources.passages[place.passage])
    return said_at(span, sources.quotes(article))


def _is_said_so(text: str, place: Place, sources: _Sources) -> bool:
    """Whether the article has the sentence's speaker say what it quotes: by the index, or read as the sentence is."""
    name = attributed(text)
    if not name or _reads_so(name, sources.passages[place.passage].passage.text, place.span):
        return True
    hit = _quote_at(place, sources)
    return hit is not None and is_same(name, hit.quote.speaker, is_person=hit.quote.is_person)


def _reads_so(name: str, passage: str, span: Span) -> bool:
    """Whether a sentence that holds some of the span has that same person say something."""
    around = [whole for whole in sentences(passage) if whole[0] < span[1] and span[0] < whole[1]]
    return any(is_same(name, attributed(passage[slice(*whole)])) for whole in around)


def _is_reported_so(quoting: Quoting, supports: Sequence[Support], sources: _Sources) -> bool:
    """The same for what is said without quotation marks."""
    name = attributed(quoting.text)
    if not name or quoting.places:
        return True
    for support in supports:
        article, span = _in_article(support.span, sources.passages[support.passage])
        hit = reported(quoting.text, [span], sources.quotes(article))
        if not hit or not hit.quote.speaker:
            continue
        passage = sources.passages[support.passage].passage
        said = hit.quote.start - passage.start, hit.quote.end - passage.start
        alike = is_same(name, hit.quote.speaker, is_person=hit.quote.is_person)
        if not alike and not _reads_so(name, passage.text, said):
            return False
    return True


def _speaker(quoting: Quoting, sources: _Sources) -> str:
    found = {hit.quote.speaker for place in quoting.places if (hit := _quote_at(place, sources))}
    return found.pop() if len(found) == 1 else ""
