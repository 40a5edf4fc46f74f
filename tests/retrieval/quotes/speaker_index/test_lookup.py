"""Speakers across articles: several names of one person, several people of one name, names as readers type them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.quotes.speaker_index.lookup import SpeakerMatch, find_speaker
from retrieval.quotes.speaker_index.merging import NameCount, Speaker, list_speakers

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
    counted = [person("A. Pell", 1), person("Ana Pell", 5, "2026-02-01"), person("Pell", 9, "2026-03-01")]
    (speaker,) = list_speakers(counted, lambda _names: {"Ana Pell": {"mayor", "chair"}, "Pell": {"mayor"}})
    assert (speaker.name, speaker.quotes, speaker.newest, speaker.is_person) == ("Ana Pell", 15, "2026-03-01", True)
    assert sorted(speaker.names) == ["A. Pell", "Ana Pell", "Pell"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("John Q. Pell", "John Pell"),
        ("J. Pell", "John Pell"),
        ("ANA PELL", "Ana Pell"),
        ("Ana Pell's", "Ana Pell"),
        ("Nia O’Hara", "Nia O'Hara"),
        ("José Núñez", "Jose Nunez"),
        ("JD Pell", "J.D. Pell"),
        ("J. D. Pell", "J.D. Pell"),
        ("Jean-Luc Roux", "Jean Luc Roux"),
        ("Kim Jong-un", "Kim Jong Un"),
        ("Volodymyr Zelensky", "Volodymyr Zelenskyy"),
        ("Ana Pell, PhD", "Ana Pell"),
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
        ("Min Woo Pell", "Minjee Pell"),
        ("Kim Jong Un", "UN"),
        ("Marcus Pell", "Marvin Pell"),
        ("Lynda Pell", "Lyndon Pell"),
        ("Tom Obi Jr.", "Tom Obi"),
        ("Leo XIII", "Leo XIV"),
        ("Tom A. Pell", "Tom B. Pell"),
        ("Jean-Luc Roux", "Jean-Paul Roux"),
        ("Bill Pell", "Will Pell"),
        ("Francis Pell", "Francis"),
    ],
)
def test_two_people_are_two_speakers(one: str, other: str) -> None:
    assert {speaker.names for speaker in known(one, other)} == {(one,), (other,)}


@pytest.mark.parametrize(
    ("one", "other"),
    [("William Obi", "Bill Obi"), ("Thomas Lind", "Tom Lind"), ("Chris Pell", "Christopher Pell")],
)
def test_short_forms_are_one_person_where_the_roles_agree_and_else_two(one: str, other: str) -> None:
    counted = [person(one, 2), person(other)]
    roles = {one: {"analyst", "adviser"}, other: {"analyst"}}
    (speaker,) = list_speakers(counted, lambda _names: roles)
    assert set(speaker.names) == {one, other}
    for apart in ({one: {"spokesman"}, other: {"receiver"}}, {one: {"spokesman"}}, dict[str, set[str]]()):
        assert len(list_speakers(counted, lambda _names, apart=apart: apart)) == 2  # type: ignore[misc]


@pytest.mark.parametrize("initial", ["J. Pell", "Jo Pell", "J.T. Pell"])
def test_a_name_that_may_be_two_peoples_is_neither(initial: str) -> None:
    assert len(known("John Pell", "Jane Pell", initial)) == 3


def test_a_name_without_the_middle_initials_of_two_people_is_who_is_quoted_far_more() -> None:
    assert known(("Tom A. Pell", 9), ("Tom Pell", 4), "Tom B. Pell")[0].names == ("Tom Pell", "Tom A. Pell")
    assert len(known(("Tom A. Pell", 3), ("Tom Pell", 4), ("Tom B. Pell", 2))) == 3


def test_the_most_quoted_come_first() -> None:
    assert [speaker.name for speaker in known("Ana Pell", ("Tom Obi", 3), ("Rosa Lind", 2), "Per Holm")] == [
        "Tom Obi",
        "Rosa Lind",
        "Ana Pell",
        "Per Holm",
    ]


@pytest.mark.parametrize(("alone", "full"), [("Pell", "Ana Pell"), ("Xi", "Xi Jinping"), ("De Vries", "Ana de Vries")])
def test_a_single_name_is_who_is_quoted_far_more_where_it_has_the_role(alone: str, full: str) -> None:
    counted = [person(full, 9), person(f"Tom {full.split()[-1]}", 2), person(alone, 4)]
    roles = {full: {"mayor", "chair"}, alone: {"mayor"}}
    assert list_speakers(counted, lambda _names: roles)[0].names == (full, alone)
    for others in ({"mayor"}, {"mayor", "chair", "actor"}, {"actor"}, set[str]()):
        apart = {full: {"chair"}, alone: others}
        speakers = list_speakers(counted, lambda _names, apart=apart: apart)  # type: ignore[misc]
        assert sorted(speaker.names for speaker in speakers) == sorted([(full,), (alone,), (counted[1][0],)])


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


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Pellossi", "Ana Pelossi"),
        ("Volodymyr Zelenskiy", "Volodymyr Zelensky"),
        ("Recep Tayyip Erdogan", "Recep Tayyip Erdoğan"),
        ("Xi Jingping", "Xi Jinping"),
        ("micheal flyn", "Michael Flynn"),
    ],
)
def test_a_slip_in_a_surname_is_understood(asked: str, name: str) -> None:
    assert meant(known(name, "Tom Obi"), asked) == [name]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Erica Garner", "Eric Garner"),
        ("Eric Garner", "Erica Garner"),
        ("Imee Marcos", "Imelda Marcos"),
        ("Marvin Pell", "Martin Pell"),
        ("Jean Pell", "Dean Pell"),
        ("Zelenko", "Volodymyr Zelensky"),
        ("Tom Obi Jr.", "Tom Obi"),
        ("Pope Francis", "Francis Bernard"),
        ("King Charles II", "Charles III"),
        ("Queen Ana", "Ana Pell"),
    ],
)
def test_nobody_is_taken_for_another(asked: str, name: str) -> None:
    assert meant(known(name), asked) == []


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("jean baptiste", "Ilse Jean-Baptiste"),
        ("Jean-Baptiste", "Ilse Jean-Baptiste"),
        ("meier schulz", "Anna Meier-Schulz"),
        ("jd pellworth", "J.D. Pellworth"),
        ("Mohammed bin Salman", "Mohammed bin Salman"),
        ("bin Salman", "Mohammed bin Salman"),
        ("von der leyen", "Ursula von der Leyen"),
        ("President Xi", "Xi Jinping"),
        ("Kim", "Kim Jong Un"),
        ("kim jong-un", "Kim Jong Un"),
        ("Pope Leo", "Leo XIV"),
        ("Pope Leo XIV", "Leo XIV"),
        ("pope leo xiv", "Leo XIV"),
        ("King Charles III", "Charles III"),
        ("Sir Keir", "Keir Starmer"),
        ("John Smith", "John Smith Jr."),
        ("Smith Jr.", "John Smith Jr."),
        ("Robert Kennedy Jr", "Robert F. Kennedy Jr."),
    ],
)
def test_names_of_other_orders_and_spellings_are_found(asked: str, name: str) -> None:
    match = find_speaker(known(name, "Tom Obi"), asked)
    assert ([speaker.name for speaker in match.speakers], match.misspelt) == ([name], False)


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
