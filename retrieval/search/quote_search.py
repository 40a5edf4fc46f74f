"""What somebody says on a topic, and who says something: quotes ranked for a question."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit, QuoteHit
from retrieval.index.bm25 import SPEECH_FIELD, BM25Index
from retrieval.quotes import quote_table
from retrieval.quotes.speakers.speaker_index import (
    Speaker,
    SpeakerMatch,
    find_speaker,
    list_speakers,
    name_words,
    similar_surnames,
)
from retrieval.search.filtered_search import ArticleScope, article_scope, best_in_scope
from retrieval.search.quote_intent import QuoteIntent
from retrieval.text.sentences import Span
from retrieval.text.terms import terms

CANDIDATES = 100  # passages by BM25 of what is said in them whose quotes are looked at
CONTEXTS = 40  # of them, those whose surroundings are read as well
REACH = 250  # characters around a quote that tell what it is about
AROUND, TITLE = 0.5, 0.35  # what a topic's word counts in the surroundings and in the headline
KINDS = {"direct": 1.0, "mixed": 0.92, "indirect": 0.85}
DEED = 0.4  # a cue that reports a deed as often as words
FEW_WORDS, FEW = 6, 0.8  # a quote of so few words says little
MOST_QUOTED_NAMES = 2_000  # names with the most quotes, enough for a list of those who are quoted most
PASSAGE = 0.15  # what the passage's place among the hits counts


class QuoteSearch:
    """The quotes of one catalog, by voice and by topic; safe to share between threads."""

    def __init__(self, catalog: CatalogReader, words: BM25Index) -> None:
        self.catalog, self._words = catalog, words

    def voices(self, filters: Filters | None = None, *, most: int = -1) -> list[Speaker]:
        """Everybody on record, most quoted first; counted in the articles that pass the filters.

        With `most`, so many names are looked at: those with the most quotes.
        """
        limited = filters and filters.restricts_articles
        articles = self.catalog.matching_articles(filters) if filters and limited else None
        return list_speakers(quote_table.speaker_names(self.catalog.db, articles, most=most))

    def find(self, name: str) -> SpeakerMatch:
        """Whom a name means; read from the index by its words, so that it takes no longer the more are on record."""
        words = name_words(name)
        match = find_speaker(self._bearing(words), name)
        if match.voices or not words:
            return match
        return find_speaker(
            self._bearing(similar_surnames(words[-1], quote_table.person_surnames(self.catalog.db))), name
        )

    def _bearing(self, words: Sequence[str]) -> list[Speaker]:
        """Everybody with one of these words for a surname, or for a given name together with all of that surname."""
        bearers = quote_table.speaker_names(self.catalog.db, words=words)
        surnames = {quote_table.surname(name) for name, *_ in bearers}
        return list_speakers(quote_table.speaker_names(self.catalog.db, words=[*surnames, *words]))

    def of(self, match: SpeakerMatch, filters: Filters, *, most: int = -1) -> list[QuoteHit]:
        """All their quotes in the articles that pass the filters, newest first.

        With `most`, no more than so many, of those whose cue reports words.
        """
        if not filters.restricts_articles:
            return quote_table.quotes_by_names(self.catalog.db, match.names, most=most)
        found = quote_table.quotes_by_names(self.catalog.db, match.names)
        allowed = set(self.catalog.matching_articles(filters, among=sorted({hit.article for hit in found})))
        inside = [hit for hit in found if hit.article in allowed]
        return inside if most < 0 else [hit for hit in inside if hit.quote.is_speech][:most]

    def about(
        self, topic: Iterable[str], filters: Filters, *, match: SpeakerMatch | None = None, hits: Sequence[Hit] = ()
    ) -> list[QuoteHit]:
        """Quotes on a topic, given as stems, best first; of whoever is matched, or of anybody.

        Scores are the share of the topic that a quote speaks of, 0 to 1, less for indirect speech; `hits` are passages
        found for the same question within the same filters, whose quotes are looked at too.
        """
        wanted = self._weights(topic)
        names = match.names if match else None
        by_words = self._by_words(wanted, names, article_scope(self.catalog, filters))
        beside = self._beside(hits, names)
        candidates = {_key(hit): hit for hit in (*by_words, *(hit for hit, _ in beside))}
        places = {_key(hit): place for hit, place in beside}
        stems = {key: frozenset(terms(hit.quote.words)) for key, hit in candidates.items()}
        inside = {key: _share(wanted, stems[key]) for key in candidates}
        candidates = {key: hit for key, hit in candidates.items() if key in places or inside[key]}
        ordered = sorted(candidates, key=lambda key: -inside[key] - PASSAGE * places.get(key, 0.0))
        scored = [
            replace(
                candidates[key],
                score=self._score(wanted, candidates[key], stems[key], places.get(key, 0.0), read=at < CONTEXTS),
            )
            for at, key in enumerate(ordered)
        ]
        return _ranked(scored)

    def _score(
        self, wanted: Mapping[str, float], hit: QuoteHit, words: frozenset[str], place: float, *, read: bool
    ) -> float:
        share = _share(wanted, words)
        if read and share < 1 and wanted:
            around = set(terms(self._around(hit)))
            title = set(terms(hit.title))
            counts = {
                term: 1.0 if term in words else AROUND if term in around else TITLE * (term in title) for term in wanted
            }
            share = sum(wanted[term] * counts[term] for term in wanted) / sum(wanted.values())
        short = FEW if len(hit.quote.words.split()) < FEW_WORDS else 1.0
        kind = KINDS[hit.quote.kind] if hit.quote.is_speech else DEED
        return share * kind * short * (1 - PASSAGE + PASSAGE * place)

    def _around(self, hit: QuoteHit) -> str:
        return self.catalog.excerpt(hit.article, hit.quote.start - REACH, hit.quote.end + REACH)

    def _by_words(
        self, wanted: Mapping[str, float], names: Sequence[str] | None, scope: ArticleScope | None
    ) -> Iterator[QuoteHit]:
        articles = scope.named if scope else None
        terms = list(wanted)
        passages = best_in_scope(
            self.catalog, scope, CANDIDATES, lambda k: self._words.search_quotes(terms, k, names, articles)
        )
        return (hit for _, hit in quote_table.quotes_in_passages(self.catalog.db, [key for key, _ in passages], names))

    def _beside(self, hits: Sequence[Hit], names: Sequence[str] | None) -> list[tuple[QuoteHit, float]]:
        """Quotes that stand in these passages, and how far up the passage is, 1 for the first."""
        places = {hit.passage.id: 1 - at / len(hits) for at, hit in enumerate(hits)}
        return [
            (quote, places[key]) for key, quote in quote_table.quotes_in_passages(self.catalog.db, list(places), names)
        ]

    def _weights(self, topic: Iterable[str]) -> dict[str, float]:
        """Inverse frequency of each stem among what is said."""
        counts, total = self._words.document_frequencies(topic, [SPEECH_FIELD])
        return {term: math.log(1 + (total - count + 0.5) / (count + 0.5)) for term, count in counts.items()}


def _key(hit: QuoteHit) -> tuple[str, Span]:
    return hit.article, (hit.quote.start, hit.quote.end)


def _share(wanted: Mapping[str, float], present: frozenset[str]) -> float:
    total = sum(wanted.values())
    return sum(weight for term, weight in wanted.items() if term in present) / total if total else 0.0


def _ranked(hits: Iterable[QuoteHit]) -> list[QuoteHit]:
    """Best first, of equally good ones the newest, of one article the first."""
    in_order = sorted(hits, key=lambda hit: (hit.article, hit.quote.start))
    newest = sorted(in_order, key=lambda hit: hit.published, reverse=True)
    return sorted(newest, key=lambda hit: -round(hit.score, 6))


MOST_REMARKS = 40  # quotes whose passages are ranked with the others


MOST_OF_ONE = 200  # somebody's newest quotes, where no topic is asked for


ON_TOPIC = 0.4  # a quote that says less of the topic is about something else


def _others(record: QuoteSearch, match: SpeakerMatch, limits: Filters) -> list[QuoteHit]:
    """A voice's quotations, one an article."""
    said = record.of(match, limits, most=MOST_OF_ONE)
    quoted = [hit for hit in said if hit.quote.kind == "direct"] or said
    return list({hit.article: hit for hit in reversed(quoted)}.values())[::-1]


