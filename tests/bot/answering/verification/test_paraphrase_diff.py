"""A sentence that follows the article's words may leave words out, but not put others in their place that count."""

import pytest

from bot.answering.verification.contradiction.antonyms import are_opposites, says_opposite
from bot.answering.verification.contradiction.hedges import loses_hedge
from bot.answering.verification.contradiction.paraphrase_diff import find_departure, swaps_names
from bot.answering.verification.lexical.figures import figures

HELD = (
    "Mayor Ilse Brandt may sell the 3 old ferries to Daniel Okoro before winter. "
    "Nia Roth criticised Per Holm on Monday over the potential sale."
)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Mayor Ilse Brandt may sell the 3 old ferries before winter.", ""),
        ("Brandt may sell the three old ferries to Okoro before winter.", ""),
        ("Mayor Ilse Brandt will sell the 3 old ferries to Daniel Okoro before winter.", "hedge"),
        ("Mayor Ilse Brandt may not sell the 3 old ferries to Daniel Okoro.", "negation"),
        ("Mayor Ilse Brandt may sell the 9 old ferries to Daniel Okoro.", "figure"),
        ("Mayor Ilse Brandt may sell the 3 new ferries to Daniel Okoro.", "opposite"),
        ("Mayor Ilse Brandt may sell the 3 old ferries to Tomas Velde before winter.", "name"),
        ("Per Holm criticised Nia Roth on Monday over the potential sale.", "order"),
        ("Nia Roth criticised Per Holm on Monday over the sale.", "hedge"),
    ],
)
def test_departure_from_the_articles_words(said: str, reason: str) -> None:
    assert find_departure(said, HELD) == reason


def test_a_passive_is_no_change_of_places() -> None:
    assert not swaps_names("Holm was criticised by Roth.", "Roth criticised Holm.")
    assert swaps_names("Holm criticised Roth.", "Roth criticised Holm.")
    assert not swaps_names("Holm and Roth met.", "Roth and Holm met.")


def test_opposites_are_told_from_other_words() -> None:
    assert are_opposites("rose", "fell") and are_opposites("approved", "rejects")
    assert not are_opposites("rose", "climbed") and not are_opposites("ferry", "bridge")


def test_a_negated_opposite_is_no_contradiction() -> None:
    assert says_opposite("Brandt won the vote.", "Brandt lost the vote.")
    assert not says_opposite("Brandt did not win the vote.", "Brandt lost the vote.")


def test_a_hedge_may_be_said_in_other_words() -> None:
    assert loses_hedge("The storm broke the wall.", "The storm may have broken the wall.")
    assert not loses_hedge("The storm possibly broke the wall.", "The storm may have broken the wall.")
    assert not loses_hedge("The wall broke in May.", "The wall broke in May.")


def test_an_ordinal_before_a_number_is_a_figure_of_its_own() -> None:
    assert [int(figure.value) for figure in figures("his first six games")] == [1, 6]
