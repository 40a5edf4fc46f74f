"""Whom the phrase of a source names as the one who speaks, and which name or description it is."""

import pytest

from retrieval.quotes.attribution.attribution import Attribution
from retrieval.quotes.extraction import extract_quotes
from retrieval.quotes.speakers.mentions import find_mentions
from retrieval.quotes.speakers.resolution.coreference import resolve_speakers
from tests.support.extracted_quotes import at, only

SAID = "“We will not sell the harbour,” Mayor Ana Pell said on Monday."


@pytest.mark.parametrize("when", ["on Monday", "on Monday evening", "in May", "after the vote"])
def test_a_day_after_the_name_is_no_part_of_it(when: str) -> None:
    quote = only(f"“We will not sell the harbour,” said Mayor Ana Pell {when}.")
    assert (quote.speaker, quote.is_person) == ("Ana Pell", True)


def test_a_writer_for_a_paper_is_a_person() -> None:
    quote = at("“The lake is deep and cold,” wrote Tom Obi for the Lowick Gazette.", "The lake")
    assert (quote.speaker, quote.is_person) == ("Tom Obi", True)


def test_a_source_cut_within_a_bodys_name_has_the_whole_name() -> None:
    text = "Norland Wonderful claimed its fruit juice would help."
    start = text.index("Wonderful")
    cue = (text.index("claimed"), text.index("claimed") + len("claimed"))
    item = Attribution((start, start + len("Wonderful")), cue, ((cue[1] + 1, len(text) - 1),))
    assert resolve_speakers(text, find_mentions(text), [item])[0].name == "Norland Wonderful"


@pytest.mark.parametrize(
    ("source", "speaker", "role"),
    [
        ("said harbourmaster Vireo Quendlin", "Vireo Quendlin", ""),
        ("said mayor Vireo Quendlin", "Vireo Quendlin", "mayor"),
        ("said health minister Vireo Quendlin", "Vireo Quendlin", "health minister"),
        ("according to shipbuilder Arken", "Arken", ""),
    ],
)
def test_lower_case_words_before_a_name_are_no_part_of_it(source: str, speaker: str, role: str) -> None:
    quote = only(f"“We will remove nine tonnes of silt,” {source}.")
    assert (quote.speaker, quote.role) == (speaker, role)


def test_a_source_cut_within_a_name_is_who_bears_it() -> None:
    text = "If coach Diego Obi says “we will win by ten”, nobody believes it."
    assert at(text, "we will win").speaker == "Diego Obi"


@pytest.mark.parametrize(
    ("source", "speaker"),
    [
        ("the Met Office", "Met Office"),
        ("the Harbour Trust", "Harbour Trust"),
        ("a spokesman for the Harbour Trust", "a spokesman for the Harbour Trust"),
        ("residents", "residents"),
        ("officials", "officials"),
        ("a person familiar with the plans", "a person familiar with the plans"),
        ("one of the fishermen", "one of the fishermen"),
    ],
)
def test_institutions_and_people_without_a_name_speak_too(source: str, speaker: str) -> None:
    quote = only(f"“The pier is not safe,” {source} said on Tuesday.")
    assert (quote.speaker.removeprefix("the "), quote.is_person) == (speaker, False)


def test_somebody_who_speaks_for_a_person_is_not_that_person() -> None:
    quote = only("“The pier is not safe,” a spokesman for Ana Pell said on Tuesday.")
    assert (quote.speaker, quote.is_person) == ("a spokesman for Ana Pell", False)


def test_the_cue_is_no_part_of_the_name() -> None:
    text = f"{SAID}\n\n“The ferry will run again in spring,” harbour pilot Tom Obi said.\n\nIt was late."
    quote = at(text, "The ferry will run")
    assert quote.cue and text[slice(*quote.cue)] == "said"
    assert (quote.speaker, quote.role) == ("Tom Obi", "harbour pilot")


def test_whom_a_clause_about_the_speaker_names_does_not_matter() -> None:
    quote = at("“The lake is deep and cold,” said Tom Obi, a baker who has endorsed Ana Pell of Lowick.", "The lake")
    assert quote.speaker == "Tom Obi"


