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
