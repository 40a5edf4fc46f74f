"""Analyse a question once: its terms and how rare they are, its phrases, its days, whose quotes it asks for."""

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from rapidfuzz.distance import OSA

from retrieval.catalog.reader import CatalogReader
from retrieval.documents import indexed_text
from retrieval.index.bm25 import BM25Index
from retrieval.search.quote_intent import QuoteIntent, intent_for_speaker, parse_quote_intent
from retrieval.text.dates import asks_for_latest, days_in_question, without_time_terms
from retrieval.text.terms import STOP_WORDS, content_terms, terms
from retrieval.text.vocabulary import common_words

MIN_WORD, LONG_WORD, MAX_EDITS = 4, 8, 2  # letters; longer words may have more misspelt ones
SIMILAR_PASSAGES, MAX_CORRECTED = 50, 12  # passages looked at for a word; words of a question that are looked at

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A question after analysis.

    `terms` are its content terms and those of the speaker it asks about, `idf` their inverse document frequencies;
    `phrases` are pairs of neighbouring terms. `since` and `until` are the ISO days it speaks of, empty where open.
    `unknown_terms` are in none of the `passage_count` passages of the BM25 index. `corrections` are words of the
    question as it was asked, and the similar words of the articles that `text` has in their places.
    """

    text: str
    terms: tuple[str, ...]
    phrases: frozenset[tuple[str, str]]
    idf: Mapping[str, float]
    quote_intent: QuoteIntent | None = None
    since: str = ""
    until: str = ""
    wants_latest: bool = False
    unknown_terms: frozenset[str] = frozenset()
    passage_count: int = 0
    corrections: tuple[tuple[str, str], ...] = ()

    @property
    def total_idf(self) -> float:
        """The sum over all terms, 1 where there are none, so that shares can be taken of it."""
        return sum(self.idf.values()) or 1.0


def analyse_question(text: str, bm25: BM25Index, *, today: date, speaker: str = "") -> ParsedQuestion:
    """Analyse a question for a search of what `bm25` holds now.

    `today` is what `yesterday` counts from; `speaker` is the one that a filter names. Raises IndexUnavailable.
    """
    intent = intent_for_speaker(speaker, text) if speaker else parse_quote_intent(text)
    question_terms = tuple(dict.fromkeys([*content_terms(text), *(intent.speaker_terms if intent else ())]))
    frequencies, passage_count = bm25.document_frequencies(question_terms)
    since, until = days_in_question(text, today)
    return ParsedQuestion(
        text=text,
        terms=question_terms,
        phrases=question_phrases(text),
        idf=inverse_document_frequencies(frequencies, passage_count),
        quote_intent=_without_days(intent) if intent else None,
        since=since,
        until=until,
        wants_latest=asks_for_latest(text),
        unknown_terms=frozenset(term for term, frequency in frequencies.items() if frequency == 0),
        passage_count=passage_count,
    )


def correct_spelling(question: ParsedQuestion, bm25: BM25Index, catalog: CatalogReader) -> tuple[tuple[str, str], ...]:
    """The words of a question that no article has, each with the most similar one that articles have, if any.

    Common words are no mistakes; the name of a speaker is left to the search for speakers. Raises IndexUnavailable.
    """
    speaker = question.quote_intent.speaker_terms if question.quote_intent else frozenset[str]()
    found = list[tuple[str, str]]()
    rare = [word for word in dict.fromkeys(_WORD.findall(question.text)) if word.lower() not in common_words()]
    for word in [word for word in rare if len(word) >= MIN_WORD][:MAX_CORRECTED]:
        stems = terms(word)
        if len(stems) == 1 and stems[0] in question.unknown_terms - speaker:
            distance = MAX_EDITS if len(word) >= LONG_WORD and word.islower() else 1
            similar = _similar_words(word, stems[0], distance, bm25, catalog)
            found += [(word, min(similar, key=lambda one: (similar[one], one)))] if similar else []
    return tuple(found)


def _similar_words(
    word: str, stem: str, distance: int, bm25: BM25Index, catalog: CatalogReader
) -> dict[str, tuple[int, int]]:
    """Words of the articles with the same first letter near a misspelt one: edits, and minus how often they occur."""
    passages = catalog.hits(bm25.search_similar(stem, SIMILAR_PASSAGES, distance))
    words = (other for hit in passages.values() for other in _WORD.findall(indexed_text(hit)))
    first = word[:1] if word[:1].isupper() else word[:1] + word[:1].upper()  # a name is replaced by a name
    counts = Counter(other if word[:1].isupper() else other.lower() for other in words if other[:1] in first)
    edits = {other: OSA.distance(word.lower(), other.lower(), score_cutoff=distance) for other in counts}
    near = [other for other in counts if edits[other] <= distance and set(terms(other)) - STOP_WORDS]
    return {other: (edits[other], -counts[other]) for other in near}


def question_phrases(question: str) -> frozenset[tuple[str, str]]:
    """Pairs of neighbouring terms of a question, at least one of each a content term."""
    topical = set(content_terms(question))
    return frozenset(pair for pair in pairwise(terms(question)) if topical & set(pair))


def inverse_document_frequencies(frequencies: Mapping[str, int], documents: int) -> dict[str, float]:
    """The IDF of each term as BM25 has it, from the number of documents that hold it, out of `documents`."""
    return {
        term: math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5)) for term, frequency in frequencies.items()
    }


def _without_days(intent: QuoteIntent) -> QuoteIntent:
    """The intent without topic terms that only say when; days rank passages, they are nothing a quote is about."""
    topic_terms = frozenset(without_time_terms(intent.topic_terms))
    return replace(intent, topic_terms=topic_terms, topic_text=intent.topic_text if topic_terms else "")
