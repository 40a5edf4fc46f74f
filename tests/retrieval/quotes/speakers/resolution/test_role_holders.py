"""Whom a description without a name means: who has just that role, else nobody."""

import pytest

from retrieval.quotes.extraction import extract_quotes
from retrieval.quotes.speakers.mentions import find_mentions
from retrieval.quotes.speakers.resolution.role_holders import MAX_DISTANCE, RoleHolders
from tests.support.extracted_quotes import at

WORDS = "“The lake belongs to all of us and to nobody,”"


@pytest.mark.parametrize(
    ("before", "phrase"),
    [
        ("Judge Ana Pell came.", "the judge"),
        ("Former mayor Ana Pell came.", "the former mayor"),
        ("Ana Pell, chief pilot of Lowick, came.", "the chief pilot"),
        ("Ana Pell, president and founder of the Lake Trust, came.", "the president"),
    ],
)
def test_a_description_is_who_has_that_role(before: str, phrase: str) -> None:
    assert at(f"{before} {WORDS} {phrase} said.", WORDS).speaker == "Ana Pell"


@pytest.mark.parametrize(
    ("before", "phrase"),
    [
        ("Lake Racing driver Ana Pell came second after Tom Obi.", "the Norland driver"),
        ("Ana Pell, the governor's spokeswoman, came.", "the governor"),
        ("Former president Ana Pell came.", "the Lake Trust president"),
        ("U.S. District Judge Ana Pell came.", "the Lowick County judge"),
        ("Party leader Ana Pell came.", "the newly elected party member"),
        ("Singer Ana Pell sang on the quay.", "the city's top lawyer"),
        ("The visitors met Ana Pell.", "her lawyer"),
        ("The tour of Barley Mill Plaza ended.", "its developer"),
    ],
)
def test_a_description_that_says_more_or_else_is_nobody_named(before: str, phrase: str) -> None:
    quote = at(f"{before} {WORDS} {phrase} said.", WORDS)
    assert (quote.speaker in ("", phrase), quote.is_person) == (True, False)


def test_who_was_named_long_before_is_not_meant() -> None:
    text = f"Mayor Ana Pell came.{' It rained on the lake.' * MAX_DISTANCE} The mayor"
    mentions = find_mentions(text)
    assert RoleHolders(text, mentions).holder("mayor", text.rindex("The mayor"), None) is None
    near = text.replace(" It rained on the lake.", "", 2)
    holder = RoleHolders(near, find_mentions(near)).holder("mayor", near.rindex("The mayor"), None)
    assert holder and holder.name == "Ana Pell"


def test_a_name_that_may_be_a_things_is_given_no_other_words() -> None:
    text = "The Academy Prize Night was long. Academy members said that the lake was deep."
    assert all(not quote.is_person and "Prize" not in quote.speaker for quote in extract_quotes(text))


def test_a_description_after_somebody_spoke_whose_role_is_not_told_names_nobody() -> None:
    text = f"District attorney Ana Pell came. “It rained,” Tom Obi said. {WORDS} the attorney added."
    assert at(text, WORDS).speaker not in ("Ana Pell", "Tom Obi")
