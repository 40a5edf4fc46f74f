"""The best sentences are read again, under their headline and on their own."""

from dataclasses import replace
from statistics import mean

import pytest

from bot.answering.reading.passage_reading import load_reader
from bot.answering.reading.read_sentences import ReadSentence, passage_context
from bot.answering.reading.reading_apart import READ_APART, read_apart
from retrieval.documents import Article, Hit, Passage
from retrieval.models.minilm.reader import ReadablePassage
from tests.support.articles import article

QUESTION = "Who opened the bridge?"


def sentence(text: str, logit: float, doubt: float = 0.0) -> ReadSentence:
    told: Article = article(f"told {text}", text, title="The bridge opens")
    hit = Hit(Passage("p", told.id, 0, len(text), text), told.title, "", "", (), "", "", 1.0)
    return ReadSentence(hit, told, (0, len(text)), logit + 1, logit, logit, doubt=doubt)


def test_a_logit_is_the_mean_of_three_readings_and_the_doubt_stays() -> None:
    reader = load_reader()
    assert reader
    one = sentence("Mayor Ilse Brandt cut the ribbon on Monday.", 2.0, doubt=3.0)
    (read,) = read_apart(QUESTION, [one], reader)
    whole = ((0, len(one.text)),)
    under, alone = reader(
        QUESTION, [ReadablePassage(context, one.text, whole) for context in (passage_context(one.hit), "")]
    )
    assert read.logit == pytest.approx(mean((2.0, under.sentences[0] - 3.0, alone.sentences[0] - 3.0)))
    assert read.score - read.logit == pytest.approx(1.0)


def test_a_line_of_a_list_is_read_apart_as_the_whole_list() -> None:
    reader = load_reader()
    assert reader
    text = "The names of those who opened the bridge:\n\nMira Holt\n\nJon Brevik\n\nOda Brun"
    one = sentence(text, 2.0)
    line = replace(one, span=(text.index("Jon"), text.index("\n\nOda")))
    (read,) = read_apart(QUESTION, [line], reader)
    assert (read.logit, read.span) == (read_apart(QUESTION, [one], reader)[0].logit, line.span)


def test_sentences_that_are_not_read_apart_come_after_those_that_are() -> None:
    reader = load_reader()
    assert reader
    many = [sentence(f"The bridge of town {at} was painted in May.", 9.0 - at) for at in range(READ_APART + 2)]
    read = read_apart(QUESTION, many, reader)
    least = min(read[:READ_APART], key=lambda one: one.score)
    assert len(read) == len(many)
    assert all(one.score <= least.score for one in read[READ_APART:])
    assert read_apart(QUESTION, [], reader) == []
