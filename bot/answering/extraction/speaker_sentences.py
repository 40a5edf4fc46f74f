"""Sentences about whom a question asks for the words of, for where none of their quotes answers."""

import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache, partial

from bot.answering.reading.read_sentences import PartReading, ReadSentence, context_terms, coverage
from retrieval.catalog import quote_table
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import QuoteHit, indexed_text
from retrieval.quotes.speaker_index.merging import name_words
from retrieval.quotes.speakers.given_names import is_given_name
from retrieval.search.hybrid_search import SearchResult
from retrieval.search.quote_intent import QuoteIntent
from retrieval.text.sentences import Span
from retrieval.text.terms import begins_alike, terms

TOPIC_SHARE = 0.3  # of the IDF of what they are asked about that a sentence and its headline have
PASSAGE_SHARE = 0.5  # that the passage has, where the sentence has less: what a body did, what was said in other words
MAX_BEHIND = 4.0  # between the score of a sentence about the speaker and that of the best one; others answer better
_FIRST_PERSON = re.compile(r"\b(?:I|me|my|we|us|our)\b")
SURE_EVIDENCE = 0.8  # of a sentence that names a person whom it does not quote, or has little of the topic


def about_speaker(found: SearchResult, readings: Sequence[PartReading], catalog: CatalogReader) -> list[PartReading]:
    """Keep sentences on the topic that are the speaker's words, or that name the speaker and are nobody else's.

    All are kept where the question asks for no one's words, or for those of whom it describes, such as `critics`: then
    the reader decides. Where it asks who said something, those are left out that tell of words nobody said. None are
    kept of a reading whose best sentence is about others and far better. Where nobody of that name is quoted, as of a
    place or a group, it may stand anywhere in the passage. Where the question names days and no topic, only articles of
    those days count.
    """
    speech = found.question.quote_intent
    if speech and not speech.speaker_name and not speech.asks_denial:
        return _without_unsaid(found, readings, catalog)
    if speech is None or not speech.speaker_name or speech.asks_fact or _is_only_described(found, speech):
        return list(readings)
    names, quotes = _naming_test(found, speech), _QuotesOfSentences(found, catalog)
    is_on, touches = _topic_test(found, speech, quotes), _weak_topic_test(found, speech, quotes)
    kept = [
        tuple(
            one
            for one in reading.sentences
            if (quotes.are_theirs(one) or (names(one) and not quotes.are_others(one)))
            and (is_on(one) or (reading.evidence >= SURE_EVIDENCE and touches(one)))
        )
        for reading in readings
    ]
    return [
        _of_sentences(reading, own)
        if reading.evidence >= SURE_EVIDENCE or not found.speaker_match.people or (own and quotes.are_theirs(own[0]))
        else PartReading(reading.part, ())
        for reading, own in zip(readings, kept, strict=True)
    ]


def _without_unsaid(found: SearchResult, readings: Sequence[PartReading], catalog: CatalogReader) -> list[PartReading]:
    """The readings without sentences whose words were all denied, asked, supposed or claimed by others."""
    quotes = _QuotesOfSentences(found, catalog)
    return [
        _of_sentences(reading, tuple(one for one in reading.sentences if not quotes.are_unsaid(one)))
        for reading in readings
    ]


def _of_sentences(reading: PartReading, kept: tuple[ReadSentence, ...]) -> PartReading:
    """A reading with some of its sentences; with none where its best one is another and far better."""
    is_near = kept and kept[0].score >= reading.sentences[0].score - MAX_BEHIND
    return replace(reading, sentences=kept) if is_near else PartReading(reading.part, ())


def _is_only_described(found: SearchResult, speech: QuoteIntent) -> bool:
    return speech.is_described and not found.speaker_match.people


def _naming_test(found: SearchResult, speech: QuoteIntent) -> Callable[[ReadSentence], bool]:
    """Whether a sentence names the speaker: a person's surname itself, another's name its passage or outlet.

    A sentence in the first person is named by its headline: a statement that is printed as it was made.
    """
    if people := found.speaker_match.people:
        surnames = {term for person in people for word in name_words(person.name)[-1:] for term in terms(word)}
        return lambda sentence: (
            not surnames.isdisjoint(
                [*terms(sentence.text), *(context_terms(sentence.hit) if _FIRST_PERSON.search(sentence.text) else ())]
            )
        )

    @cache  # for all sentences of a passage
    def is_named(text: str) -> bool:
        return _shares_term(speech.speaker_terms, set(terms(text)))

    return lambda sentence: is_named(f"{indexed_text(sentence.hit)} {sentence.hit.outlet}")


