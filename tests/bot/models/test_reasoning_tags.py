"""Thoughts before an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.reasoning_tags import ReasoningTagFilter

ANSWERS = {
    "The pier is closed.": "The pier is closed.",
    "<think>Let me see.</think>\n\nThe pier.": "The pier.",
    "\n<think>\nA < b, </thin no.\n</think>The pier.": "The pier.",
    "<think></think><think>again</think> The pier.": "The pier.",
    "<thin ice>": "<thin ice>",
    "  Spaces stay.": "  Spaces stay.",
    "The tag <think> is explained</think> here.": "The tag <think> is explained</think> here.",
    "<think>never ended": "",
    "<thi": "<thi",
    "<think>x</think>\n<thi": "<thi",
    " ": " ",
    "": "",
}


def answer(*pieces: str) -> str:
    thinking = ReasoningTagFilter()
    return "".join([*map(thinking.feed, pieces), thinking.end()])


@pytest.mark.parametrize("text", ANSWERS)
def test_only_what_stands_in_tags_at_the_start_is_taken_off(text: str) -> None:
    assert answer(text) == ANSWERS[text]
    assert answer(*text) == ANSWERS[text]


@given(st.text("<think>/ a\n", max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_it_does_not_matter_how_the_text_is_cut(text: str, one: int, two: int) -> None:
    first, second = sorted((one, two))
    assert answer(text[:first], text[first:second], text[second:]) == answer(text)


def test_an_answer_that_does_not_think_is_given_back_at_once() -> None:
    thinking = ReasoningTagFilter()
    assert thinking.feed("The") == "The"
    assert thinking.feed(" <think>") == " <think>"
