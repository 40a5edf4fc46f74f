"""Extractive answers: the articles' own sentences, in the reader's order."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from bot.answering.extraction.repetition import distinct, is_close
from bot.answering.messages import Claim
from bot.answering.questions.reader_strings import Phrases, english_phrases
from bot.answering.reading.lists import is_row, is_statement, list_span
from bot.answering.reading.read_sentences import PartReading, ReadSentence
from bot.formatting import format_date
from retrieval.text.facts.conflicting_reports import reports_conflict
from retrieval.text.sentences import (
    NEIGHBOUR_DISTANCE,
    PARAGRAPH_BREAK,
    Span,
    characters_between,
    leans_on_another,
    sentence_spans,
)
from retrieval.text.terms import content_terms, name_terms, terms

MIN_SCORE = 3.0  # of a second sentence; a lower one seldom adds an answer
MAX_GAP, NEIGHBOUR_GAP = 3.0, 3.0  # between the scores of the best sentence and a second one, a neighbouring one
MAX_WITH_CONTEXT = 450  # characters of a sentence and the one it leans on
HEADLINE_DOUBT = 3.0  # taken off the score of a line that states nothing: half of them are right, of sentences 4 in 5


def extract_claims(
    readings: Sequence[PartReading], *, latest: bool = False, phrases: Phrases | None = None
) -> list[Claim]:
    """For each part of the question the sentence that answers best, and others where they answer, too.

    Those that tell of one matter on several days say when each was reported. Where the question asks for the latest,
    the newest comes first.
    """
    by_part = [choose_sentences(reading.sentences) for reading in readings]
    chosen = distinct((sentence for row in zip_longest(*by_part) for sentence in row if sentence), repeats)
    if latest:
        chosen = sorted(chosen, key=lambda sentence: sentence.article.published, reverse=True)
    phrases = phrases or english_phrases()
    return [
        sentence_claim(one, day_lead(one, phrases) if any(_is_other_days(one, other) for other in chosen) else "")
        for one in chosen
    ]


def _is_other_days(one: ReadSentence, other: ReadSentence) -> bool:
    """Whether another sentence is of another day and speaks of the same: some word that means something is in both."""
    return one.article.published[:10] != other.article.published[:10] and not _words(one).isdisjoint(_words(other))


def _words(sentence: ReadSentence) -> frozenset[str]:
    return frozenset(content_terms(sentence.text, sentence.hit.language))


def choose_sentences(read: Sequence[ReadSentence]) -> list[ReadSentence]:
    """The best sentence with a neighbour that answers too, others that say something new, and what corrects it."""
    if not read:
        return []
    told = sorted((_as_told(one) for one in read), key=lambda one: -one.score)
    bar = max(MIN_SCORE, told[0].score - MAX_GAP)
    near = [one for one in told[1:] if one.score >= told[0].score - NEIGHBOUR_GAP and _continues(one, told[0])]
    best = _with_neighbour(told[0], near)
    others = (sentence for sentence in told[1:] if sentence.score >= bar or _corrects(sentence, told[0]))
    return distinct([best, *others], repeats)


def _continues(one: ReadSentence, other: ReadSentence) -> bool:
    """Whether two sentences can be told in one breath: a headline and a statement cannot, nor can rows of a table."""
    if is_row(one.text) or is_row(other.text):
        return False
    return is_statement(one.text) or not is_statement(other.text)


def _as_told(sentence: ReadSentence) -> ReadSentence:
    """A line of a list as its whole list; a line that states nothing, such as a headline, with a lower score."""
    if is_statement(sentence.text):
        return sentence
    span = list_span(sentence.article.text, sentence.span)
    if span == sentence.span:
        return replace(sentence, score=sentence.score - HEADLINE_DOUBT)
    return replace(sentence, span=span)


def _corrects(one: ReadSentence, other: ReadSentence) -> bool:
    """Whether another article reports the same in nearly the same words, but with other facts.

    It does not where a name that only one of the sentences has is in that article's headline: another town's bridge.
    """
    if one.article.id == other.article.id or not is_close(one.text, other.text):
        return False
    names, others = set(name_terms(one.text)), set(name_terms(other.text))
    own = (names - others) & set(terms(one.article.title)), (others - names) & set(terms(other.article.title))
    return not any(own) and reports_conflict(one.text, other.text)


def _with_neighbour(sentence: ReadSentence, others: Sequence[ReadSentence]) -> ReadSentence:
    """Join a sentence with the better of its neighbours among others: an answer often takes two sentences."""
    start, end = sentence.span
    for other in others:
        between = characters_between(sentence.span, other.span)
        if other.article.id == sentence.article.id and 0 <= between <= NEIGHBOUR_DISTANCE:
            return replace(sentence, span=(min(start, other.span[0]), max(end, other.span[1])))
    return sentence


def day_lead(sentence: ReadSentence, phrases: Phrases) -> str:
    """When a sentence was reported, in words that go before it; empty where its article has no date."""
    day = format_date(sentence.article.published, phrases.language)
    return phrases.say("reported_on", day=day) if day else ""


def sentence_claim(sentence: ReadSentence, lead: str = "") -> Claim:
    """A sentence as a claim, after a lead, and with the sentence before where it leans on it."""
    text, (start, end) = sentence.article.text, sentence.span
    start = _clear_start(text, sentence.span)
    words = text[start:end]
    claim = lead + " ".join(words.split())
    answer = None
    if sentence.answer:
        first, last = (len(lead) + _normalized_offset(words, at - start) for at in sentence.answer)
        answer = (first, min(last, len(claim)))
    return Claim(claim, ((sentence.article.id, (start, end)),), answer=answer, cited_answer=sentence.answer)


def repeats(one: ReadSentence, other: ReadSentence) -> bool:
    """Nearly the same words without other facts in them, or the very same place."""
    if one.article.id == other.article.id and one.span[0] < other.span[1] and other.span[0] < one.span[1]:
        return True
    return is_close(one.text, other.text) and not reports_conflict(one.text, other.text)


def _clear_start(text: str, span: Span) -> int:
    """Start a sentence earlier, in the same paragraph, where this one leans on it."""
    start, end = span
    if not leans_on_another(text[start:end]):
        return start
    breaks = [match.end() for match in PARAGRAPH_BREAK.finditer(text, max(0, end - 2 * MAX_WITH_CONTEXT), start)]
    paragraph = breaks[-1] if breaks else max(0, end - 2 * MAX_WITH_CONTEXT)
    before = sentence_spans(text, paragraph, start)
    return before[-1][0] if before and end - before[-1][0] <= MAX_WITH_CONTEXT else start


def _normalized_offset(text: str, at: int) -> int:
    """Where a place of a text lies after its white space is normalized."""
    return len(" ".join(f"{text[:at]}|".split())) - 1
