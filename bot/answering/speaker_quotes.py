"""Somebody's own words as claims: each with the speaker's name, role and day, in the article's sentences."""

import re
from collections.abc import Sequence

from bot.answering.messages import Claim
from bot.formatting import format_date
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Article, QuoteHit
from retrieval.search.deduplication import overlap, shingles
from retrieval.search.hybrid_search import SearchResult
from retrieval.text.sentences import Span, sentence_spans
from retrieval.text.terms import terms

MAX_CLAIMS = 4
MIN_SCORE_RATIO = 0.6  # of the best one's score; less is not worth a second one
DUPLICATE_OVERLAP = 0.6  # share of shingles; more is a repetition
MAX_LENGTH = 700  # characters
MAX_CUE_DISTANCE = 300  # characters between words and cue that still read as one
MIN_TOPIC_SCORE = 0.5  # of a topic must be spoken of
MIN_TOPIC_SCORE_ANY_SPEAKER = 0.6  # where anybody may have said it, the words asked for must nearly all be there


def quote_claims(found: SearchResult, catalog: CatalogReader) -> list[Claim]:
    """One to four claims led by the best, in the order of days where several are asked for; none if nothing fits."""
    speech = found.asked.speech
    if speech is None or not found.remarks:
        return []
    floor = MIN_TOPIC_SCORE if speech.name else MIN_TOPIC_SCORE_ANY_SPEAKER
    good = (
        [hit for hit in found.remarks if hit.score >= floor]
        if speech.topic
        else [hit for hit in found.remarks if hit.quote.is_speech]
    )
    chosen = _choose([hit for hit in good if hit.quote.speaker])
    if found.asked.since and found.asked.since != found.asked.until:
        chosen.sort(key=lambda hit: hit.published)
    elif found.asked.latest:
        chosen.sort(key=lambda hit: hit.published, reverse=True)
    return _claims(chosen, catalog)


def requires_quotes(found: SearchResult) -> bool:
    """Whether only words of the one asked about would answer: not of a law, nor of an outlet, whose articles speak."""
    speech = found.asked.speech
    if speech is None or not speech.name or not speech.only_words:
        return False
    if any(voice.is_person for voice in found.match.voices):
        return True
    if any(_is_outlet_name(terms(hit.outlet), speech.speaker) for hit in found.hits):
        return False
    if speech.name[:1].isupper():
        return True
    # What the articles write in lower case is no name.
    thing = re.compile(rf"\b{re.escape(speech.name.split()[-1].lower())}\b")
    return not any(thing.search(hit.passage.text) for hit in found.hits)


def _is_outlet_name(outlet: Sequence[str], name: frozenset[str]) -> bool:
    """`The Courier` is the Harbour Courier, `West` is not the West Journal."""
    return bool(outlet) and outlet[-1] in name and name <= set(outlet)


def _choose(hits: Sequence[QuoteHit]) -> list[QuoteHit]:
    chosen: list[QuoteHit] = []
    for hit in hits:
        if len(chosen) == MAX_CLAIMS or (chosen and hit.score < MIN_SCORE_RATIO * chosen[0].score):
            break
        mine = shingles(hit.quote.words)
        if all(overlap(mine, shingles(other.quote.words)) < DUPLICATE_OVERLAP for other in chosen):
            chosen.append(hit)
    return chosen


def _claims(chosen: Sequence[QuoteHit], catalog: CatalogReader) -> list[Claim]:
    claims: list[Claim] = []
    taken: list[tuple[str, Span]] = []
    before: QuoteHit | None = None
    for hit in chosen:
        article = catalog.article(hit.article)
        span = enclosing_sentences(article, hit)
        if any(key == hit.article and span[0] < end and start < span[1] for key, (start, end) in taken):
            continue
        same = before and (before.quote.speaker, before.article) == (hit.quote.speaker, hit.article)
        text = " ".join(article.text[slice(*span)].split())
        claims.append(
            Claim(text if same else f"{attribution_line(hit)}: {text}", ((hit.article, span),), hit.quote.speaker)
        )
        taken.append((hit.article, span))
        before = hit
    return claims


def attribution_line(hit: QuoteHit) -> str:
    """`Marco Rubio, Secretary of State, 11 March 2025`."""
    return ", ".join(part for part in (hit.quote.speaker, hit.quote.role, format_date(hit.published)) if part)


def enclosing_sentences(article: Article, hit: QuoteHit) -> Span:
    """The sentences that hold a quote with its cue and source, as many of them as fit."""
    quote = hit.quote
    near = [
        span
        for span in (quote.cue, quote.source)
        if span and _distance(span, (quote.start, quote.end)) <= MAX_CUE_DISTANCE
    ]
    start, end = (
        min(quote.start, *(span[0] for span in near), quote.start),
        max(quote.end, *(span[1] for span in near), quote.end),
    )
    whole = _sentences_between(article.text, start, end)
    if whole[1] - whole[0] <= MAX_LENGTH:
        return whole
    first = _sentences_between(article.text, *quote.spans[0])
    return first if first[1] - first[0] <= MAX_LENGTH else quote.spans[0]


def _sentences_between(text: str, start: int, end: int) -> Span:
    """The sentences from one character to another, within their paragraphs."""
    first = text.rfind("\n\n", 0, start) + 1
    last = text.find("\n\n", end)
    spans = [
        span
        for span in sentence_spans(text, max(first, 0), len(text) if last < 0 else last)
        if span[1] > start and span[0] < end
    ]
    return (min(spans[0][0], start), max(spans[-1][1], end)) if spans else (start, end)


def _distance(one: Span, other: Span) -> int:
    return max(0, one[0] - other[1], other[0] - one[1])
