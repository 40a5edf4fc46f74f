"""Names, people and roles in the text of one article."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.quotes.speakers.given_names import gender
from retrieval.quotes.speakers.mentions import find_mentions
from retrieval.quotes.speakers.names import fold, is_thing, parse_person_names
from retrieval.quotes.speakers.role_phrases import MAX_ROLE_LENGTH
from retrieval.quotes.speakers.roles import role_of

TEXT = st.text(st.sampled_from("Pel aA.,’'“” \n-Mr"), max_size=150) | st.text(max_size=150)
PELLS = "Ana Pell met Tom Pell on Monday. Ms. Pell said no. Mr. Pell said yes. Ana Pell stayed."


def names(text: str) -> list[str]:
    return [" ".join(name.words) for name in parse_person_names(text)]


def people(text: str) -> list[str]:
    return [mention.person.name for mention in find_mentions(text).mentions]


def role(text: str) -> str:
    found = find_mentions(text)
    return role_of(text, found, found.mentions[0].person)


@pytest.mark.parametrize(
    "name",
    [
        "Ana Pell",
        "J. R. Pell",
        "Tom Q. Obi",
        "Ludwig van Beek",
        "Ana de Vries",
        "Nia O’Hara",
        "Nia O'Hara",
        "Rosa McBride",
        "Jean-Luc Roux",
        "Ana Pell-Obi",
        "Émile Roux",
        "Zoë Åsen",
        "Zoë Ås",
        "ANA PELL",
        "Ana de la Cruz",
        "Tom el-Masri",
        "Ana Šimić",
        "Łukasz Obi",
    ],
)
def test_a_name_is_found_whole(name: str) -> None:
    assert names(f"On the quay {name} said no.") == [name]
    assert people(f"On the quay {name} said no.") == [name]


@pytest.mark.parametrize("title", ["Mayor", "Mr.", "Mr", "Dr.", "Sen.", "Captain", "Prof.", "Sir", "the Rev.", "Chief"])
def test_titles_stand_before_the_name_and_are_no_part_of_it(title: str) -> None:
    (name,) = parse_person_names(f"Then {title} Tom Obi spoke.")
    assert name.words == ("Tom", "Obi")
    assert fold(title.split()[-1]) in name.titles


@pytest.mark.parametrize("text", ["Ana Pell’s boat sank.", "Ana Pell's boat sank.", "When Ana Pell came, it sank."])
def test_a_possessive_and_the_word_that_begins_a_sentence_are_no_part_of_a_name(text: str) -> None:
    (name,) = parse_person_names(text)
    assert (name.words, text[slice(*name.span)]) == (("Ana", "Pell"), "Ana Pell")


def test_suffixes_are_no_part_of_a_name() -> None:
    assert names("Tom Obi Jr. met Ana Pell III on the quay.") == ["Tom Obi", "Ana Pell"]


@pytest.mark.parametrize(
    "text",
    ["The UN envoy spoke to UN Ana Pell.", "Harbour Line CFO Ana Pell spoke.", "An ANB spokesman, Ana Pell, spoke."],
)
def test_an_acronym_is_no_part_of_a_name(text: str) -> None:
    assert people(text) == ["Ana Pell"]


@pytest.mark.parametrize(
    "text",
    ["Tom Obi Calls Ana Pell a friend", "Tom Obi Jr. Asks Ana Pell to stay"],
)
def test_a_headline_runs_no_verb_into_a_name(text: str) -> None:
    assert names(text)[:2] == ["Tom Obi", "Ana Pell"]


def test_a_headline_runs_no_two_names_together() -> None:
    assert names("Tom Obi Calls Ana Pell a friend")[-1] == "Ana Pell"


@pytest.mark.parametrize(
    "text",
    [
        "The ferry belongs to Tom Obi. Kofi Mensah laughed, and Mensah said no.",
        "It was Tom Obi. Mensah said no. Kofi Mensah left.",
        "Nobody met Tom Obi. Yesterday Kofi Mensah said no.",
        "Tom Obi met Kofi Mensah on Monday. Mensah said no.",
    ],
)
def test_a_name_ends_with_its_sentence(text: str) -> None:
    assert set(people(text)) == {"Tom Obi", "Kofi Mensah"}
    assert people(text)[-1] == "Kofi Mensah" and not [name for name in names(text) if "." in name]


@pytest.mark.parametrize(
    "text",
    [
        "The White House said no. Pell was not asked.",
        "The Bank of Norway closed on Friday.",
        "The Harbour Trust said that Seaford Council said no.",
        "Quay Press and the Royal Navy said no.",
        "North Quay Street was closed on Monday, the Quay Club said.",
        "They met at Seaford University in March.",
    ],
)
def test_institutions_places_and_days_are_no_people(text: str) -> None:
    assert not [name for name in people(text) if name not in ("Seaford", "Pell")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The ferry from Seaford was late. Seaford said that it would pay."),
        "The Bank of Norway said no.",
    ],
)
def test_a_place_that_speaks_is_no_person(text: str) -> None:
    assert people(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Ferro Vans said it would call back its lorries.",
        "Lowick Gullburger said on Monday that its cooks would strike. Gullburger cooks have struck before.",
        "At the quay the Gull Platter, the dish of the year, was cold. Later he said no.",
        "The Office for Otter Oversight said no.",
        "HarborLine Ferries told the paper no.",
        "Gullcorp said it would build a mill, and Gullcorp said its price had fallen.",
    ],
)
def test_a_firm_that_speaks_is_no_person(text: str) -> None:
    assert people(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Xandro Qellin, 42, said no.",
        "Xandro Qellin, ferry captain, said no.",
        "Xandro Qellin, who sails, said no.",
        "Xandro Qellin told us that he sails.",
    ],
)
def test_an_age_a_role_or_a_pronoun_tells_a_person(text: str) -> None:
    assert people(text) == ["Xandro Qellin"]


def test_a_heading_before_a_surname_is_no_given_name() -> None:
    text = "Tom Obi spoke first.\n\nDebunking Obi’s claims\n\nObi said it was late."
    assert people(text) == ["Tom Obi", "Tom Obi"]


def test_a_headlines_word_before_a_name_is_no_part_of_it() -> None:
    assert people("Ferrying Ana Pell said no. Ana Pell left.") == ["Ana Pell", "Ana Pell"]


def test_a_name_without_its_first_word_is_the_same_persons() -> None:
    assert people("Bryan Quoc Obi spoke first. Quoc Obi left.") == ["Bryan Quoc Obi", "Bryan Quoc Obi"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("By Ana Pell Washington (CNN) The ferry was late.", ["Ana Pell"]),
        ("By Ana Pell and Tom Obi Washington (AP) The ferry was late.", ["Ana Pell", "Tom Obi"]),
        ("By Ana Pell (CNN) The ferry was late.", ["Ana Pell"]),
        ("By Ana Pell Lowick (CNN) The ferry was late.", []),
    ],
)
def test_a_byline_ends_before_the_place(text: str, wanted: list[str]) -> None:
    assert [name for name in names(text) if name != "CNN" and name != "AP"] == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("What did Will Pell say about the ferry?", ["Will Pell"]),
        ("Did Will Pell sail?", ["Will Pell"]),
        ("Will Pell said no.", ["Will Pell"]),
        ("Will Pell sail?", ["Pell"]),
        ("Will Ana Pell sail?", ["Ana Pell"]),
        ("Why Will Pell Sail", ["Pell Sail"]),
    ],
)
def test_will_is_a_name_where_it_does_not_ask(text: str, wanted: list[str]) -> None:
    assert names(text) == wanted


def test_a_word_of_institutions_makes_a_thing() -> None:
    assert is_thing(("Harbour", "Trust")) and not is_thing(("Ana", "Pell"))


def test_surname_alone_is_who_bears_it() -> None:
    assert people("Ana Pell and Tom Obi spoke. Pell left. Mr. Obi stayed.") == ["Ana Pell", "Tom Obi"] * 2


@pytest.mark.parametrize(
    "day",
    [
        "In the end",
        "Yesterday",
        "On Friday",
    ],
)
def test_a_day_before_a_surname_is_no_part_of_it(day: str) -> None:
    assert people(f"Ana Pell spoke first. {day} Pell spoke again.") == ["Ana Pell", "Ana Pell"]


def test_given_name_alone_is_who_bears_it_when_only_one_does() -> None:
    assert people("Ana Pell spoke. Later Ana smiled.") == ["Ana Pell", "Ana Pell"]
    assert people("Ana Pell spoke to Ana Obi on the quay. Later Ana smiled.") == ["Ana Pell", "Ana Obi"]


def test_two_people_of_one_surname_are_told_apart_by_their_titles() -> None:
    assert people(PELLS) == ["Ana Pell", "Tom Pell", "Ana Pell", "Tom Pell", "Ana Pell"]


@pytest.mark.parametrize("other", ["J. Pell", "Jim Pell", "Jimmy Pell", "James Pell"])
def test_initials_and_short_forms_of_a_given_name_are_one_person(other: str) -> None:
    assert len(set(people(f"Jim Pell spoke on Monday. On Friday {other} left, and Pell said no."))) == 1


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Min Woo Pell said no. Minjee Pell said yes.",
            ["Min Woo Pell", "Minjee Pell"],
        ),
        ("Marcus Pell met Marvin Pell.", ["Marcus Pell", "Marvin Pell"]),
        ("Tom Obi met Tom Obi Jr. on the quay.", ["Tom Obi", "Tom Obi Jr."]),
        ("Tom A. Pell met Tom B. Pell.", ["Tom A. Pell", "Tom B. Pell"]),
        ("Imelda “Imee” Pell spoke. Imee Pell left.", ["Imelda Pell", "Imelda Pell"]),
    ],
)
def test_likeness_makes_no_two_people_one(text: str, wanted: list[str]) -> None:
    assert people(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("President Xi Jinping came. Xi said no.", ["Xi Jinping", "Xi Jinping"]),
        ("Kim Jong Un came. “No,” Mr. Kim said.", ["Kim Jong Un", "Kim Jong Un"]),
        ("Pope Francis spoke. Francis Obi, a priest, said no.", ["Francis", "Francis Obi"]),
        ("King Charles III came. King Charles said no.", ["Charles III", "Charles III"]),
        ("Senator Tom Obi Jr. was angry. Obi Jr. said no.", ["Tom Obi Jr.", "Tom Obi Jr."]),
        ("Vice President J.D. Pell came. “No,” Pell said.", ["J.D. Pell", "J.D. Pell"]),
        ("The Rev. Martin Luther King Jr. spoke.", ["Martin Luther King Jr."]),
        ("Justice Tom Obi wrote it. His wife, Ana Obi, left. Obi said no.", ["Tom Obi", "Ana Obi", "Tom Obi"]),
    ],
)
def test_given_names_and_surnames_are_told_apart(text: str, wanted: list[str]) -> None:
    assert people(text) == wanted


def test_a_surname_that_two_bear_is_nobodys_where_nothing_tells() -> None:
    text = f"Ana Pell and Tom Pell met. {'It rained on the quay all day long. ' * 50}Pell left."
    assert people(text) == ["Ana Pell", "Tom Pell"]


@pytest.mark.parametrize("bare", ["Van Beek", "Mr. van Beek"])
def test_a_surname_with_its_particle_is_who_bears_it(bare: str) -> None:
    assert set(people(f"Ludwig van Beek spoke on Monday. {bare} said no.")) == {"Ludwig van Beek"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ms. Pell said no.", "f"),
        ("Mr. Pell said no.", "m"),
        ("Ana Pell said no.", "f"),
        ("Tom Pell said no.", "m"),
        ("Dr. Pell said no.", ""),
        ("Marta Pell said no.", "f"),
        ("Priya Pell said no.", "f"),
        ("Tomasz Pell said no.", "m"),
        ("Her brother Kim Pell said no.", "m"),
        ("Kim Pell said no.", ""),
    ],
)
def test_gender_is_what_title_or_given_name_tell(text: str, kind: str) -> None:
    assert [mention.person.gender for mention in find_mentions(text).mentions] == [kind]


def test_a_title_tells_more_than_a_given_name() -> None:
    assert gender(("Ana", "Pell"), ("mr",)) == "m"


def test_the_one_a_sentence_is_about_is_named_first_and_outside_of_quotations() -> None:
    text = "Ana Pell met Tom Obi. “Rosa Lind is late,” Tom Obi said. A friend of Ana Pell’s laughed."
    told = [(text[slice(*m.span)], m.is_subject, m.in_quotation, m.is_possessive) for m in find_mentions(text).mentions]
    assert told == [
        ("Ana Pell", True, False, False),
        ("Tom Obi", False, False, False),
        ("Rosa Lind", False, True, False),
        ("Tom Obi", True, False, False),
        ("Ana Pell", False, False, True),
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Mayor Ana Pell spoke.", "Mayor"),
        ("Former Mayor Ana Pell spoke.", "Former Mayor"),
        ("Transport minister Daniel Okoro spoke.", "Transport minister"),
        ("Secretary of State Tom Obi spoke.", "Secretary of State"),
        ("The longtime ferry captain Rosa Lind spoke.", "The longtime ferry captain"),
        ("Ana Pell, the mayor of Seaford, spoke.", "the mayor of Seaford"),
        ("Ana Pell, 42, a ferry captain from Seaford, spoke.", "a ferry captain from Seaford"),
        ("Rosa Lind, head of the pilots’ guild, spoke.", "head of the pilots’ guild"),
        ("The mayor of Seaford, Ana Pell, spoke.", "The mayor of Seaford"),
        ("“No,” said Ana Pell, who is the mayor of Seaford.", "the mayor of Seaford"),
        ("Ana Pell, who runs the ferry, said no.", ""),
        ("Ana Pell spoke to the mayor.", ""),
        ("Ana Pell, the captain said, was late.", ""),
        ("Tom Obi, chairman and chief executive of the yard, spoke.", "chairman and chief executive of the yard"),
        ("An adviser to the harbour minister, Ana Pell, spoke.", "An adviser to the harbour minister"),
        ("Tom Obi, president of a bank in St. Mary, spoke.", "president of a bank"),
        ("It was the highest prize since Norland President Ana Pell came.", "Norland President"),
        ("Quay Public Radio reports Democratic Gov. Ana Pell spoke.", "Democratic Gov."),
        ("By the way Mayor Ana Pell spoke.", "Mayor"),
        ("It was his brother Tom Obi.", ""),
        ("It was the economist Zubin Okafor.", "the economist"),
        ("transport minister Ana Pell spoke.", "transport minister"),
        ("Ferry co-owner Ana Pell spoke.", "Ferry co-owner"),
        ("Rosa Lind, chief officer at the Bank of Seaford wrote, “No.”", ""),
        ("Ana Pell, the singer who had a success in pop, folk and jazz, spoke.", "the singer"),
        ("Ana Pell, a member of the Lowick County, Norland-based choir, spoke.", ""),
        ("Tom Obi, R-Lowick and chairman of the board, spoke.", "chairman of the board"),
        ("They wrote to the prosecutor for Lowick County and Gov. Ana Pell.", "Gov."),
        ("Allies of President Ana Pell spoke.", "President"),
        ("Those were the same words former mayor Ana Pell used.", "former mayor"),
        ("Yet Rep. Ana Pell spoke.", "Rep."),
        ("Ana Pell, an analyst at Boatprices.example, spoke.", ""),
        ("Tom Obi, the husband of Dr. Ana Pell, spoke.", ""),
        ("Here’s what Lowick attorney Ana Pell said.", "Lowick attorney"),
        ("A lawyer for Deputy Mayor Ana Pell spoke.", "Deputy Mayor"),
        ("LOWICK − Special envoy Ana Pell spoke.", "Special envoy"),
    ],
)
def test_a_role_stands_before_the_name_or_in_apposition(text: str, wanted: str) -> None:
    assert role(text) == wanted


def test_a_role_given_once_is_the_persons_everywhere() -> None:
    text = "Ana Pell spoke first. Then Pell, the mayor of Seaford, left."
    assert role(text) == "the mayor of Seaford"


def test_a_clause_is_no_role() -> None:
    assert len(role(f"Ana Pell, the mayor of {'a very small and windy ' * 9}town, spoke.")) <= MAX_ROLE_LENGTH


@settings(max_examples=150)
@given(TEXT)
def test_names_stand_inside_the_text_in_order_and_apart(text: str) -> None:
    spans = [name.span for name in parse_person_names(text)]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@settings(max_examples=150)
@given(TEXT)
def test_everybody_named_in_any_text_has_a_name_and_perhaps_a_role(text: str) -> None:
    found = find_mentions(text)
    for mention in found.mentions:
        assert mention.person.name and text[slice(*mention.span)]
        assert len(role_of(text, found, mention.person)) <= MAX_ROLE_LENGTH


def test_a_run_of_capitals_before_a_name_takes_no_time() -> None:
    assert role(f"{'A' * 60}(x Tom Pell said so.") == ""
