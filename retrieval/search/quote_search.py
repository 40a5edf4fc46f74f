"""Search the quotes of the articles: by speaker, by topic, and for a question that asks for somebody's words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from retrieval.catalog import quote_table
from retrieval.catalog.filters import ArticleScope, Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit, QuoteHit
from retrieval.index.words.passage_terms import SPEECH_FIELD
from retrieval.index.words.word_index import WordIndex
from retrieval.quotes.speaker_index.lookup import NO_SPEAKER, SpeakerMatch, find_speaker, similar_surnames
from retrieval.quotes.speaker_index.merging import Speaker, list_speakers, name_words
from retrieval.quotes.speakers.full_names import lookup_words, surname
from retrieval.quotes.speakers.names import fold
from retrieval.quotes.word_lists import word_list
from retrieval.search.filtered_search import article_scope, best_in_scope
from retrieval.search.question_analysis import ParsedQuestion, inverse_document_frequencies
from retrieval.search.quote_intent import QuoteIntent
from retrieval.text.sentences import Span, sentence_spans
from retrieval.text.terms import terms

CANDIDATE_PASSAGES = 100  # by BM25 of the quotes in them
MAX_CONTEXTS = 40  # quotes whose surroundings are compared with the topic as well
CONTEXT_REACH = 250  # characters before and after a quote that tell what it is about
# Of a topic's term that the quote lacks: in its sentence ("Asked about tolls, Pell said"), around it, in the headline.
SENTENCE_WEIGHT, CONTEXT_WEIGHT, TITLE_WEIGHT = 0.9, 0.5, 0.35
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

    def __init__(self, catalog: CatalogReader, bm25: WordIndex) -> None:
        self.catalog, self._bm25 = catalog, bm25

    def speakers(self, filters: Filters | None = None, *, limit: int = -1) -> list[Speaker]:
        """All speakers, most quoted first, counted in the articles that pass the filters.

        `limit` reads so many names alone, those with the most quotes.
        """
        restricted = filters and filters.restricts_articles
        articles = self.catalog.matching_articles(filters) if filters and restricted else None
        return list_speakers(quote_table.speaker_names(self.catalog, articles, limit=limit), self._role_nouns)

    def find_speaker(self, name: str) -> SpeakerMatch:
        """The speakers a name means.

        Reads those who share a word of the name, so it takes no longer where there are more speakers.
        """
        words = name_words(name)
        match = find_speaker(self._speakers_with(words), name)
        if match.speakers or not words:
            return match
        similar = similar_surnames(words[-1], quote_table.person_surnames(self.catalog))
        return find_speaker(self._speakers_with(similar), name)

    def _speakers_with(self, words: Sequence[str]) -> list[Speaker]:
        """Speakers whose surname or given name is one of these words, and all others of the same surnames."""
        words = lookup_words(words)
        bearers = quote_table.speaker_names(self.catalog, words=words)
        surnames = {surname(name) for name, *_ in bearers}
        named = quote_table.speaker_names(self.catalog, words=[*surnames, *words])
        return list_speakers(named, self._role_nouns)

    def _role_nouns(self, names: Sequence[str]) -> dict[str, frozenset[str]]:
        """The nouns in the roles that articles give beside each name: `analyst` of `a Wedbush analyst`."""
        nouns = word_list("roles")
        return {
            name: frozenset(fold(word) for role in roles for word in role.split()) & nouns
            for name, roles in quote_table.roles_of_names(self.catalog, names).items()
        }

    def quotes_by(self, match: SpeakerMatch, filters: Filters, *, limit: int = -1) -> list[QuoteHit]:
        """All quotes of some speakers in the articles that pass the filters, newest first.

        With `limit`, no more than so many, of those that were said.
        """
        if not filters.restricts_articles:
            return quote_table.quotes_by_names(self.catalog, match.names, limit=limit)
        found = quote_table.quotes_by_names(self.catalog, match.names)
        passing = set(self.catalog.matching_articles(filters, candidates=sorted({hit.article for hit in found})))
        in_scope = [hit for hit in found if hit.article in passing]
        return in_scope if limit < 0 else [hit for hit in in_scope if hit.quote.is_said][:limit]

    def quotes_on(
        self,
        topic_terms: Iterable[str],
        filters: Filters,
        *,
        match: SpeakerMatch | None = None,
        hits: Sequence[Hit] = (),
        with_unsaid: bool = False,
    ) -> list[QuoteHit]:
        """Quotes on a topic, best first, of the matched speakers or of all.

        Scores are the share of the topic that a quote speaks of, 0 to 1, less for indirect speech. `hits` are passages
        found for the same question within the same filters, whose quotes are candidates too. Words that were denied,
        asked or supposed are left out but for `with_unsaid`.
        """
        topic = self._topic_idf(topic_terms)
        names = match.names if match else None
        by_bm25 = self._quotes_by_bm25(topic, names, article_scope(self.catalog, filters))
        in_hits = self._quotes_in(hits, names)
        found = (*by_bm25, *(hit for hit, _ in in_hits))
        candidates = {_key(hit): hit for hit in found if with_unsaid or hit.quote.modality == "said"}
        places = {_key(hit): place for hit, place in in_hits}
        quote_terms = {key: frozenset(terms(hit.quote.words)) for key, hit in candidates.items()}
        shares = {key: _topic_share(topic, quote_terms[key]) for key in candidates}
        promising = [key for key in candidates if key in places or shares[key]]
        promising.sort(key=lambda key: -shares[key] - PASSAGE_WEIGHT * places.get(key, 0.0))
        compared = [candidates[key] for key in promising[:MAX_CONTEXTS] if topic and shares[key] < 1]
        contexts = self.catalog.excerpts(map(_context_span, compared))
        shares |= {
            _key(hit): _share_in_context(topic, hit, quote_terms[_key(hit)], contexts[_context_span(hit)])
            for hit in compared
        }
        return _best_first(
            replace(candidates[key], score=_score(candidates[key], shares[key], places.get(key, 0.0)))
            for key in promising
        )

    def speaking_for(self, hits: Sequence[QuoteHit], office: AbstractSet[str]) -> list[QuoteHit]:
        """Those of the quotes whose articles say of the speaker to be of an office, body or group, by role or source.

        `office` are the stemmed words it is asked about with, such as those of `the mayor of Moscow`. Beside a role
        that says nothing else, as `Mayor` does, the headline tells of which place.
        """
        sources = self.catalog.excerpts((hit.article, *hit.quote.source) for hit in hits if hit.quote.source)
        return [
            hit
            for hit in hits
            if _speaks_for(hit, sources[hit.article, *hit.quote.source] if hit.quote.source else "", office)
        ]

    def _quotes_by_bm25(
        self, topic: Mapping[str, float], names: Sequence[str] | None, scope: ArticleScope | None
    ) -> Iterator[QuoteHit]:
        topic_terms = list(topic)
        passages = best_in_scope(
            self.catalog,
            scope,
            CANDIDATE_PASSAGES,
            lambda k: self._bm25.search_quotes(topic_terms, k, names, scope),
            checks_scope=self._bm25.checks_scope,
        )
        found = quote_table.quotes_in_passages(self.catalog, [key for key, _ in passages], names)
        return (hit for _, hit in found)

    def _quotes_in(self, hits: Sequence[Hit], names: Sequence[str] | None) -> list[tuple[QuoteHit, float]]:
        """Quotes in these passages, each with the place of its passage: 1 for the first, down towards 0."""
        places = {hit.passage.id: 1 - at / len(hits) for at, hit in enumerate(hits)}
        found = quote_table.quotes_in_passages(self.catalog, list(places), names)
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
    question: ParsedQuestion,
    match: SpeakerMatch,
    filters: Filters,
    hits: Sequence[Hit],
) -> tuple[QuoteHit, ...]:
    """The quotes a question may ask for, best first, or a speaker's newest where it names no topic.

    `hits` are the passages found for it. An office, a body or a group has the words of those who speak for it. Where
    the question names days, quotes of other days are left out, unless only those are on its topic.
    """
    intent = question.quote_intent
    if intent is None:
        return ()
    found = tuple(_quotes_asked_for(quote_search, intent, match, filters, hits))
    in_period = tuple(hit for hit in found if question.covers(hit.published))
    return in_period if in_period or not intent.topic_terms else found


def _quotes_asked_for(
    quote_search: QuoteSearch, intent: QuoteIntent, match: SpeakerMatch, filters: Filters, hits: Sequence[Hit]
) -> Iterable[QuoteHit]:
    if intent.speaker_name and not match.people:
        found, names = quote_search.quotes_on(intent.topic_terms, filters, hits=hits), frozenset(match.names)
        speaking = set(map(_key, quote_search.speaking_for(found, intent.speaker_terms)))
        return (hit for hit in found if hit.quote.speaker in names or _key(hit) in speaking)
    if not intent.topic_terms:
        return quote_search.quotes_by(match, filters, limit=MAX_NEWEST_QUOTES)
    # A surname alone means the one who is quoted far more than others who bear it, unless only those speak of this.
    found = quote_search.quotes_on(intent.topic_terms, filters, match=match if intent.speaker_name else None, hits=hits)
    names = frozenset(match.dominant.names)
    likeliest = [hit for hit in found if hit.quote.speaker in names]
    return likeliest if any(hit.score >= ON_TOPIC for hit in likeliest) else found


def other_quotes(quote_search: QuoteSearch, match: SpeakerMatch, filters: Filters) -> tuple[QuoteHit, ...]:
    """The likeliest speaker's newest quotes on any topic, one an article, direct ones if there are any."""
    if not match.speakers:
        return ()
    newest = quote_search.quotes_by(match.dominant, filters, limit=MAX_NEWEST_QUOTES)
    shown = [hit for hit in newest if hit.quote.kind == "direct"] or newest
    return tuple({hit.article: hit for hit in reversed(shown)}.values())[::-1]


