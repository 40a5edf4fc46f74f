"""Which of the words that are reported count as said, and which only name what somebody speaks of."""

import pytest

from retrieval.quotes.extraction import extract_quotes


@pytest.mark.parametrize(
    "text",
    [
        "Ana Pell sounded confident about the rest.",
        "Mayor Ana Pell had asked for a delay of one year.",
        "Ana Pell criticised the plan.",
    ],
)
def test_a_phrase_without_a_verb_is_no_statement(text: str) -> None:
    assert [quote.words for quote in extract_quotes(text) if quote.is_said] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ana Pell said the pier would go.", "the pier would go"),
        ("Ana Pell accused the council of selling the pier.", "selling the pier"),
        ("Ana Pell announced a new ferry line to the islands of the west.", "a new ferry line"),
        ("Ana Pell called the plan “mad”.", "“mad”"),
        ("“No,” said Ana Pell.", "“No,”"),
    ],
)
def test_a_clause_a_long_phrase_and_a_quotation_are(text: str, words: str) -> None:
    assert any(words in quote.words for quote in extract_quotes(text) if quote.is_said)


@pytest.mark.parametrize("space", [" ", "\n"])
def test_words_after_an_interjected_cue_are_said_too(space: str) -> None:
    text = f"Ana Pell is firm. If the port refuses to end the strike, she has said, it{space}will face further levies."
    assert any("will face further levies" in quote.words for quote in extract_quotes(text) if quote.is_said)
