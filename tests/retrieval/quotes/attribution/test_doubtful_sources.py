"""Where the form of a source leaves doubt about who speaks, its words are nobody's."""

import pytest

from retrieval.documents import Quote
from retrieval.quotes.attribution.attribution import Attribution
from retrieval.quotes.extraction import extract_quotes
from retrieval.quotes.speakers.mentions import find_mentions
from retrieval.quotes.speakers.resolution.coreference import UNKNOWN_SPEAKER, resolve_speakers


def said(text: str) -> list[Quote]:
    return [quote for quote in extract_quotes(text) if quote.is_said]


def speakers(text: str) -> list[str]:
    return [quote.speaker for quote in said(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Some advocates for low-income students have accused the board of delay.",
        "The embassy in Norland said that its citizens must leave the coast.",
        "The claim that the lock leaked in May has been repeatedly made.",
        "The plan drew resistance from the governor, Tom Obi. Citing a lack of money, it says the lock will close.",
    ],
)
def test_a_source_cut_out_of_a_longer_phrase_is_nobody(text: str) -> None:
    assert not {"students", "Norland", "The", "The claim", "Tom Obi"} & set(speakers(text))


def test_a_source_that_goes_on_in_the_next_sentence_is_nobody() -> None:
    text = "The lock “was never safe”, said the BBC. State governor Tom Obi came. "
    source, cue = (text.index("the BBC"), text.index(" came")), (text.index("said"), text.index("said") + 4)
    item = Attribution(source, cue, [(text.index("The lock"), text.index(", said"))])
    assert resolve_speakers(text, find_mentions(text), [item]) == [UNKNOWN_SPEAKER]


def test_a_source_after_the_day_keeps_its_name() -> None:
    assert speakers("Mayor Ana Pell spoke first. On Friday Pell said the ferry would be late.")[-1:] == ["Ana Pell"]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Under President Ines Pell, the Ministry of Locks said it would wait a year.", "the Ministry of Locks"),
        ("Speaking at the council, harbour minister Ines Pell said the lock leaks.", "Ines Pell"),
    ],
)
def test_the_subject_follows_the_phrase_that_begins_the_clause(text: str, speaker: str) -> None:
    assert speakers(text) == [speaker]


def test_a_bullet_introduces_no_words() -> None:
    assert not extract_quotes("1. Lowick • Avg. cost of the ferry: 6.7% less than avg. • Avg. rent of a boat: $90.")


@pytest.mark.parametrize(
    "text",
    [
        "Ines Pell was praised for her candour on the leaking lock.",
        "Ines Pell has received criticism from fishermen for the leaking lock.",
    ],
)
def test_what_others_say_of_somebody_is_not_listed_as_said(text: str) -> None:
    assert not said(text)


def test_what_is_denied_with_a_noun_is_not_said() -> None:
    assert not [quote for quote in said("The board has denied that allegation.") if "allegation" in quote.words]


def test_two_people_who_speak_as_one_are_not_one_of_them() -> None:
    quotes = said("Harbour engineer Ines Pell and lawyer Tom Obi told the Ledger that the lock leaks.")
    assert quotes and not [quote for quote in quotes if quote.is_person]


def test_they_are_a_body_only_where_it_spoke_in_the_sentence_before() -> None:
    assert speakers("The board said the lock is safe. They added that the gates are new.") == ["The board"] * 2
    far = "The board said the plan is late. A number of towns updated their advice. They say the rules are tight."
    assert speakers(far)[-1] == ""


@pytest.mark.parametrize(
    "text",
    [
        "Boston Mayor Ines Pell said the lock leaks.\n\nIn Lowick, the mayor said people must stay indoors.",
        "Vice President Ines Pell said the lock leaks. The former president has said he will not debate her.",
    ],
)
def test_a_role_of_another_place_or_rank_is_somebody_else(text: str) -> None:
    assert "Ines Pell" not in speakers(text)[1:]


def test_who_is_spoken_of_at_the_start_is_not_who_speaks() -> None:
    text = "Ferry chief Tom Obi thanked the actor Rolf Varga. Of Varga, he said: “When I met him, he was funny.”"
    assert "Rolf Varga" not in speakers(text)


def test_a_body_is_no_person() -> None:
    assert not [
        quote for quote in said("The CDC said the water is clean. AccuWeather said it will rain.") if quote.is_person
    ]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("LOWICK ‒ President Ines Pell said the lock will open in May.", "President"),
        ("Ines Pell, alongside nearly every speaker, said that the lock must be rebuilt.", ""),
    ],
)
def test_a_role_begins_after_the_dateline_and_with_no_preposition(text: str, role: str) -> None:
    assert [quote.role for quote in said(text)] == [role]


@pytest.mark.parametrize(
    ("text", "source", "cue"),
    [
        ("Ines Pell says she slept when clerks came and told her that it leaked.", "Ines Pell", "told"),
        (
            "The board and the council sued Ines Pell, accusing her of a lie.",
            "The board and the council sued Ines Pell",
            "accusing",
        ),
        ("He is all “the law says this” and “the lock says that”.", "He is all “the law", "says"),
        ("Named after a bird, see the ferry sail at noon.", "Named", "see"),
        ("Senators Ines Pell, D-Norland, and Tom Obi called for a pause.", "D-Norland, and Tom Obi", "called"),
        ("A story on Page 6A described her role in the harbour.", "6A", "described"),
        ("It is loved by residents, 70% of whom say it is slow.", "70% of whom", "say"),
    ],
)
def test_whoever_is_told_sued_or_cut_out_of_a_clause_says_nothing(text: str, source: str, cue: str) -> None:
    start, end = text.index(source), text.index(cue) + len(cue)
    item = Attribution((start, start + len(source)), (end - len(cue), end), ((end + 1, len(text) - 1),))
    assert resolve_speakers(text, find_mentions(text), [item]) == [UNKNOWN_SPEAKER]
