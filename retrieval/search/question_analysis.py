"""Analyse a question once: its terms and how rare they are, its phrases, its days, whose quotes it asks for."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from math import ceil, log1p

from anyascii import anyascii
from rapidfuzz.distance import OSA

from retrieval.catalog.reader import CatalogReader
from retrieval.documents import indexed_text
from retrieval.index.words.passage_terms import inverse_document_frequency
from retrieval.index.words.word_index import WordIndex
from retrieval.search.quote_intent import QuoteIntent, intent_for_speaker, parse_quote_intent
from retrieval.text.dates import asks_for_latest, days_in_question, without_time_terms
from retrieval.text.language import ENGLISH
from retrieval.text.terms import STOP_WORDS, common_words, content_terms, terms

MIN_WORD, SHORT_WORD, LONG_WORD, MAX_EDITS = 3, 4, 7, 2  # letters; longer words may have more misspelt ones
DOUBLED_LETTER, LEFT_OUT = 0.5, 0.25  # edits that doubled letters count; that are taken off where no letter is wrong
PASSAGES_WEIGHT = 0.25  # edits that the logarithm of the passages with a word weighs
FORMS_WEIGHT = 0.2  # of a passage that has another form of the word
SHARED_START = 5  # letters of a name that an ending follows in one of two languages; of a word that is two edits away
SIMILAR_PASSAGES, WRITTEN_PASSAGES = 50, 20  # passages looked at for similar words, for a word with a known stem
MAX_CORRECTED = 12  # words of a question that are looked at

QUESTION_WORDS = frozenset("what who when where why how which".split())

_WORD = re.compile(r"[^\W\d_]+")
_FIRST_WORD = re.compile(r"(\w+) (?:did|does|do|is|are|was|were|has|have|had|will|can)\b", re.IGNORECASE)
_DOUBLED = re.compile(r"(.)\1")


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A question after analysis.

    `terms` are its content terms and those of the speaker it asks about, `idf` their inverse document frequencies;
    `phrases` are pairs of neighbouring terms. `since` and `until` are the ISO days it speaks of, empty where open.
    `unknown_terms` are in none of the `passage_count` passages of the BM25 index. `corrections` are words of the
    question as it was asked, and the similar words of the articles that `text` has in their places. Of a question in
    another `language` than English only the terms are known: no speaker, no days, no unknown words.
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
    language: str = ENGLISH

    @property
    def total_idf(self) -> float:
        """The sum over all terms, 1 where there are none, so that shares can be taken of it."""
        return sum(self.idf.values()) or 1.0

    def covers(self, day: str) -> bool:
        """Whether an ISO day or time lies in the period that the question names; every one where it names none."""
        known = day[:10]  # only the month or the year of some articles is known
        return self.since[: len(known) or None] <= known and (not self.until or "" < known <= self.until)

    def has_numbers_in(self, text: str) -> bool:
        """Whether a text has all numbers of the question, which has some."""
        numbers = {term for term in self.terms if term.isdigit()}
        return bool(numbers) and numbers <= set(terms(text))


def analyse_question(
    text: str, bm25: WordIndex, *, today: date, newest: date | None = None, speaker: str = ""
) -> ParsedQuestion:
    """Analyse a question in English for a search of what `bm25` holds now.

    `today` is what `yesterday` counts from, and `Friday` unless the `newest` article is of a week before or earlier;
    `speaker` is the one that a filter names. Raises IndexUnavailable.
    """
    intent = intent_for_speaker(speaker, text) if speaker else parse_quote_intent(text)
    question_terms = tuple(dict.fromkeys([*content_terms(text), *(intent.speaker_terms if intent else ())]))
    frequencies, passage_count = bm25.document_frequencies(question_terms)
    since, until = days_in_question(text, today, newest)
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


def analyse_foreign_question(text: str, bm25: WordIndex, language: str, names: Sequence[str]) -> ParsedQuestion:
    """Analyse a question in another language than English by its words, and by names as English articles have them."""
    question_terms = tuple(dict.fromkeys([*content_terms(text, language), *terms(" ".join(names))]))
    frequencies, passage_count = bm25.document_frequencies(question_terms)
    idf = inverse_document_frequencies(frequencies, passage_count)
    phrases = question_phrases(text, language)
    return ParsedQuestion(text, question_terms, phrases, idf, passage_count=passage_count, language=language)


def correct_spelling(question: ParsedQuestion, bm25: WordIndex, catalog: CatalogReader) -> tuple[tuple[str, str], ...]:
    """The words of a question that no article has as they are written, each with the most similar one, if any.

    The name of a speaker is left to the search for speakers. Raises IndexUnavailable.
    """
    speaker = question.quote_intent.speaker_terms if question.quote_intent else frozenset[str]()
    found = _misspelt_question_word(question.text)
    passed_over = STOP_WORDS | {wrong.lower() for wrong, _ in found}
    words = [word for word in dict.fromkeys(_WORD.findall(question.text)) if word.lower() not in passed_over]
    for word in [word for word in words if len(word) >= MIN_WORD][:MAX_CORRECTED]:
        stems = terms(word)
        is_speaker = word[0].isupper() and not speaker.isdisjoint(stems)
        if len(stems) == 1 and not is_speaker and _is_misspelt(word, stems[0], question, bm25, catalog):
            similar = _most_similar(word, stems[0], question, bm25, catalog)
            found += [(word, similar)] if similar else []
    return tuple(found)


def _is_misspelt(word: str, stem: str, question: ParsedQuestion, bm25: WordIndex, catalog: CatalogReader) -> bool:
    """Whether no article has a word; where articles have its stem, whether it is rare and they write it otherwise."""
    if stem in question.unknown_terms:
        return True
    if word.lower() in common_words():
        return False
    written = _words_in([key for key, _ in bm25.search([stem], WRITTEN_PASSAGES)], catalog)
    return word.lower() not in map(str.lower, written)


def _misspelt_question_word(question: str) -> list[tuple[str, str]]:
    """The first word of a question where it is nearly a question word, before an auxiliary verb: `Wat did`."""
    first = _FIRST_WORD.match(question)
    word = first[1] if first else ""
    near = {right: _edits(word, right) for right in QUESTION_WORDS if word and word.lower() not in STOP_WORDS}
    best = min(sorted(near), key=lambda right: near[right], default="")
    return [(word, best.capitalize() if word.istitle() else best)] if best and near[best] <= 1 else []


def names_in_articles(question: str, bm25: WordIndex, catalog: CatalogReader) -> list[str]:
    """The names of a question in another language as English articles spell them: `Zelensky` for `Зеленського`.

    Names in other letters are transliterated; of the words that articles have, the most similar one is taken. Raises
    IndexUnavailable.
    """
    found = list[str]()
    for word in dict.fromkeys(word for word in _WORD.findall(question) if word[0].isupper()):
        if word.isascii():
            found.append(word)
        elif len(latin := "".join(_WORD.findall(anyascii(word)))) >= MIN_WORD:
            found += _spellings(latin, bm25, catalog)
    return found[:MAX_CORRECTED]


def _spellings(latin: str, bm25: WordIndex, catalog: CatalogReader) -> list[str]:
    """The word of the articles that is most similar to a transliterated name: the whole of it, or its beginning."""
    stem, edits = latin.lower(), min(MAX_EDITS, len(latin) // 3)
    found = bm25.search_similar(stem, SIMILAR_PASSAGES, edits) + bm25.search_prefix(
        stem[:SHARED_START], SIMILAR_PASSAGES
    )
    counts = Counter(word for word in _words_in(found, catalog) if word[0] == latin[0])
    near = {word: OSA.distance(stem, word.lower()) for word in counts}
    alike = [word for word in near if near[word] <= edits or word.lower().startswith(stem[:SHARED_START])]
    return [min(alike, key=lambda word: (near[word], -counts[word], word))] if alike else []


def _words_in(passages: Sequence[str], catalog: CatalogReader) -> Iterator[str]:
    """The words of some passages with their headlines and headings."""
    return (word for hit in catalog.hits(passages).values() for word in _WORD.findall(indexed_text(hit)))


def _most_similar(word: str, stem: str, question: ParsedQuestion, bm25: WordIndex, catalog: CatalogReader) -> str:
    """The word with the same first letter that a misspelt one most likely is, as a noisy channel; empty for none.

    Fewer edits are likelier, and words of many passages on what else the question asks about. It is a word of articles,
    which alone replaces a name, or a common word.
    """
    most = _most_edits(word, is_known=stem not in question.unknown_terms)
    # A stem may be farther from another than the words are: `bradey` and `bradi`.
    found = bm25.search_similar(stem, SIMILAR_PASSAGES, min(MAX_EDITS, ceil(most) + 1), beside=question.terms)
    near, stems = Counter[str](), Counter[str]()
    for own in _words_like(word, found, catalog):
        near.update(own)
        stems.update({form for other in own for form in terms(other)})
    if word.islower():
        near.update(dict.fromkeys(_common_words_near(word, most, bm25), 0))
    near.update(dict.fromkeys(near.keys() & QUESTION_WORDS, SIMILAR_PASSAGES))  # articles seldom have them
    unlikely = dict[str, float]()
    for other in near.keys() - {word}:
        farthest = most if other[:SHARED_START] == word[:SHARED_START] else min(most, 1)
        if (edits := _edits(word, other)) <= farthest:
            passages = near[other] + FORMS_WEIGHT * max((stems[form] for form in terms(other)), default=0)
            unlikely[other] = edits - PASSAGES_WEIGHT * log1p(passages)
    return min(unlikely, key=lambda other: (unlikely[other], -near[other], other), default="")


def _words_like(word: str, passages: Sequence[str], catalog: CatalogReader) -> Iterator[set[str]]:
    """For each passage the words that begin with the letter of a misspelt one: names alone for a name."""
    is_name = word[:1].isupper()
    for hit in catalog.hits(passages).values():
        own = _WORD.findall(indexed_text(hit))
        yield {other for other in (own if is_name else map(str.lower, own)) if other[:1] == word[:1]}


def _most_edits(word: str, *, is_known: bool) -> float:
    """How many edits a misspelt word may be from the right one.

    A short word, a common one and one whose stem `is_known` may but lack letters, or have them doubled or swapped.
    """
    if is_known or len(word) < SHORT_WORD or word.lower() in common_words():
        return 1 - LEFT_OUT
    return MAX_EDITS if len(word) >= LONG_WORD and word.islower() else 1


def _common_words_near(word: str, most: float, bm25: WordIndex) -> list[str]:
    """The common words that are at most so many edits from a misspelt one, and that articles have."""
    near = [other for other in common_words() if other[0] == word[0] and _edits(word, other) <= most]
    stems = {other: terms(other) for other in near}
    known, _ = bm25.document_frequencies({stem for own in stems.values() for stem in own})
    return [other for other in near if other in STOP_WORDS or any(known[stem] for stem in stems[other])]


def _edits(word: str, other: str) -> float:
    """The letters to change, a swap counting as one; less where letters are but doubled, left out or swapped."""
    one, two = word.lower(), other.lower()
    if _DOUBLED.sub(r"\1", one) == _DOUBLED.sub(r"\1", two):
        return DOUBLED_LETTER
    left_out = Counter(one) <= Counter(two)
    return OSA.distance(one, two, score_cutoff=MAX_EDITS) - (LEFT_OUT if left_out else 0.0)


def question_phrases(question: str, language: str = ENGLISH) -> frozenset[tuple[str, str]]:
    """Pairs of neighbouring terms of a question, at least one of each a content term."""
    topical = set(content_terms(question, language))
    return frozenset(pair for pair in pairwise(terms(question, language)) if topical & set(pair))


def inverse_document_frequencies(frequencies: Mapping[str, int], documents: int) -> dict[str, float]:
    """The IDF of each term as BM25 has it, from the number of documents that hold it, out of `documents`."""
    return {term: inverse_document_frequency(frequency, documents) for term, frequency in frequencies.items()}


def _without_days(intent: QuoteIntent) -> QuoteIntent:
    """The intent without topic terms that only say when; days rank passages, they are nothing a quote is about."""
    topic_terms = frozenset(without_time_terms(intent.topic_terms))
    return replace(intent, topic_terms=topic_terms, topic_text=intent.topic_text if topic_terms else "")
