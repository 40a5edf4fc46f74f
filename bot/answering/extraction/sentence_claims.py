"""Extractive answers: the articles' own sentences, in the reader's order."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from bot.answering.extraction.repetition import distinct, is_close
from bot.answering.messages import Claim
from bot.answering.questions.reader_strings import Phrases, english_phrases
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
MAX_LIST = 600  # characters of the lines of a list that are given together
MIN_INTRODUCTION = 60  # characters of a sentence without a mark that introduces a list
HEADLINE_DOUBT = 3.0  # taken off the score of a line that states nothing: half of them are right, of sentences 4 in 5

# The end of a sentence that states something; a question does only where somebody is quoted with it.
_STATED = re.compile(r"[.!…][\"'’”»)\]]*$|\?[\"’”»]+\)?$")
_ROW = re.compile(r"[^:;]+: [^;]+(?:; [^:;]+: [^;]+)+")  # `Candidate: Ida Brandvold; Votes: 4,210`


def is_statement(text: str) -> bool:
    """Whether a text has the form of a statement or a row: headlines, captions, list items and questions have not."""
    return bool(_STATED.search(text) or _ROW.fullmatch(text)) and text != text.upper()


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
    if _ROW.fullmatch(one.text) or _ROW.fullmatch(other.text):
        return False
    return is_statement(one.text) or not is_statement(other.text)


def _as_told(sentence: ReadSentence) -> ReadSentence:
    """A line of a list as its whole list; a line that states nothing, such as a headline, with a lower score."""
    if is_statement(sentence.text):
        return sentence
    span = _list_span(sentence)
    if span == sentence.span:
        return replace(sentence, score=sentence.score - HEADLINE_DOUBT)
    return replace(sentence, span=span)


def _list_span(sentence: ReadSentence) -> Span:
    """The lines of the list that a line is of, with the sentence that introduces it, up to MAX_LIST characters.

    A list goes on for as long as its lines are no statements, or statements on a line of their own where the colon
    before them is what answers.
    """
    text, (start, end) = sentence.article.text, sentence.span
    opening = _opening(text, sentence.span)
    if opening is None:
        return start, end
    start = opening[0]
    stop = min(len(text), start + 2 * MAX_LIST)  # so that no line is cut that may be told
    lines = [span for span in sentence_spans(text, end, stop) if span[0] >= end]
    of_statements = opening[1] == end and bool(lines) and is_statement(text[slice(*lines[0])])
    for line, following in zip(lines, [*lines, (stop, stop)][1:], strict=True):
        told = text[slice(*line)]
        is_item = is_statement(told) == of_statements and "\n" in text[end : line[0]]
        if of_statements:  # a paragraph of several sentences is no item, but may be what a colon points at
            is_item = is_item and (line == lines[0] or following[0] == stop or "\n" in text[line[1] : following[0]])
        if not is_item or told.endswith(":") or line[1] - start > MAX_LIST:
            break
        end = line[1]
    return start, end


def _opening(text: str, line: Span) -> Span | None:
    """The sentence that introduces the list that a line is of, which may be the line itself; None where there is none.

    One without a colon is the first line after a statement or the second, below a heading.
    """
    before = [span for span in sentence_spans(text, max(0, line[0] - MAX_LIST), line[1]) if span[0] <= line[0]]
    statements = [at for at, span in enumerate(before) if is_statement(text[slice(*span)])]
    begins = bool(statements) or line[0] <= MAX_LIST
    after = before[max(statements, default=-1) + 1 :]
    return next(
        (
            span
            for at, span in enumerate(after)
            if text[slice(*span)].endswith(":") or (begins and at < 2 and _introduces(text, span))
        ),
        None,
    )


def _introduces(text: str, span: Span) -> bool:
    """Whether a sentence introduces a list without a mark: it is long, and before lines that state nothing."""
    line = text[slice(*span)]
    if is_statement(line) or len(line) < MIN_INTRODUCTION:
        return False
    after = [one for one in sentence_spans(text, span[1], min(len(text), span[1] + MAX_LIST)) if one[0] >= span[1]][:2]
    return len(after) == 2 and not any(is_statement(text[slice(*one)]) for one in after)


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
