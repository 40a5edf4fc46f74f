"""Questions of several parts are split where each part asks something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.questions.question_parts import MAX_PARTS, question_parts, separate_questions, stands_alone


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Who won, and who came last?", ["Who won", "who came last?"]),
        ("When do fares rise? Who is the mayor?", ["When do fares rise?", "Who is the mayor?"]),
        ("How much was paid and what was wrong with the cars?", ["How much was paid", "what was wrong with the cars?"]),
        ("Who is the commissioner, and was he new?", ["Who is the commissioner", "was he new?"]),
        ("Who was hurt, and where?", ["Who was hurt", "where?"]),
        ("How many jobs go, and in which towns?", ["How many jobs go", "in which towns?"]),
        ("Who rows and when and where is the final?", ["Who rows", "when and where is the final?"]),
        ("who won and who came last", ["who won", "who came last"]),
        (
            "How far and for how many days will they row?",
            ["How far will they row?", "for how many days will they row?"],
        ),
        ("On what day and in which town is it?", ["On what day is it?", "in which town is it?"]),
        ("When did she win, and where? (Rosa Lind)", ["When did she win (Rosa Lind)", "where?"]),
    ],
)
def test_each_part_that_asks_stands_alone(question: str, parts: list[str]) -> None:
    assert question_parts(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "What did Brandt say and do about the toll?",
        "When and where is the final?",
        "Is the ferry late? Sum it up for me.",
        "What do the U.S. and Russia want?",
        "toll and ferries",
        "",
    ],
)
def test_what_asks_one_thing_stays_whole(question: str) -> None:
    assert question_parts(question) == [question]


@given(st.lists(st.sampled_from(["who", "won", "and", "what", "?", ",", "was", "it", "Lind"]), max_size=20))
def test_parts_lose_nothing_but_what_joins_them(words: list[str]) -> None:
    question = " ".join(words)
    parts = question_parts(question)
    assert 1 <= len(parts) <= MAX_PARTS
    kept = [word for part in parts for word in part.split() if word not in ("?", ",", "and")]
    assert kept == [word for word in words if word not in ("?", ",", "and")]


@pytest.mark.parametrize(
    ("part", "alone"),
    [
        ("who steers the oldest ferry?", True),
        ("how old were they?", False),
        ("what was wrong with it?", False),
        ("how many died?", False),
    ],
)
def test_a_part_with_a_pronoun_or_hardly_any_words_needs_the_one_before(part: str, alone: bool) -> None:
    assert stands_alone(part) == alone


def is_quoted(name: str) -> bool:
    return name in ("Rosa Lind", "Velde", "Brandt")


@pytest.mark.parametrize(
    ("question", "compares", "asked"),
    [
        (
            "How do Rosa Lind and Velde differ on the toll?",
            True,
            ["What did Rosa Lind say about the toll?", "What did Velde say about the toll?"],
        ),
        (
            "Compare Brandt’s and Velde’s views about Farn",
            True,
            ["What did Brandt say about Farn?", "What did Velde say about Farn?"],
        ),
        ("How do Rosa Lind and Nemo differ on the toll?", True, None),
        ("How do Rosa Lind and Velde differ?", True, None),
        (
            "What did Velde say about the toll, and how many boats sailed?",
            False,
            ["What did Velde say about the toll", "how many boats sailed?"],
        ),
        ("What did Velde say about the toll, and when did he say it?", False, None),
        ("Who won the race, and how many boats sailed?", False, None),
    ],
)
def test_what_is_answered_in_different_ways_is_asked_apart(
    question: str, compares: bool, asked: list[str] | None
) -> None:
    assert separate_questions(question, is_quoted, compares=compares) == (asked or [question])
