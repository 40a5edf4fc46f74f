"""Turn a speaker's quotes into claims: the article's sentences after the speaker's name, role and date."""

import re
from collections import defaultdict
from collections.abc import Sequence

from bot.answering.extraction.repetition import distinct, is_close
from bot.answering.messages import Claim
from bot.answering.questions.question_rewriting import PERSON_PRONOUN
from bot.answering.reading.read_sentences import PartReading, ReadSentence
from bot.formatting import format_date
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Article, Quote, QuoteHit
from retrieval.search.hybrid_search import SearchResult
from retrieval.search.quote_intent import QuoteIntent, parse_quote_intent
from retrieval.search.quote_search import MAX_NEWEST_QUOTES
from retrieval.text.sentences import NEIGHBOUR_DISTANCE, Span, characters_between, sentence_spans

TOPIC_WEIGHT, TOPIC_BAR = 8.0, 0.2  # what the share of the topic that a quote speaks of adds to its sentence's score
MIN_SCORE, MAX_GAP = 3.0, 3.0  # of a quote that is shown; between the best one and others
NEIGHBOUR_SHARE = 0.7  # of the topic share of a quote that a neighbouring one needs to be told with it
MAX_LENGTH = 700  # characters of a claim
MAX_CUE_DISTANCE = 300  # characters; a cue or source farther from the quote is left out of the claim

_PARAGRAPH_BREAK = "\n\n"
_WORD = re.compile(r"\w")
_WHOLE_WORD = re.compile(r"\w+")
_ARTICLES = ("the", "a", "an")


def quote_claims(found: SearchResult, catalog: CatalogReader, read: Sequence[ReadSentence]) -> list[Claim]:
    """Return one to three claims, those that the reader takes for the answer first; none where no quote fits.

    Where the question is about several days they are in order of date; where it asks for the latest, newest first.
    """
    speech = found.question.quote_intent
    if speech is None or not found.speaker_quotes:
        return []
    # Who said something is told by words that were said, never by a deed.
    good = [hit for hit in found.speaker_quotes if hit.quote.speaker and (speech.speaker_name or hit.quote.is_said)]
    if speech.topic_terms:
        # The reader takes any words of the speaker for an answer, so that one word of the topic must stand near.
        judged = judged_quotes([hit for hit in good if hit.score], catalog, read)
        bar = max(MIN_SCORE, judged[0][0] - MAX_GAP) if judged else MIN_SCORE
        chosen = distinct((hit for score, hit in judged if score >= bar), _repeats)
    else:
        chosen = distinct((hit for hit in good if hit.quote.is_said), _repeats)
    if found.question.since and found.question.since != found.question.until:
        chosen.sort(key=lambda hit: hit.published)
    elif found.question.wants_latest:
        chosen.sort(key=lambda hit: hit.published, reverse=True)
    return claims_of_quotes(chosen, catalog)


def parts_beside_quotes(readings: Sequence[PartReading], speech: QuoteIntent | None) -> list[PartReading]:
    """The later parts of a question for somebody's words that ask for anything else, which quotes do not answer."""
    name = speech.speaker_name if speech and speech.speaker_name else "Smith"
    return [one for one in readings[1:] if parse_quote_intent(PERSON_PRONOUN.sub(name, one.part)) is None]


def more_quotes_note(found: SearchResult, claims: Sequence[Claim]) -> str:
    """Tell how many quotes of a speaker asked about without a topic are not shown; empty where all are."""
    speech = found.question.quote_intent
    if speech is None or speech.topic_terms or not speech.speaker_name or not claims:
        return ""
    shown = [place for claim in claims for place in claim.support]
    said = [hit for hit in found.speaker_quotes if hit.quote.is_said]
    left = [hit for hit in said if not any(_is_within(hit, *place) for place in shown)]
    count = f"More than {len(left)}" if len(said) == MAX_NEWEST_QUOTES else str(len(left))
    name = claims[0].speaker
    return f"{count} more of what {name} said: ask about a topic, or list it with “quotes {name}”." if left else ""


def _is_within(hit: QuoteHit, article: str, span: Span) -> bool:
    return hit.article == article and span[0] <= hit.quote.start < span[1]


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


def _repeats(one: QuoteHit, other: QuoteHit) -> bool:
    return is_close(one.quote.words, other.quote.words)


