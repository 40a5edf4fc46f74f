"""Turn a speaker's quotes into claims: the article's sentences after the speaker's name, role and date."""

import re
from collections import defaultdict
from collections.abc import Sequence

from bot.answering.extraction.repetition import distinct, is_close
from bot.answering.messages import Claim
from bot.answering.reading.read_sentences import ReadSentence
from bot.formatting import format_date
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Article, QuoteHit
from retrieval.search.hybrid_search import SearchResult
from retrieval.text.sentences import Span, sentence_spans
from retrieval.text.terms import terms

TOPIC_WEIGHT, TOPIC_BAR = 12.0, 0.5  # what the share of the topic that a quote speaks of adds to its sentence's score
MIN_SCORE = 5.0  # of a quote that is shown
MAX_LENGTH = 700  # characters of a claim
MAX_CUE_DISTANCE = 300  # characters; a cue or source farther from the quote is left out of the claim


def quote_claims(found: SearchResult, catalog: CatalogReader, read: Sequence[ReadSentence]) -> list[Claim]:
    """Return one to three claims, those that the reader takes for the answer first; none where no quote fits.

    Where the question is about several days they are in order of date; where it asks for the latest, newest first.
    """
    speech = found.question.quote_intent
    if speech is None or not found.speaker_quotes:
        return []
    good = [hit for hit in found.speaker_quotes if hit.quote.speaker]
    if speech.topic_terms:
        chosen = distinct((hit for score, hit in judged_quotes(good, catalog, read) if score >= MIN_SCORE), _repeats)
    else:
        chosen = distinct((hit for hit in good if hit.quote.is_speech), _repeats)
    if found.question.since and found.question.since != found.question.until:
        chosen.sort(key=lambda hit: hit.published)
    elif found.question.wants_latest:
        chosen.sort(key=lambda hit: hit.published, reverse=True)
    return _claims(chosen, catalog)


def judged_quotes(
    hits: Sequence[QuoteHit], catalog: CatalogReader, read: Sequence[ReadSentence]
) -> list[tuple[float, QuoteHit]]:
    """Quotes with their scores, best first: the score of the sentence, and the share of the topic."""
    by_article = defaultdict[str, list[ReadSentence]](list)
    for sentence in read:
        by_article[sentence.article.id].append(sentence)
    judged = list[tuple[float, QuoteHit]]()
    for hit in hits:
        if hit.article in by_article:
            start, end = enclosing_sentences(catalog.article(hit.article), hit)
            scores = [one.score for one in by_article[hit.article] if one.span[0] < end and start < one.span[1]]
            if scores:
                judged.append((max(scores) + TOPIC_WEIGHT * (hit.score - TOPIC_BAR), hit))
    return sorted(judged, key=lambda pair: -pair[0])


def requires_quotes(found: SearchResult) -> bool:
    """Whether only quotes of the speaker asked about would answer the question.

    Not so where the name is that of a thing, such as a law, or of an outlet, whose articles themselves answer.
    """
    speech = found.question.quote_intent
    if speech is None or not speech.speaker_name or not speech.speech_only:
        return False
    if any(voice.is_person for voice in found.speaker_match.speakers):
        return True
    if any(_is_outlet_name(terms(hit.outlet), speech.speaker_terms) for hit in found.hits):
        return False
    if speech.speaker_name[:1].isupper():
        return True
    # A name that the articles write in lower case is that of a thing.
    thing = re.compile(rf"\b{re.escape(speech.speaker_name.split()[-1].lower())}\b")
    return not any(thing.search(hit.passage.text) for hit in found.hits)


def _is_outlet_name(outlet: Sequence[str], name: frozenset[str]) -> bool:
    """Whether a name means an outlet: `The Courier` means the Harbour Courier, `West` not the West Journal."""
    return bool(outlet) and outlet[-1] in name and name <= set(outlet)


def _repeats(one: QuoteHit, other: QuoteHit) -> bool:
    return is_close(one.quote.words, other.quote.words)


def _claims(chosen: Sequence[QuoteHit], catalog: CatalogReader) -> list[Claim]:
    claims: list[Claim] = []
    used: list[tuple[str, Span]] = []
    before: QuoteHit | None = None
    for hit in chosen:
        article = catalog.article(hit.article)
        span = enclosing_sentences(article, hit)
        if any(key == hit.article and span[0] < end and start < span[1] for key, (start, end) in used):
            continue
        continues = before and (before.quote.speaker, before.article) == (hit.quote.speaker, hit.article)
        text = " ".join(article.text[slice(*span)].split())
        claims.append(
            Claim(text if continues else f"{attribution_line(hit)}: {text}", ((hit.article, span),), hit.quote.speaker)
        )
        used.append((hit.article, span))
        before = hit
    return claims


def attribution_line(hit: QuoteHit) -> str:
    """Name the speaker, role and date: `Marco Rubio, Secretary of State, 11 March 2025`."""
    return ", ".join(part for part in (hit.quote.speaker, hit.quote.role, format_date(hit.published)) if part)


def enclosing_sentences(article: Article, hit: QuoteHit) -> Span:
    """The span of the sentences that hold a quote with its cue and source, or of its first part if that is too long."""
    quote = hit.quote
    near = [
        span
        for span in (quote.cue, quote.source)
        if span and _distance(span, (quote.start, quote.end)) <= MAX_CUE_DISTANCE
    ]
    start = min([quote.start, *(span[0] for span in near)])
    end = max([quote.end, *(span[1] for span in near)])
    whole = _sentences_between(article.text, start, end)
    if whole[1] - whole[0] <= MAX_LENGTH:
        return whole
    first = _sentences_between(article.text, *quote.spans[0])
    return first if first[1] - first[0] <= MAX_LENGTH else quote.spans[0]


def _sentences_between(text: str, start: int, end: int) -> Span:
    """The span of the sentences that overlap a span, within its paragraphs."""
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
