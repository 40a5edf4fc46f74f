"""The role that is shown beside a name is one that the article gives that person, whole."""

import pytest

from retrieval.quotes.speakers.mentions import find_mentions
from retrieval.quotes.speakers.roles import role_of


def role(text: str) -> str:
    """The role of Ana Pell."""
    mentions = find_mentions(text)
    person = next(one.person for one in mentions.mentions if one.person.name == "Ana Pell")
    return role_of(text, mentions, person)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Ana Pell, director at the Harbour Trust in a statement, agreed.", "director at the Harbour Trust"),
        ("Critics of Norland's President Ana Pell laughed.", "Norland's President"),
        ("The former minister Dame Ana Pell came.", "The former minister"),
        ("The town banned nets, a move mayor Ana Pell calls wise.", "mayor"),
        ("Ana Pell, a speech writer to former President Tom Obi, came.", "a speech writer to former President Tom Obi"),
    ],
)
def test_a_role_ends_where_its_phrase_does(text: str, wanted: str) -> None:
    assert role(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Dora Lind/AP President Ana Pell on the quay.",
        "Neither Senator Ana Pell nor anybody else came.",
        "Ana Pell, whose 6-year-old son, Ivo, was there, came.",
        "In a letter to Ana Pell, the senator from Norland and chair of the board, who was ill, asked for time.",
    ],
)
def test_what_describes_nobody_or_another_is_no_role(text: str) -> None:
    assert role(text) in ("", "Senator", "President")