def _topic_test(
    found: SearchResult, speech: QuoteIntent, quotes: "_QuotesOfSentences"
) -> Callable[[ReadSentence], bool]:
    """Whether a sentence speaks of the topic; whether its passage does where the speaker said it or is no person."""
    question = found.question
    topic = {term: idf for term, idf in question.idf.items() if term in speech.topic_terms}
    if not topic:
        return lambda sentence: question.covers(sentence.hit.published)
    on_topic = cache(partial(coverage, topic, around=frozenset()))  # for all sentences of a passage
    is_person = bool(found.speaker_match.people)
    return lambda sentence: (
        coverage(topic, sentence.text, context_terms(sentence.hit)) >= TOPIC_SHARE
        or ((not is_person or quotes.are_theirs(sentence)) and on_topic(indexed_text(sentence.hit)) >= PASSAGE_SHARE)
    )


def _weak_topic_test(
    found: SearchResult, speech: QuoteIntent, quotes: "_QuotesOfSentences"
) -> Callable[[ReadSentence], bool]:
    """Whether a sentence has the name or words of who is asked about, and any word of the question.

    A reason needs none. Days of the question are words of it, too.
    """
    asked = frozenset(found.question.terms).difference(speech.speaker_terms, terms(speech.titled_name))

    def touches(sentence: ReadSentence) -> bool:
        words = set(terms(sentence.text))
        is_own = quotes.are_theirs(sentence) or _shares_term(speech.speaker_terms, words)
        return is_own and (speech.asks_reason or not asked.isdisjoint(words))

    return touches


class _QuotesOfSentences:
    """Tells whose words the sentences that were read for a question hold, by the quotes of their articles."""

    def __init__(self, found: SearchResult, catalog: CatalogReader) -> None:
        self._names = frozenset(found.speaker_match.names)
        self._is_body = bool(found.speaker_match.speakers) and not found.speaker_match.people
        intent = found.question.quote_intent
        self._asked = intent.speaker_terms if intent else frozenset[str]()
        self._words = name_words(intent.speaker_name if intent else "") or [""]
        self._asks_whether = intent is not None and intent.asks_whether
        self._quotes = cache(partial(quote_table.quotes_of_article, catalog))

    def are_theirs(self, sentence: ReadSentence) -> bool:
        """Whether a sentence holds words of the speaker."""
        own = (hit for hit in self._within(sentence) if hit.quote.speaker in self._names)
        return any(hit.quote.modality != "denied" for hit in own)

    def are_unsaid(self, sentence: ReadSentence) -> bool:
        """Whether a sentence tells of words, and of none that somebody said."""
        told = [hit.quote for hit in self._within(sentence)]
        return any(quote.modality != "said" for quote in told) and not any(quote.is_said for quote in told)

    def are_others(self, sentence: ReadSentence) -> bool:
        """Whether a sentence holds words of other people alone, or says what the speaker did not say.

        That they were not said answers the question whether they were. A body's words may be in those of anybody.
        """
        quotes = list(self._within(sentence))
        own = [hit for hit in quotes if hit.quote.speaker in self._names]
        if own or self._is_body:
            return bool(own) and not self._asks_whether and all(hit.quote.modality == "denied" for hit in own)
        people = [hit for hit in quotes if hit.quote.is_person]
        return bool(people) and not any(self._is_asked(hit) for hit in people)

    def _is_asked(self, hit: QuoteHit) -> bool:
        """Whether a quote's speaker may be the one asked about.

        Half the words of the name tell, as `Canada's envoy to the UK` of one in London, or the surname after a role.
        """
        own = set(terms(f"{hit.quote.speaker} {hit.quote.role}"))
        is_namesake = name_words(hit.quote.speaker)[-1:] == self._words[-1:] and not is_given_name(self._words[0])
        return is_namesake or 2 * len(self._asked & own) >= len(self._asked)

    def _within(self, sentence: ReadSentence) -> Iterator[QuoteHit]:
        """The quotes that a sentence has words, the cue or the source of."""
        start, end = sentence.span
        for hit in self._quotes(sentence.article.id):
            spans: list[Span] = [*hit.quote.spans, *(span for span in (hit.quote.cue, hit.quote.source) if span)]
            if any(first < end and start < last for first, last in spans):
                yield hit


def _shares_term(name: AbstractSet[str], text: AbstractSet[str]) -> bool:
    """Whether a text has a word of a name, or one that begins like it."""
    return any(begins_alike(term, text) for term in name)
