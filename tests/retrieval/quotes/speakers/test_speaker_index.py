"""Speakers across articles: several names of one person, several people of one name, names as readers type them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.quotes.speakers.speaker_index import NameCount, Speaker, SpeakerMatch, find_speaker, list_speakers

NAME = st.text(st.sampled_from("abP .’'-éI"), max_size=12) | st.text(max_size=12)


def known(*names: str | tuple[str, int]) -> list[Speaker]:
    """Speakers of people with these names, quoted once or so many times."""
    return list_speakers(person(*name) if isinstance(name, tuple) else person(name) for name in names)


def person(name: str, quotes: int = 1, newest: str = "") -> NameCount:
    return name, True, quotes, newest


def thing(name: str, quotes: int = 1) -> NameCount:
    return name, False, quotes, ""


def meant(on_record: list[Speaker], asked: str) -> list[str]:
    return [speaker.name for speaker in find_speaker(on_record, asked).speakers]


def test_one_person_under_several_names_is_one_speaker() -> None:
    (speaker,) = list_speakers(
        [person("A. Pell", 1), person("Ana Pell", 5, "2026-02-01"), person("Pell", 9, "2026-03-01")]
    )
    assert (speaker.name, speaker.quotes, speaker.newest, speaker.is_person) == ("Ana Pell", 15, "2026-03-01", True)
    assert sorted(speaker.names) == ["A. Pell", "Ana Pell", "Pell"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("William Obi", "Bill Obi"),
        ("Thomas Lind", "Tom Lind"),
        ("John Q. Pell", "John Pell"),
        ("J. Pell", "John Pell"),
        ("Christopher Pell", "Chris Pell"),
        ("ANA PELL", "Ana Pell"),
        ("Ana Pell's", "Ana Pell"),
        ("Nia O’Hara", "Nia O'Hara"),
        ("José Núñez", "Jose Nunez"),
        ("Ana de Vries", "De Vries"),
        ("Tom Obi Jr.", "Tom Obi"),
    ],
)
def test_two_names_of_one_person_are_one_speaker(one: str, other: str) -> None:
    (speaker,) = known(one, other)
    assert set(speaker.names) == {one, other}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana Pell", "Tom Pell"),
        ("Ana Pell", "Ana Obi"),
        ("J. Pell", "T. Pell"),
        ("A. Pell", "T. Pell"),
        ("Chris Pell", "Christine Pell"),
        ("Daniel Pell", "Danielle Pell"),
        ("Eric Pell", "Erica Pell"),
    ],
)
def test_two_people_are_two_speakers(one: str, other: str) -> None:
    assert {speaker.names for speaker in known(one, other)} == {(one,), (other,)}


def test_the_most_quoted_come_first() -> None:
    assert [speaker.name for speaker in known("Ana Pell", ("Tom Obi", 3), ("Rosa Lind", 2), "Per Holm")] == [
        "Tom Obi",
        "Rosa Lind",
        "Ana Pell",
        "Per Holm",
    ]


def test_a_bare_surname_is_who_is_quoted_far_more_than_the_others() -> None:
    assert known(("Ana Pell", 9), ("Tom Pell", 2), ("Pell", 4))[0].names == ("Ana Pell", "Pell")


def test_a_bare_surname_that_may_be_either_is_neither() -> None:
    assert sorted(speaker.names for speaker in known(("Ana Pell", 5), ("Tom Pell", 4), ("Pell", 3))) == [
        ("Ana Pell",),
        ("Pell",),
        ("Tom Pell",),
    ]


@pytest.mark.parametrize(
    "asked",
    [
        "Ana Pell",
        "ana pell",
        "ANA PELL",
        "  Ana   Pell ",
        "Pell",
        "Pell’s",
        "A. Pell",
        "A Pell",
        "Ana",
        "Ms. Pell",
        "Mrs Pell",
        "Mayor Pell",
        "Mayor Ana Pell",
        "former Mayor Ana Pell",
        "Dr. Ana Maria Pell",
        "Harbour master Ana Pell",
        "Seaford’s Ana Pell",
    ],
)
def test_a_person_is_found_by_every_usual_way_to_name_them(asked: str) -> None:
    match = find_speaker(known(("Ana Pell", 3), ("Tom Obi", 9)), asked)
    assert ([speaker.name for speaker in match.speakers], match.misspelt) == (["Ana Pell"], False)


def test_words_before_a_name_are_no_part_of_it() -> None:
    on_record = known("Jack Marino", "Angela Merk")
    assert meant(on_record, "Filmmaker Jack Marino") == ["Jack Marino"]
    assert meant(on_record, "German Chancellor Angela Merk") == ["Angela Merk"]


def test_words_before_a_surname_are_no_part_of_it() -> None:
    assert meant(known("Jack Marino", "Angela Merk"), "filmmaker Marino") == ["Jack Marino"]


@pytest.mark.parametrize("asked", ["van Beek", "Van Beek", "Mr. van Beek"])
def test_a_surname_is_found_with_its_particle(asked: str) -> None:
    assert meant(known("Ludwig van Beek"), asked) == ["Ludwig van Beek"]


@pytest.mark.parametrize(
    ("asked", "name"), [("Jose Nunez", "José Núñez"), ("Nunez", "José Núñez"), ("Zoe As", "Zoë Ås")]
)
def test_a_name_is_found_without_its_accents(asked: str, name: str) -> None:
    assert meant(known("José Núñez", "Zoë Ås", "Ana Pell"), asked) == [name]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("Pell", {"Ana Pell", "Tom Pell", "Pell"}),
        ("Mr. Pell", {"Tom Pell", "Pell"}),
        ("Mrs. Pell", {"Ana Pell", "Pell"}),
        ("Tom Pell", {"Tom Pell"}),
        ("T. Pell", {"Tom Pell"}),
        ("Jim Pell", set()),
    ],
)
def test_a_surname_of_two_people_means_both_unless_more_is_said(asked: str, names: set[str]) -> None:
    assert set(meant(known(("Ana Pell", 5), ("Tom Pell", 4), ("Pell", 3)), asked)) == names


def test_two_names_mean_two_people() -> None:
    assert set(meant(known("Ana Pell", "Tom Obi"), "Ana Pell and Tom Obi")) == {"Ana Pell", "Tom Obi"}


def test_the_likeliest_is_who_is_quoted_far_more() -> None:
    both = find_speaker(known(("Ana Pell", 9), ("Tom Pell", 2)), "Pell")
    assert [speaker.name for speaker in both.dominant.speakers] == ["Ana Pell"]
    even = find_speaker(known(("Ana Pell", 3), ("Tom Pell", 2)), "Pell")
    assert even.dominant == even
    assert SpeakerMatch(()).dominant == SpeakerMatch(())


@pytest.mark.parametrize("asked", ["Bill Obi", "William Obi", "Will Obi"])
def test_nicknames_mean_the_same_person(asked: str) -> None:
    assert meant(known("William Obi", "Tom Obi"), asked) == ["William Obi"]


def test_an_article_before_a_name_makes_no_other() -> None:
    (speaker,) = list_speakers([thing("the White House", 3), thing("White House", 2), thing("The White House")])
    assert (speaker.quotes, speaker.is_person, speaker.has_name) == (6, False, True)
    for asked in ("the White House", "White House", "The White House", "white house"):
        assert find_speaker([speaker], asked) == SpeakerMatch((speaker,))


def test_an_institution_is_found_by_a_part_of_its_name() -> None:
    on_record = list_speakers([thing("Seaford Harbour Trust", 2), thing("a spokesman", 4)])
    assert meant(on_record, "the Harbour Trust") == ["Seaford Harbour Trust"]


def test_somebody_without_a_name_has_none() -> None:
    named = {
        speaker.name: speaker.has_name
        for speaker in list_speakers([thing("a spokesman"), thing("Harbour Trust"), person("Xi")])
    }
    assert named == {"a spokesman": False, "Harbour Trust": True, "Xi": True}


@pytest.mark.parametrize("asked", ["Marinno", "Maino", "Jack Marinno", "Jak Marino"])
def test_a_misspelt_name_is_guessed_and_said_to_be(asked: str) -> None:
    match = find_speaker(known("Jack Marino", "Ana Pell"), asked)
    assert ([speaker.name for speaker in match.speakers], match.misspelt) == (["Jack Marino"], True)


def test_a_guess_is_the_most_quoted_of_those_alike() -> None:
    assert meant(known("Tom Lindt", ("Ana Lindh", 5)), "Lindd") == ["Ana Lindh"]


@pytest.mark.parametrize("asked", ["Ob", "Obo", "Pel", "Peel Obi", "Brandt", "Jim Marino", "", " ", "?", "the", "Mr."])
def test_short_and_strange_names_are_not_guessed(asked: str) -> None:
    assert find_speaker(known("Jack Marino", "Ana Pell", "Tom Obi"), asked).speakers == ()


def test_nobody_is_found_where_nobody_is_on_record() -> None:
    assert list_speakers([]) == []
    assert find_speaker([], "Ana Pell").speakers == ()


@settings(max_examples=200)
@given(st.lists(st.tuples(NAME.filter(bool), st.booleans(), st.integers(1, 9), st.just("")), unique_by=lambda c: c[0]))
def test_every_name_belongs_to_one_voice_and_no_quote_is_lost(counted: list[NameCount]) -> None:
    found = list_speakers(counted)
    assert sorted(name for speaker in found for name in speaker.names) == sorted(item[0] for item in counted)
    assert sum(speaker.quotes for speaker in found) == sum(item[2] for item in counted)
    assert [speaker.quotes for speaker in found] == sorted((speaker.quotes for speaker in found), reverse=True)


@settings(max_examples=200)
@given(st.lists(NAME.filter(lambda name: any(map(str.isalnum, name))), max_size=6, unique=True), NAME)
def test_any_name_can_be_asked_for(names: list[str], asked: str) -> None:
    on_record = known(*names)
    assert set(find_speaker(on_record, asked).speakers) <= set(on_record)


def test_a_thing_is_nobody_of_that_name() -> None:
    on_record = known("Bill Clinton", "Mark Lawton")
    assert meant(on_record, "the bill") == meant(on_record, "a mark") == meant(on_record, "the law") == []
    assert meant(on_record, "bill clinton") == ["Bill Clinton"]
