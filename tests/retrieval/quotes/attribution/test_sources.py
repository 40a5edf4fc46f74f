"""The source of a quote is who speaks: not who is spoken to, nor the thing that words stand on."""

import pytest

from retrieval.quotes.extraction import extract_quotes


@pytest.mark.parametrize(
    "text",
    [
        "“I had tears in my eyes,” Marco Lund tells CTV’s Darren Pell.",
        "Marco Lund tells CTV’s Darren Pell that he loved every game.",
        "Marco Lund told Darren Pell: “I had tears in my eyes.”",
        "In an interview with Darren Pell, Marco Lund said he would stay.",
        "Speaking to CTV’s Darren Pell, Marco Lund said he would stay.",
    ],
)
def test_who_is_spoken_to_does_not_speak(text: str) -> None:
    (quote,) = extract_quotes(text)
    assert quote.speaker == "Marco Lund" and "Pell" not in quote.words


@pytest.mark.parametrize(
    "text",
    [
        "Ines Pell read from the letter. “The sea is my only pupil,” it says.",
        "“The sea is my only pupil,” reads the letter, which Ines Pell found.",
    ],
)
def test_what_a_letter_says_is_not_said_by_who_reads_or_finds_it(text: str) -> None:
    (quote,) = [quote for quote in extract_quotes(text) if quote.kind == "direct"]
    assert quote.speaker == ""


def test_a_pronoun_that_may_mean_somebody_of_unknown_gender_names_nobody() -> None:
    text = "Osk Varen thanked her brother Ivlo Brendt. “He pulled me out by my hair,” she said. Brendt smiled."
    assert [quote.speaker for quote in extract_quotes(text) if quote.kind == "direct"] == [""]
