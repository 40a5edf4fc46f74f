"""Words that somebody communicated are told from deeds, thoughts and what others say of somebody."""

import pytest

from retrieval.quotes.extraction import extract_quotes


@pytest.mark.parametrize(
    "text",
    [
        "Ines Pell said that the crane would be sold.",
        "Fishermen complained that the harbour was closed.",
        "A report by the harbour office found that the gate was rusty.",
        "The union called for an inquiry into the leaking lock.",
        "Pilots accused Tom Obi of selling the crane in secret.",
        "“The lock is safe,” Ines Pell said.",
    ],
)
def test_words_are_listed(text: str) -> None:
    assert any(quote.is_said for quote in extract_quotes(text))


@pytest.mark.parametrize(
    "text",
    [
        "Governor Petra Lund signed a bill that bans night flights.",
        "Captain Lotte Rahn hopes to sail again in spring.",
        "Tom Obi knew that the gate was open.",
        "Ines Pell has drawn praise from fishermen for the new lock.",
        "The company recalled two thousand kettles on Tuesday.",
        "Tom Obi was praised for his work at the harbour.",
        "The singer stars in “The Long Quay”.",
        "The map shows where the river rose in March.",
    ],
)
def test_deeds_and_thoughts_are_nobodys_words(text: str) -> None:
    assert not any(quote.is_said for quote in extract_quotes(text))