def test_whose_words_a_paper_reported_is_no_object() -> None:
    text = "Tom Obi spoke. The Lowick Gazette reported Obi says that he will sail."
    source, cue = "The Lowick Gazette reported Obi", "says"
    start, end = text.index(source), text.index(cue)
    item = Attribution((start, start + len(source)), (end, end + len(cue)), ((end + len(cue) + 1, len(text) - 1),))
    assert resolve_speakers(text, find_mentions(text), [item])[0].name == "Tom Obi"


def test_a_source_that_goes_on_after_its_verb_is_who_speaks() -> None:
    text = "Mayor Ana Pell came. Pell said of the talks with Tom Obi: “They will fail.”"
    source, cue, words = "Pell said of the talks with Tom Obi", ":", "“They will fail.”"
    spans = [(text.rindex(one), text.rindex(one) + len(one)) for one in (source, cue, words)]
    item = Attribution(spans[0], spans[1], (spans[2],))
    assert resolve_speakers(text, find_mentions(text), [item])[0].name == "Ana Pell"


def test_a_suffix_after_a_comma_ends_no_name() -> None:
    quote = only("“The pier is not safe,” Senator Tom Obi, Jr., said on Tuesday.")
    assert (quote.speaker, quote.role) == ("Tom Obi Jr.", "Senator")


@pytest.mark.parametrize(
    "text",
    [
        "In my respect for the court, I hereby demand a return to the old rules of the harbour.",
        "This mission, called Crew-4, marks a return to the launches that the agency conducts.",
        "This group says the lock is safe.",
    ],
)
def test_what_names_nobody_who_speaks_is_no_speaker(text: str) -> None:
    assert {quote.speaker for quote in extract_quotes(text)} <= {""}


def test_neither_a_verb_nor_an_address_belongs_to_a_name() -> None:
    assert only("“It is over,” Pell previously told the Courier.").speaker == "Pell"
    wage = "The wage is $8.25 per hour, according to the Department of Labor :http://a.example/x."
    assert only(wage).speaker == "the Department of Labor"


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Astronomers Monday said that they had found a moon.", "Astronomers"),
        ("The harbour office in November said it would fine six lines.", "The harbour office"),
        ("“We won the case!” announced the Lowick Harbour Team on its website.", "the Lowick Harbour Team"),
        ("The harbour office during the round table said it would fine six lines.", "The harbour office"),
        ("Obi earlier this year told councillors the war could have been avoided.", "Obi"),
    ],
)
def test_when_and_where_somebody_speaks_is_no_part_of_a_name(text: str, speaker: str) -> None:
    assert {quote.speaker for quote in extract_quotes(text)} == {speaker}


@pytest.mark.parametrize("source", ["according to Pilling's", "Pilling's said"])
def test_a_name_that_ends_like_a_possessive_keeps_its_end(source: str) -> None:
    assert only(f"“The balloons return this year,” {source}.").speaker == "Pilling's"


def test_a_source_that_goes_on_behind_its_end_is_nobodys_name() -> None:
    quote = at("People can report fish kills, according to a news release from the Department of Lakes.", "People")
    assert quote.speaker == ""


@pytest.mark.parametrize("before", ["In Mount Lowick, ", "Like Bowman, "])
def test_who_stands_behind_a_preposition_before_the_comma_does_not_speak(before: str) -> None:
    text = f"Pilot Ines Bowman came second. {before}Sarah Quendlin said the house was dry."
    assert at(text, "the house").speaker == "Sarah Quendlin"


def test_both_names_nobody() -> None:
    assert at("Two pilots left the quay. Both said they would return.", "they would").speaker == ""


def test_a_body_whose_letters_spell_a_pronoun_is_a_body() -> None:
    assert only("“The virus is back,” according to WHO.").speaker == "WHO"


@pytest.mark.parametrize("source", ["Nineteen percent", "Jan. 20", "Only 15%"])
def test_a_share_or_a_day_is_nobody(source: str) -> None:
    assert {quote.speaker for quote in extract_quotes(f"{source} said the ferry would be late.")} <= {""}


def test_a_phrase_that_is_cut_within_a_word_or_before_its_noun_is_whole() -> None:
    text = "It is fun, the fast-food chain says."
    start = text.index("chain")
    item = Attribution((start, start + len("chain")), (text.index("says"), len(text) - 1), ((0, 9),))
    assert resolve_speakers(text, find_mentions(text), [item])[0].name == "the fast-food chain"
