"""Search the quotes of the articles: by speaker, by topic, and for a question that asks for somebody's words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit, QuoteHit
from retrieval.index.bm25 import SPEECH_FIELD, BM25Index
from retrieval.quotes import quote_table
from retrieval.quotes.speakers.speaker_index import (
    NO_SPEAKER,
    Speaker,
    SpeakerMatch,
    find_speaker,
    list_speakers,
    name_words,
    similar_surnames,
)
from retrieval.search.filtered_search import ArticleScope, article_scope, best_in_scope
from retrieval.search.question_analysis import inverse_document_frequencies
from retrieval.search.quote_intent import QuoteIntent
from retrieval.text.sentences import Span
from retrieval.text.terms import terms

CANDIDATE_PASSAGES = 100  # by BM25 of the quotes in them
MAX_CONTEXTS = 40  # quotes whose surroundings are compared with the topic as well
CONTEXT_REACH = 250  # characters before and after a quote that tell what it is about
CONTEXT_WEIGHT, TITLE_WEIGHT = 0.5, 0.35  # of a topic's term in the surroundings and in the headline; 1 in the quote
KIND_WEIGHTS = {"direct": 1.0, "mixed": 0.92, "indirect": 0.85}
DEED_WEIGHT = 0.4  # of a quote whose cue reports a deed as often as words
SHORT_QUOTE_WORDS, SHORT_QUOTE_WEIGHT = 6, 0.8  # a quote of fewer words says little
PASSAGE_WEIGHT = 0.15  # of the place that a quote's passage has among the hits
MOST_QUOTED_NAMES = 2_000  # enough for a list of those who are quoted most
MAX_RANKED_QUOTES = 40  # quotes whose passages are ranked with the others
MAX_NEWEST_QUOTES = 200  # of a speaker, where no topic is asked for
ON_TOPIC = 0.4  # a quote with a lower score is about something else


class QuoteSearch:
    """Searches the quotes of one catalog; safe to share between threads."""

    def __init__(self, catalog: CatalogReader, bm25: BM25Index) -> None:
        self.catalog, self._bm25 = catalog, bm25

    def speakers(self, filters: Filters | None = None, *, limit: int = -1) -> list[Speaker]:
        """All speakers, most quoted first, counted in the articles that pass the filters.

        `limit` reads so many names alone, those with the most quotes.
        """
        restricted = filters and filters.restricts_articles
        articles = self.catalog.matching_articles(filters) if filters and restricted else None
        return list_speakers(quote_table.speaker_names(self.catalog.db, articles, limit=limit))

    def find_speaker(self, name: str) -> SpeakerMatch:
        """The speakers a name means.

        Reads those who share a word of the name, so it takes no longer where there are more speakers.
        """
        words = name_words(name)
        match = find_speaker(self._speakers_with(words), name)
        if match.speakers or not words:
            return match
        similar = similar_surnames(words[-1], quote_table.person_surnames(self.catalog.db))
        return find_speaker(self._speakers_with(similar), name)

    def _speakers_with(self, words: Sequence[str]) -> list[Speaker]:
        """Speakers whose surname or given name is one of these words, and all others of the same surnames."""
        bearers = quote_table.speaker_names(self.catalog.db, words=words)
        surnames = {quote_table.surname(name) for name, *_ in bearers}
        return list_speakers(quote_table.speaker_names(self.catalog.db, words=[*surnames, *words]))

    def quotes_by(self, match: SpeakerMatch, filters: Filters, *, limit: int = -1) -> list[QuoteHit]:
        """All quotes of some speakers in the articles that pass the filters, newest first.

        With `limit`, no more than so many, of those whose cue reports words.
        """
        if not filters.restricts_articles:
            return quote_table.quotes_by_names(self.catalog.db, match.names, limit=limit)
        found = quote_table.quotes_by_names(self.catalog.db, match.names)
        passing = set(self.catalog.matching_articles(filters, candidates=sorted({hit.article for hit in found})))
        in_scope = [hit for hit in found if hit.article in passing]
        return in_scope if limit < 0 else [hit for hit in in_scope if hit.quote.is_speech][:limit]

    def quotes_on(
        self,
        topic_terms: Iterable[str],
        filters: Filters,
        *,
        match: SpeakerMatch | None = None,
        hits: Sequence[Hit] = (),
    ) -> list[QuoteHit]:
        """Quotes on a topic, best first, of the matched speakers or of all.

        Scores are the share of the topic that a quote speaks of, 0 to 1, less for indirect speech. `hits` are passages
        found for the same question within the same filters, whose quotes are candidates too.
        """
        topic = self._topic_idf(topic_terms)
        names = match.names if match else None
        by_bm25 = self._quotes_by_bm25(topic, names, article_scope(self.catalog, filters))
        in_hits = self._quotes_in(hits, names)
        candidates = {_key(hit): hit for hit in (*by_bm25, *(hit for hit, _ in in_hits))}
        places = {_key(hit): place for hit, place in in_hits}
        quote_terms = {key: frozenset(terms(hit.quote.words)) for key, hit in candidates.items()}
        shares = {key: _topic_share(topic, quote_terms[key]) for key in candidates}
        promising = [key for key in candidates if key in places or shares[key]]
        promising.sort(key=lambda key: -shares[key] - PASSAGE_WEIGHT * places.get(key, 0.0))
        return _best_first(
            replace(
                candidates[key],
                score=self._score(
                    topic, candidates[key], quote_terms[key], places.get(key, 0.0), with_context=at < MAX_CONTEXTS
                ),
            )
            for at, key in enumerate(promising)
        )

    def _score(
        self,
        topic: Mapping[str, float],
        hit: QuoteHit,
        quote_terms: frozenset[str],
        place: float,
        *,
        with_context: bool,
    ) -> float:
        share = _topic_share(topic, quote_terms)
        if with_context and share < 1 and topic:
            share = self._share_in_context(topic, hit, quote_terms)
        length_weight = SHORT_QUOTE_WEIGHT if len(hit.quote.words.split()) < SHORT_QUOTE_WORDS else 1.0
        kind_weight = KIND_WEIGHTS[hit.quote.kind] if hit.quote.is_speech else DEED_WEIGHT
        return share * kind_weight * length_weight * (1 - PASSAGE_WEIGHT + PASSAGE_WEIGHT * place)

    def _share_in_context(self, topic: Mapping[str, float], hit: QuoteHit, quote_terms: frozenset[str]) -> float:
        """The share of the topic in a quote, in part for terms that only its surroundings or the headline have."""
        start, end = hit.quote.start - CONTEXT_REACH, hit.quote.end + CONTEXT_REACH
        context_terms = set(terms(self.catalog.excerpt(hit.article, start, end)))
        title_terms = set(terms(hit.title))
        counts = {
            term: 1.0
            if term in quote_terms
            else CONTEXT_WEIGHT
            if term in context_terms
            else TITLE_WEIGHT * (term in title_terms)
            for term in topic
        }
        return sum(topic[term] * counts[term] for term in topic) / sum(topic.values())

    def _quotes_by_bm25(
        self, topic: Mapping[str, float], names: Sequence[str] | None, scope: ArticleScope | None
    ) -> Iterator[QuoteHit]:
        articles = scope.named if scope else None
        topic_terms = list(topic)
        passages = best_in_scope(
            self.catalog,
            scope,
            CANDIDATE_PASSAGES,
            lambda k: self._bm25.search_quotes(topic_terms, k, names, articles),
        )
        found = quote_table.quotes_in_passages(self.catalog.db, [key for key, _ in passages], names)
        return (hit for _, hit in found)

    def _quotes_in(self, hits: Sequence[Hit], names: Sequence[str] | None) -> list[tuple[QuoteHit, float]]:
        """Quotes in these passages, each with the place of its passage: 1 for the first, down towards 0."""
        places = {hit.passage.id: 1 - at / len(hits) for at, hit in enumerate(hits)}
        found = quote_table.quotes_in_passages(self.catalog.db, list(places), names)
        return [(quote, places[key]) for key, quote in found]

    def _topic_idf(self, topic_terms: Iterable[str]) -> dict[str, float]:
        """Inverse document frequency of each term in the quotes of all passages."""
        return inverse_document_frequencies(*self._bm25.document_frequencies(topic_terms, [SPEECH_FIELD]))


def match_speaker(quote_search: QuoteSearch, intent: QuoteIntent | None) -> SpeakerMatch:
    """The speakers whose words a question asks for; none where it names none or asks for no words."""
    return quote_search.find_speaker(intent.titled_name) if intent and intent.speaker_name else NO_SPEAKER


def score_passages_by_quotes(
    quote_search: QuoteSearch, intent: QuoteIntent | None, match: SpeakerMatch, filters: Filters
) -> dict[str, float]:
    """The passages that hold quotes a question asks for, and how well the best of each fits."""
    if intent is None or (intent.speaker_name and not match.speakers):
        return {}
    speakers = match if intent.speaker_name else None
    quotes = quote_search.quotes_on(intent.topic_terms, filters, match=speakers)[:MAX_RANKED_QUOTES]
    passages = quote_search.catalog.passage_ids_at((hit.article, hit.quote.start) for hit in quotes)
    scores: dict[str, float] = {}
    for hit in quotes:
        key = passages.get((hit.article, hit.quote.start))
        if key and hit.score >= ON_TOPIC:
            scores[key] = max(scores.get(key, 0.0), hit.score)
    return scores


def quotes_for_question(
    quote_search: QuoteSearch,
    intent: QuoteIntent | None,
    match: SpeakerMatch,
    filters: Filters,
    hits: Sequence[Hit],
) -> tuple[QuoteHit, ...]:
    """The quotes a question asks for, best first, or a speaker's newest where it names no topic; `hits` answer it."""
    if intent is None or (intent.speaker_name and not match.speakers):
        return ()
    if not intent.topic_terms:
        return tuple(quote_search.quotes_by(match, filters, limit=MAX_NEWEST_QUOTES))
    # A surname alone means the one who is quoted far more than others who bear it, unless only those speak of this.
    for speakers in (match.dominant, match) if intent.speaker_name else (None,):
        found = quote_search.quotes_on(intent.topic_terms, filters, match=speakers, hits=hits)
        if on_topic := tuple(hit for hit in found if hit.score >= ON_TOPIC):
            return on_topic
    return ()


def other_quotes(quote_search: QuoteSearch, match: SpeakerMatch, filters: Filters) -> tuple[QuoteHit, ...]:
    """The likeliest speaker's newest quotes on any topic, one an article, direct ones if there are any."""
    if not match.speakers:
        return ()
    newest = quote_search.quotes_by(match.dominant, filters, limit=MAX_NEWEST_QUOTES)
    shown = [hit for hit in newest if hit.quote.kind == "direct"] or newest
    return tuple({hit.article: hit for hit in reversed(shown)}.values())[::-1]


def _key(hit: QuoteHit) -> tuple[str, Span]:
    return hit.article, (hit.quote.start, hit.quote.end)


def _topic_share(topic: Mapping[str, float], present: frozenset[str]) -> float:
    total = sum(topic.values())
    return sum(idf for term, idf in topic.items() if term in present) / total if total else 0.0


def _best_first(hits: Iterable[QuoteHit]) -> list[QuoteHit]:
    """Best first, of equally good ones the newest, of one article the first."""
    in_order = sorted(hits, key=lambda hit: (hit.article, hit.quote.start))
    newest = sorted(in_order, key=lambda hit: hit.published, reverse=True)
    return sorted(newest, key=lambda hit: -round(hit.score, 6))
