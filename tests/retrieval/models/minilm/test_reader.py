"""The reader tells sentences that answer from those that share the question's words, and marks the answering words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.models.minilm.reader import UNREAD, ReadablePassage, Reader, packaged_reader
from retrieval.models.minilm.tokens import MAX_TOKENS, encode_pair, encode_question, wordpiece_tokenizer
from retrieval.text.sentences import sentence_spans

BRIDGE = (
    "The bridge over the Orla was planned for nine years. It opened on 4 May 2021 with a brass band. "
    "The council paid 31 million crowns for it, a third more than it had promised. "
    "Engineer Ada Brook designed it after her father had drowned in the river."
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return packaged_reader()


def passage(text: str, context: str = "The new bridge") -> ReadablePassage:
    return ReadablePassage(context, text, tuple(sentence_spans(text)))


@pytest.mark.parametrize(
    ("question", "answering"),
    [
        ("When did the bridge open?", 1),
        ("How much did the bridge cost?", 2),
        ("Who designed the bridge?", 3),
        ("How long did it take to plan the bridge?", 0),
    ],
)
def test_the_sentence_that_answers_is_the_best(reader: Reader, question: str, answering: int) -> None:
    (reading,) = reader(question, [passage(BRIDGE)])
    assert max(range(4), key=reading.sentences.__getitem__) == answering


def test_a_passage_that_answers_is_likelier_than_one_that_does_not(reader: Reader) -> None:
    other = "The harbour museum opens on Saturday. Visitors pay nothing, and the mayor will cut the ribbon."
    answering, not_answering = reader("Who designed the bridge?", [passage(BRIDGE), passage(other, "A museum")])
    assert answering.passage > not_answering.passage
    assert max(answering.sentences) > max(not_answering.sentences)


def test_the_answering_words_lie_within_their_sentence(reader: Reader) -> None:
    (reading,) = reader("Who designed the bridge?", [passage(BRIDGE)])
    for (start, end), answer in zip(sentence_spans(BRIDGE), reading.answers, strict=True):
        assert answer is not None
        assert start <= answer[0] < answer[1] <= end


def test_sentences_beyond_the_length_that_is_read_are_unread(reader: Reader) -> None:
    (reading,) = reader("Who designed the bridge?", [passage(BRIDGE * 12)])
    assert reading.sentences[-1] == UNREAD and reading.answers[-1] is None
    assert reading.sentences[0] != UNREAD


def test_readings_come_in_the_order_of_the_passages(reader: Reader) -> None:
    passages = [passage(BRIDGE), passage("The sea was calm."), passage("No ferry sailed on Monday.")]
    together = reader("Why did no ferry sail?", passages)
    assert [reader("Why did no ferry sail?", [one])[0] for one in passages] == together


@settings(max_examples=60)
@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=400))
def test_sentences_of_any_text_are_token_spans_in_order(question: str, context: str, text: str) -> None:
    tokenizer = wordpiece_tokenizer()
    pair = encode_pair(tokenizer, encode_question(tokenizer, question), context, text, sentence_spans(text))
    assert len(pair.ids) == len(pair.types) <= MAX_TOKENS
    ends = [pair.start, *(at for span in pair.sentences for at in span)]
    assert ends == sorted(ends) and ends[-1] <= len(pair.ids) - 1