def _said(record: QuoteSearch, speech: QuoteIntent | None, limits: Filters) -> tuple[SpeakerMatch, dict[str, float]]:
    """Whose words are asked for, and the passages that hold them, with how well each fits."""
    if speech is None:
        return SpeakerMatch(()), {}
    match = record.find(speech.titled) if speech.name else SpeakerMatch(())
    if speech.name and not match.voices:
        return match, {}
    quotes = record.about(speech.topic, limits, match=match if speech.name else None)[:MOST_REMARKS]
    places = record.catalog.passage_ids_at((hit.article, hit.quote.start) for hit in quotes)
    said: dict[str, float] = {}
    for hit in quotes:
        key = places.get((hit.article, hit.quote.start))
        if key and hit.score >= ON_TOPIC:
            said[key] = max(said.get(key, 0.0), hit.score)
    return match, said


def _remarks(
    record: QuoteSearch, speech: QuoteIntent | None, match: SpeakerMatch, limits: Filters, hits: Sequence[Hit]
) -> tuple[QuoteHit, ...]:
    if speech is None or (speech.name and not match.voices):
        return ()
    if not speech.topic:
        return tuple(record.of(match, limits, most=MOST_OF_ONE))
    # A surname alone means the one who is quoted far more than others who bear it, unless only those speak of this.
    for whose in (match.likeliest, match) if speech.name else (None,):
        found = record.about(speech.topic, limits, match=whose, hits=hits)
        if remarks := tuple(hit for hit in found if hit.score >= ON_TOPIC):
            return remarks
    return ()
