"""Figures of a sentence are looked for in all that the articles say, rounded and in other units too."""

import pytest

from retrieval.text.facts.figures import figures, unknown_figure


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Almost 450,000 people came.", "It drew 447,723 people."),
        ("About 20% agreed.", "Some 19.6 per cent agreed."),
        ("Repairs cost $2.5m.", "Repairs cost $2,500,000."),
        ("Around 1,200 trees fell.", "The storm felled 1,234 trees."),
        ("The first of two votes failed.", "The motion failed."),
        ("The plan is twofold: two bridges.", "A bridge here and a bridge there."),
    ],
)
def test_a_figure_that_is_known_is_found(text: str, known: str) -> None:
    assert unknown_figure(text, [known]) == ""


@pytest.mark.parametrize(
    ("text", "known", "unknown"),
    [
        ("Almost 480,000 people came.", "It drew 447,723 people.", "480,000"),
        ("The toll rose by 9 percent.", "The toll rose by 9 crowns.", "9 percent"),
        ("It opened on 4 May.", "It opened on 5 May.", "4 May"),
        ("It cost $3 billion.", "It cost $3 million.", "$3 billion"),
        ("He has 20 boats.", "He has 22 boats.", "20"),
    ],
)
def test_a_figure_that_is_not_known_is_told(text: str, known: str, unknown: str) -> None:
    assert unknown_figure(text, [known]) == unknown


def test_number_words_are_read_together_up_to_the_next_word() -> None:
    text = "his first six games before two hundred and fifty thousand people"
    assert [int(figure.value) for figure in figures(text)] == [6, 250_000]


def test_a_row_of_digits_that_is_no_figure_is_compared_too() -> None:
    row = "4967" * 12
    assert unknown_figure("It costs 7.5 crowns.", [f"The code is {row}."]) == "7.5"
    assert unknown_figure(f"The code is {row}.", [f"The code is {row}."]) == ""
