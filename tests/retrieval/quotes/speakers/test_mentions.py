"""Whom an article names, and where: captions, bylines and headings name nobody who speaks."""

import pytest

from retrieval.quotes.speakers.mentions import find_mentions


def named(text: str) -> set[str]:
    return {mention.person.name for mention in find_mentions(text).mentions}


@pytest.mark.parametrize(
    "text",
    [
        "Tom Obi came late. Obi spoke, and Obi left. Dora Lind/Harbour Images Obi on the quay.",
        "Tom Obi came late. Obi spoke, and Obi left. Obi will sell the lake Dora Varen Obi said that he would.",
    ],
)
def test_a_photographers_or_authors_name_is_no_part_of_who_follows(text: str) -> None:
    assert [name for name in named(text) if name.endswith("Obi")] == ["Tom Obi"]


def test_a_noun_before_a_name_is_no_part_of_it() -> None:
    assert "Ana Pell" in named("Celebrities Ana Pell and Tom Obi came.")


def test_a_heading_is_told_from_a_sentence() -> None:
    text = "Ana Pell came.\n\nHow Tom Obi built the lock in a night\n\nAna Pell left."
    assert {one.person.name: one.in_heading for one in find_mentions(text).mentions} == {
        "Ana Pell": False,
        "Tom Obi": True,
    }


@pytest.mark.parametrize("text", ["Ana Pell came.", "Brook Varen, a pilot, came.", "Brook Varen said that it rained."])
def test_a_name_is_surely_a_persons_where_something_tells(text: str) -> None:
    assert all(one.person.is_sure for one in find_mentions(text).mentions) and named(text)


@pytest.mark.parametrize(
    "text",
    [
        "The General Assembly met. The General Assembly votes in May.",
        "The Norland General Chamber of Trade met.",
    ],
)
def test_a_title_after_an_article_begins_the_name_of_a_body(text: str) -> None:
    assert named(text) == set()


@pytest.mark.parametrize("text", ["The Rev. Pell came.", "The late President Pell came.", "President Pell came."])
def test_a_title_tells_a_person(text: str) -> None:
    assert named(text) == {"Pell"}


def test_a_suffix_after_a_comma_is_that_of_the_name() -> None:
    text = "Senator Tom Obi, Jr., came. Tom Obi Jr. spoke. Obi left."
    assert named(text) == {"Tom Obi Jr."} and len(find_mentions(text).mentions) == 3
