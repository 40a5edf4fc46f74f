"""The sentences that carry an article are near its middle, its headline, the question and its top."""

from collections.abc import Sequence

from bot.answering.extraction.key_sentences import key_sentences
from bot.answering.reading.lists import is_statement
from bot.answering.reading.read_sentences import ReadSentence
from retrieval.documents import Hit, Passage
from retrieval.errors import EmbeddingUnavailable
from retrieval.text.sentences import sentence_spans
from tests.support.articles import article

TEXT = (
    "The ferry sank off the quay. Tea is served at noon. Divers found the ferry on Sunday.\n\n"
    "More on the ferry\n\nIs the ferry lost? The ferry is raised next week."
)
WORDS = ("ferry", "tea", "week")


def by_words(text: str) -> Sequence[float]:
    """A vector that has a dimension for each of a few words."""
    return [float(word in text.lower()) for word in WORDS]


def read(logits: Sequence[float] = (), text: str = TEXT) -> list[ReadSentence]:
    """The sentences of an article as a reader might have judged them."""
    one = article("a", text, title="Ferry sinks")
    hit = Hit(Passage("p", "a", 0, len(text), text), one.title, "", "", (), "", "", 1.0)
    spans = sentence_spans(text)
    return [
        ReadSentence(hit, one, span, logit, logit, logit)
        for span, logit in zip(spans, logits or [0.0] * len(spans), strict=True)
    ]


def test_what_is_near_the_topic_is_told_in_the_articles_order() -> None:
    told = key_sentences("Tell me about the ferry", read(), by_words, 3)
    assert [one.text for one in told] == [
        "The ferry sank off the quay.",
        "Divers found the ferry on Sunday.",
        "The ferry is raised next week.",
    ]


def test_a_note_before_the_text_is_not_its_top() -> None:
    noted = f"Corrections: An earlier version misspelt a name. {TEXT}"
    told = key_sentences("Tell me about the ferry", read(text=noted), by_words, 4)
    assert [one.text for one in told] == [one.text for one in read() if is_statement(one.text)]


def test_the_reader_and_the_place_decide_without_the_embedding_model() -> None:
    def missing(text: str) -> list[float]:
        raise EmbeddingUnavailable("no model")

    told = key_sentences("When is tea?", read([-8.0, 8.0, -8.0, 9.0, 9.0, -8.0]), missing, 1)
    assert [one.text for one in told] == ["Tea is served at noon."]


def test_headings_and_questions_state_nothing() -> None:
    assert [is_statement(one.text) for one in read()] == [True, True, True, False, False, True]
    assert is_statement("“Is that so?”") and not is_statement("WHAT WE KNOW.") and not is_statement("The list:")
