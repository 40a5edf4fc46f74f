"""Extractive answers: the articles' own sentences, in the reader's order."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from bot.answering.extraction.repetition import distinct, is_close
from bot.answering.messages import Claim
from bot.answering.reading.read_sentences import PartReading, ReadSentence
from bot.formatting import format_date
from retrieval.search.deduplication import figures_conflict
from retrieval.text.sentences import PARAGRAPH_BREAK, Span, sentence_spans

MIN_SCORE = 5.0  # of a second sentence; a lower one seldom adds an answer
MAX_GAP = 2.0  # between the scores of the best sentence and a second one
MAX_WITH_CONTEXT = 450  # characters of a sentence and the one it leans on

# A start that refers to the sentence before: pronouns, demonstratives, conjunctions.
_LEANING = re.compile(
    r"[“\"'‘]?(?:he|she|it|they|his|her|its|their|this|that|these|those|such|but|and|so|then|also|however|meanwhile|"
    r"instead|the (?:former|latter))\b",
    re.IGNORECASE,
)


def extract_claims(readings: Sequence[PartReading], *, latest: bool = False) -> list[Claim]:
    """For each part of the question the sentence that answers best, and others where they answer, too.

    Where they are of several days each says when it was reported. Where the question asks for the latest, the newest
    comes first.
    """
    by_part = [choose_sentences(reading.sentences) for reading in readings]
    chosen = distinct((sentence for row in zip_longest(*by_part) for sentence in row if sentence), repeats)
    if latest:
        chosen = sorted(chosen, key=lambda sentence: sentence.article.published, reverse=True)
    days = {sentence.article.published[:10] for sentence in chosen}
    return [sentence_claim(sentence, with_day=len(days) > 1) for sentence in chosen]


def choose_sentences(read: Sequence[ReadSentence]) -> list[ReadSentence]:
    """The best sentence and those after it that are likely to answer and say something new."""
    bar = max(MIN_SCORE, read[0].score - MAX_GAP) if read else MIN_SCORE
    return distinct([*read[:1], *(sentence for sentence in read[1:] if sentence.score >= bar)], repeats)


def sentence_claim(sentence: ReadSentence, *, with_day: bool = False) -> Claim:
    """A sentence as a claim, with the one before where it leans on it, and its day where that is wanted."""
    text, (start, end) = sentence.article.text, sentence.span
    start = _clear_start(text, sentence.span)
    day = format_date(sentence.article.published) if with_day else ""
    lead = f"Reported on {day}: " if day else ""
    words = text[start:end]
    claim = lead + " ".join(words.split())
    answer = None
    if sentence.answer:
        first, last = (len(lead) + _normalized_offset(words, at - start) for at in sentence.answer)
        answer = (first, min(last, len(claim)))
    return Claim(claim, ((sentence.article.id, (start, end)),), answer=answer, cited_answer=sentence.answer)


def repeats(one: ReadSentence, other: ReadSentence) -> bool:
    """Nearly the same words without another figure in them, or the very same place."""
    if one.article.id == other.article.id and one.span[0] < other.span[1] and other.span[0] < one.span[1]:
        return True
    return is_close(one.text, other.text) and not figures_conflict(one.text, other.text)


def _clear_start(text: str, span: Span) -> int:
    """Start a sentence earlier, in the same paragraph, where this one leans on it."""
    start, end = span
    if not _LEANING.match(text[start:end]):
        return start
    breaks = [match.end() for match in PARAGRAPH_BREAK.finditer(text, max(0, end - 2 * MAX_WITH_CONTEXT), start)]
    paragraph = breaks[-1] if breaks else max(0, end - 2 * MAX_WITH_CONTEXT)
    before = sentence_spans(text, paragraph, start)
    return before[-1][0] if before and end - before[-1][0] <= MAX_WITH_CONTEXT else start


def _normalized_offset(text: str, at: int) -> int:
    """Where a place of a text lies after its white space is normalized."""
    return len(" ".join(f"{text[:at]}|".split())) - 1