def claims_of_quotes(chosen: Sequence[QuoteHit], catalog: CatalogReader) -> list[Claim]:
    """A claim for each quote; quotes that follow one another are one, and one article's stand under one line."""
    claims, told_of = list[Claim](), ("", "")
    joined = _joined(chosen, catalog)
    first = {(hit.quote.speaker, hit.article): at for at, (hit, _) in reversed([*enumerate(joined)])}
    for hit, span in sorted(joined, key=lambda told: first[told[0].quote.speaker, told[0].article]):
        text = " ".join(catalog.article(hit.article).text[slice(*span)].split())
        lead = "" if told_of == (hit.quote.speaker, hit.article) else f"{attribution_line(hit, text)}: "
        claims.append(Claim(lead + text, ((hit.article, span),), hit.quote.speaker))
        told_of = hit.quote.speaker, hit.article
    return claims


def _joined(chosen: Sequence[QuoteHit], catalog: CatalogReader) -> list[tuple[QuoteHit, Span]]:
    """Quotes with the sentences that hold them, neighbouring ones of one speaker joined to the first of them."""
    told = list[tuple[QuoteHit, Span]]()
    for hit in chosen:
        start, end = enclosing_sentences(catalog.article(hit.article), hit)
        near = [
            at
            for at, (other, kept) in enumerate(told)
            if other.article == hit.article and characters_between(kept, (start, end)) <= NEIGHBOUR_DISTANCE
        ]
        if not near:
            told.append((hit, (start, end)))
        elif _belongs_to(hit, told[near[0]][0]):
            other, kept = told[near[0]]
            told[near[0]] = other, (min(kept[0], start), max(kept[1], end))
    return told


def _belongs_to(hit: QuoteHit, other: QuoteHit) -> bool:
    """Whether a quote next to another is told with it: of the same speaker, and not much less on the topic."""
    return hit.quote.speaker == other.quote.speaker and hit.score >= NEIGHBOUR_SHARE * other.score


def attribution_line(hit: QuoteHit, text: str) -> str:
    """Name the speaker, role and date: `Marco Rubio, Secretary of State, 11 March 2025`.

    Where the `text` that follows begins with the whole name, or the role and the name, it names the speaker itself.
    """
    speaker, role, date = hit.quote.speaker, hit.quote.role, format_date(hit.published)
    words = _words(text)
    if date and _begins_with(words, f"{role} {speaker}"):
        return date
    if (role or date) and _begins_with(words, speaker):
        speaker = ""
    return ", ".join(part for part in (speaker, role, date) if part)


def _begins_with(words: Sequence[str], phrase: str) -> bool:
    """Whether some words begin with a phrase, but for case and an article before either."""
    start = _words(phrase)
    return bool(start) and list(words[: len(start)]) == start


def _words(text: str) -> list[str]:
    """The words of a text in lower case, without an article before them."""
    words = [found.group().casefold() for found in _WHOLE_WORD.finditer(text)]
    return words[1:] if words[:1] and words[0] in _ARTICLES else words


def enclosing_sentences(article: Article, hit: QuoteHit) -> Span:
    """The span of the sentences that hold a quote with its cue and source, or of its first part if that is too long.

    Parts, a cue or a source with another paragraph's words in between, such as a question or a heading, are left out.
    """
    start, end = _with_cue(article.text, hit.quote)
    whole = _sentences_between(article.text, start, end)
    if whole[1] - whole[0] <= MAX_LENGTH:
        return whole
    first = _sentences_between(article.text, *hit.quote.spans[0])
    return first if first[1] - first[0] <= MAX_LENGTH else hit.quote.spans[0]


def _with_cue(text: str, quote: Quote) -> Span:
    """The span of a quote's first part, and of its other parts, cue and source that follow one another."""
    start, end = quote.spans[0]
    others = [*quote.spans[1:], *(span for span in (quote.cue, quote.source) if span)]
    for span in sorted(others, key=lambda span: characters_between(span, quote.spans[0])):
        gap = text[end : span[0]] if span[0] >= end else text[span[1] : start]
        is_own = not (_PARAGRAPH_BREAK in gap and _WORD.search(gap))
        if is_own and (span in quote.spans or len(gap) <= MAX_CUE_DISTANCE):
            start, end = min(start, span[0]), max(end, span[1])
    return start, end


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
