"""A sentence is held against the passages' own: copied, in other notation too, or copied but for one thing."""

import pytest

from retrieval.text.facts.near_copies import Change, nearest_copy

PASSAGE = (
    "Lorries will pay 14 crowns a crossing from 1 September, the mayor said. Repairs will cost $2.5 million and take "
    "eighteen months.\n\nUnless the council objects, the old quay will close on Friday. Mayor Ilse Brandt, who took "
    "office in 2019, opened the bridge. It is the longest (and the oldest) in the north. Ferries of the "
    "North Harbour Company carry most of the goods. Traffic rose, while the number of accidents fell by 4 per cent."
)


def change(text: str, *passages: str) -> Change | None:
    copy = nearest_copy(text, passages, range(len(passages)))
    return copy.change if copy else None


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("Repairs will cost $2.5 million and take eighteen months.", "Repairs"),
        ("Repairs will cost 2,500,000 dollars and take 18 months", "Repairs"),
        ("Lorries will pay fourteen crowns a crossing from September 1, the mayor said.", "Lorries"),
        ("Lorries will pay 14 crowns a crossing from the 1st of September, the mayor said.", "Lorries"),
        ("It is longest, and oldest, in the north.", "It is"),
    ],
)
def test_what_repeats_a_sentence_has_its_span(text: str, begins: str) -> None:
    copy = nearest_copy(text, [PASSAGE], [0])
    assert copy and copy.change == "nothing" and PASSAGE[copy.span[0] :].startswith(begins)


@pytest.mark.parametrize(
    "text",
    [
        "The old quay will close on Friday.",
        "Repairs will cost $2.5m.",
        "Repairs will cost $2.5 billion.",
        "Lorries will pay 14 crowns from 1 September.",
        "Mayor Ilse Brandt, who opened the bridge, took office in 2019.",
        "Ilse Brandt opened the bridge.",
        "",
    ],
)
def test_what_leaves_something_out_or_says_something_else_is_no_copy(text: str) -> None:
    assert change(text, PASSAGE) != "nothing"


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("Lorries will pay 15 crowns a crossing from 1 September.", "figure"),
        ("Lorries will pay 14 crowns a crossing from 1 October.", "figure"),
        ("Lorries will pay 14 crowns a crossing from September 2.", "figure"),
        ("Repairs will take eighty months.", "figure"),
        ("Repairs will cost €2.5 million.", "figure"),
        ("Unless the council objects, the old quay will close on Thursday.", "name"),
        ("Mayor Tomas Brandt opened the bridge.", "name"),
        ("Minister Daniel Okoro, who took office in 2019, opened the bridge.", "name"),
        ("Lorries will not pay 14 crowns a crossing from 1 September.", "negation"),
    ],
)
def test_a_near_copy_with_another_figure_day_or_name_is_told(text: str, changed: str) -> None:
    assert change(text, PASSAGE) == changed


@pytest.mark.parametrize(
    ("changed", "day"),
    [("12 July", "19 July"), ("19 July 2023", "19 July 2020")],  # 19 stands elsewhere, 2020 is 2023 rounded
)
def test_another_figure_in_its_place_is_told_whatever_figures_stand_elsewhere(changed: str, day: str) -> None:
    sentence = f"Tours of the lighthouse, closed by Covid-19, will begin again on {day}."
    assert change(sentence.replace(day, changed), sentence) == "figure"


@pytest.mark.parametrize(
    "text",
    [
        "Lorries will pay 14 crowns a crossing.",
        "Lorries will pay about 14 crowns a crossing from 1 Sept.",
        "Repairs will cost nearly $3 million and take a year and a half.",
        "Brandt, who took office in 2019, opened the bridge.",
        "Buses will be free from 1 October.",
        "The quay has stood for 80 years.",
        "Ferries of the NHC carry most of the goods.",
    ],
)
def test_what_says_the_same_or_something_else_altogether_changes_no_figure_or_name(text: str) -> None:
    assert change(text, PASSAGE) in (None, "omission", "wording")


def test_a_near_copy_with_a_word_of_its_own_is_told() -> None:
    assert change("Lorries will save 14 crowns a crossing from 1 September.", PASSAGE) == "wording"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("On Monday Okoro thanked Brandt for the bridge.", "On Monday Brandt thanked Okoro for the bridge."),
        ("The bridge will open in May.", "The bridge will not open in May."),
        ("The council didn’t vote on the toll.", "The council voted on the toll."),
    ],
)
def test_names_that_change_places_and_negations_that_come_or_go_are_changed_facts(text: str, sentence: str) -> None:
    assert change(text, sentence) in ("name", "negation")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Iranian officials met at noon.", "Officials of Iran met at noon."),
        ("The toll will rise.", "The toll will rise, but it will not rise for buses."),
        ("The plan failed to pass the council.", "The plan did not pass the council."),
    ],
)
def test_kin_clauses_left_out_and_other_words_for_a_negation_change_no_fact(text: str, sentence: str) -> None:
    assert change(text, sentence) in (None, "omission", "wording")


def test_where_two_passages_differ_either_may_be_copied() -> None:
    later = "Lorries will pay 16 crowns a crossing from 1 September, the mayor said."
    assert change("Lorries will pay 16 crowns a crossing from 1 September.", PASSAGE, later) == "omission"
    assert change("Lorries will pay 15 crowns a crossing from 1 September.", PASSAGE, later) == "figure"
