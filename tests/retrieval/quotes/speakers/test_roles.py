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
        ("Beth Or’s Rabbi Ana Pell came.", "Rabbi"),
        ("Ana Pell, herself the daughter of a pilot, came.", "the daughter of a pilot"),
        ("At nearly the same moment President Ana Pell came.", "President"),
        ("Unlike his predecessors former President Ana Pell came.", "former President"),
        ("Ana Pell, the chair of the board and the woman who sold it, came.", "the chair of the board"),
        ("'Gull Rock' star Ana Pell came.", ""),
        ("“Gull Rock” star Ana Pell came.", ""),
        ("Ana Pell, professor of law at the University of Norland, Lowick, and a pilot, came.", "professor of law"),
        ("Ana Pell, head of the Norland Federation of Boats, Nets and Ropes, came.", "head"),
        ("His lawyer, Ana Pell, came.", "lawyer"),
        ("Ana Pell, still a pilot for the town, came.", "a pilot for the town"),
        ("It rained.\n\n∎ Norland Gov. Ana Pell came.", "Norland Gov."),
        ("LOWICK ― Rep. Ana Pell came.", "Rep."),
        ("Ana Pell, chair of the Committee on Boats, Nets and Ropes, came.", "chair"),
        ("Ana Pell, mayor of Lowick, Tom Obi and Ivo Lind came.", "mayor"),
        ("Office of Nets and Boats Secretary Ana Pell came.", "Office of Nets and Boats Secretary"),
        ("The first mate and Gull Club director Ana Pell came.", "Gull Club director"),
        ("The widow of Gull Club founder Ana Pell came.", "Gull Club founder"),
        ("A lawyer for former President Ana Pell came.", "former President"),
        ("The board wrote on Tuesday Judge Ana Pell would come.", "Judge"),
        ("She was sued for striking presenter Ana Pell.", "presenter"),
        ("Only Justice Ana Pell came.", "Justice"),
        ("They stood behind team principal Ana Pell.", "principal"),
        ("Ivo and his wife Senator Ana Pell came.", "Senator"),
        ("Ana Pell, author and pilot To make things worse, came.", "author and pilot"),
        ("Ana Pell, president of the Boat Club and Tom Obi, mayor of Lowick, came.", "president of the Boat Club"),
        ("Ana Pell, professor at the School of Law.", "professor at the School of Law"),
        ("Jones’ lawyer Ana Pell came.", "Jones’ lawyer"),
        ("Obi and New York Mayor Ana Pell came.", "New York Mayor"),
        ("The town banned nets, a move mayor Ana Pell calls wise.", "mayor"),
        ("Lowick Gas & Water spokesperson Ana Pell came.", "Lowick Gas & Water spokesperson"),
        ("Norland Highway Patrol spokesperson Lt. Ana Pell came.", "Norland Highway Patrol spokesperson"),
        ("They blocked the Quiet Harbour Act. District Judge Ana Pell agreed.", "District Judge"),
        ("Ana Pell, a speech writer to former President Tom Obi, came.", "a speech writer to former President Tom Obi"),
    ],
)
def test_a_role_ends_where_its_phrase_does(text: str, wanted: str) -> None:
    assert role(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Ana Pell, of the mayor of Lowick’s office, came.",
        "Through an aide, Ana Pell answered.",
        "After the fall of a student, Ana Pell’s brother came.",
        "Ana Pell, hugging her crying mother, came.",
        "Ivo swapped the Gull for principal Ana Pell.",
        "They met the young pilot and his wife Ana Pell.",
        "With her scarf around her head, Ana Pell came.",
        "Lowick Nets and Boats Committee chair Ana Pell came.",
        "Norland Fish and Otter Service river specialist Ana Pell came.",
        "Norland Customs and Harbour Protection Commissioner Ana Pell came.",
        "Dora Lind/AP President Ana Pell on the quay.",
        "Neither Senator Ana Pell nor anybody else came.",
        "Ana Pell, whose 6-year-old son, Ivo, was there, came.",
        "In a letter to Ana Pell, the senator from Norland and chair of the board, who was ill, asked for time.",
    ],
)
def test_what_describes_nobody_or_another_is_no_role(text: str) -> None:
    assert role(text) in ("", "Senator", "President")
