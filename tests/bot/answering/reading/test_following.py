"""A question that follows others is read after these, and searched for with them where it is short."""

from bot.answering.messages import Turn
from bot.answering.reading.following import NOTHING_BEFORE, follows

ASKED = [Turn("Will Brandt debate the toll?", "Will Brandt debate the toll?", "", "answered")]


def test_a_short_question_is_searched_for_with_those_before_it() -> None:
    assert follows("Which channels?", ASKED).words == "Will Brandt debate the toll? Which channels?"


def test_a_question_that_tells_enough_is_searched_for_alone() -> None:
    assert follows("Which channels show the harbour council's vote about ferries?", ASKED).words == ""
    assert NOTHING_BEFORE.words == ""
