"""Whom `he` and `she` mean where words, headings and relatives stand between."""

import pytest

from retrieval.quotes.extraction import extract_quotes
from tests.support.extracted_quotes import at

TOM = "“The lake is ours,” Tom Pell said on Monday."


@pytest.mark.parametrize(
    "text",
    [
        f"{TOM} Others such as Bill Obi, the envoy, were there. “Bill Obi will not come back to the lake,” he said.",
        f"{TOM} Bill Obi, the envoy, was there. He said Bill Obi “will not come back to the lake in May”.",
        f"{TOM}\n\nThe lake is closed:How Bill Obi built a toll gate in one night\n\n“It is cold in winter,” he added.",
    ],
)
def test_who_is_named_in_the_words_or_in_a_link_does_not_say_them(text: str) -> None:
    told = [quote.speaker for quote in extract_quotes(text)]
    assert len(told) > 1 and set(told) <= {"", "Tom Pell"}


def test_words_that_the_article_reports_may_name_who_says_them() -> None:
    text = f"{TOM} The lake was still frozen, Pell said, and he called it a wonder that nobody had drowned in it."
    called = [quote.speaker for quote in extract_quotes(text) if "wonder" in quote.words]
    assert called and set(called) == {"Tom Pell"}


def test_he_in_an_answer_is_not_who_answers() -> None:
    text = (
        "Tom Pell and Bill Obi met on the quay.\n\n"
        "Q: Was the lake cold?\n\nPell: He told me that the lake was as cold as the sea in winter.\n\n"
        "Q: Did you swim?\n\nPell: I did not."
    )
    told = next(quote for quote in extract_quotes(text) if quote.words.startswith("that the lake"))
    assert told.speaker != "Tom Pell"


def test_a_relative_who_spoke_may_be_meant() -> None:
    text = (
        "Tom Pell likes the lake. Pell’s father, Dirk, thought that the boat was lost. "
        "Instead, he said the boat was in the reeds."
    )
    assert at(text, "the boat was in").speaker == ""


def test_a_sentence_about_a_role_that_is_anothers_leaves_doubt() -> None:
    text = f"{TOM} The president’s visit was short. In Lowick, he said that nobody owned the lake."
    assert at(text, "that nobody").speaker == ""


def test_the_subject_of_a_later_clause_may_be_meant() -> None:
    text = (
        "Tom Pell taught Bill Obi to row, and Obi won the cup in Lowick under trainer Ivo Lind. "
        "But he says that the lake was too cold."
    )
    assert at(text, "that the lake").speaker in ("", "Bill Obi")


def test_whom_a_sentence_is_about_before_he_speaks_in_it_leaves_doubt() -> None:
    text = f"{TOM} Pell claimed that Bill Obi is paid by the mill, but as a paper noted, he has denied that it is so."
    denied = [quote.speaker for quote in extract_quotes(text) if quote.start >= text.index("he has denied")]
    assert "Tom Pell" not in denied