def _key(hit: QuoteHit) -> tuple[str, Span]:
    return hit.article, (hit.quote.start, hit.quote.end)


def _context_span(hit: QuoteHit) -> tuple[str, int, int]:
    """The article and the characters around a quote that tell what it is about."""
    return hit.article, max(0, hit.quote.start - CONTEXT_REACH), hit.quote.end + CONTEXT_REACH


def _score(hit: QuoteHit, share: float, place: float) -> float:
    """The score of a quote with this share of the topic, whose passage has this place among the hits."""
    length_weight = SHORT_QUOTE_WEIGHT if len(hit.quote.words.split()) < SHORT_QUOTE_WORDS else 1.0
    kind_weight = KIND_WEIGHTS[hit.quote.kind] if hit.quote.is_speech else DEED_WEIGHT
    return share * kind_weight * length_weight * (1 - PASSAGE_WEIGHT + PASSAGE_WEIGHT * place)


def _share_in_context(topic: Mapping[str, float], hit: QuoteHit, quote_terms: frozenset[str], context: str) -> float:
    """The share of the topic in a quote and its sentence, in part for terms around it and in the headline."""
    first = _context_span(hit)[1]
    start, end = hit.quote.start - first, hit.quote.end - first
    own = (context[a:b] for a, b in sentence_spans(context) if a < end and start < b)
    weights = dict.fromkeys(terms(hit.title), TITLE_WEIGHT)
    weights |= dict.fromkeys(terms(context), CONTEXT_WEIGHT)
    weights |= dict.fromkeys([term for sentence in own for term in terms(sentence)], SENTENCE_WEIGHT)
    weights |= dict.fromkeys(quote_terms, 1.0)
    return sum(topic[term] * weights.get(term, 0.0) for term in topic) / sum(topic.values())


def _speaks_for(hit: QuoteHit, source: str, office: AbstractSet[str]) -> bool:
    own, role = set(terms(f"{hit.quote.speaker} {hit.quote.role} {source}")), set(terms(hit.quote.role))
    return office <= own or (bool(role) and role <= office <= own | set(terms(hit.title)))


def _topic_share(topic: Mapping[str, float], present: frozenset[str]) -> float:
    total = sum(topic.values())
    return sum(idf for term, idf in topic.items() if term in present) / total if total else 0.0


def _best_first(hits: Iterable[QuoteHit]) -> list[QuoteHit]:
    """Best first, of equally good ones the newest, of one article the first."""
    in_order = sorted(hits, key=lambda hit: (hit.article, hit.quote.start))
    newest = sorted(in_order, key=lambda hit: hit.published, reverse=True)
    return sorted(newest, key=lambda hit: -round(hit.score, 6))
