"""A speaker's own words: whole, attributed, on the topic, and nobody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.spoken import spoken
from retrieval.rank import Asked, phrases
from retrieval.sentences import sentences
from retrieval.speech import asked_speech
from retrieval.terms import content_terms

PIECES = st.sampled_from(["Brandt", "She", "said", "“", "”", '"', "the toll", ".", "\n\n", "Okoro told us", "🛳", ","])


def words_of(question: str, text: str) -> list[str]:
    """What is found of the person a question names."""
    speech = asked_speech(question)
    assert speech
    terms = content_terms(question)
    asked = Asked(tuple(terms), phrases(question), dict.fromkeys(terms, 1.0), speech)
    return [text[slice(*found.span)] for found in spoken(asked, speech, text, sentences(text))]


def test_a_quotation_is_kept_whole_with_its_attribution() -> None:
    text = (
        "Nobody knew the price. “The toll is fair,” Brandt said. “It will not rise. It will not fall.” Rain fell later."
    )
    assert words_of("What did Brandt say about the toll?", text) == [
        "“The toll is fair,” Brandt said. “It will not rise. It will not fall.”"
    ]


def test_a_quotation_that_goes_on_in_the_next_paragraph_is_kept_whole() -> None:
    text = "“The toll is fair,” Brandt said. “We need it.\n\n“We have no other money,” she said.\n\nThe council left."
    (found,) = words_of("What did Brandt say about the toll?", text)
    assert found.startswith("“The toll is fair") and found.endswith("no other money,” she said.")


def test_somebody_elses_words_about_the_speaker_are_not_the_speakers() -> None:
    text = "“Brandt wants the toll for herself,” Okoro said. “Brandt never listens to anybody about the toll.”"
    assert words_of("What did Brandt say about the toll?", text) == []


def test_the_next_speakers_words_are_left_out() -> None:
    text = "“The toll is fair,” Brandt said.\n\n“The toll is theft,” Okoro told the council."
    assert words_of("What did Brandt say about the toll?", text) == ["“The toll is fair,” Brandt said."]


def test_a_speaker_named_in_the_next_paragraph_does_not_get_the_words_of_the_one_before() -> None:
    text = "“The toll is fair,” Brandt said. “We need the toll.”\n\nDaniel Okoro was less sure."
    assert words_of("What did Okoro say about the toll?", text) == []


def test_a_sentence_that_starts_with_he_brings_the_one_that_names_him() -> None:
    text = "Daniel Okoro spoke last. He said that the toll was a tax on people without a road."
    assert words_of("What did Okoro say about the toll?", text) == [text]


def test_he_means_the_last_one_who_spoke() -> None:
    text = "Brandt said little. Okoro said more. He told the council that the toll was unfair."
    assert all("He told" not in found for found in words_of("What did Brandt say about the toll?", text))
    assert any("He told" in found for found in words_of("What did Okoro say about the toll?", text))


def test_reported_speech_counts_too() -> None:
    text = "Brandt said that the toll would pay for new ferries."
    assert words_of("What did Brandt say about the toll?", text) == [text]


def test_words_on_another_topic_are_left_out() -> None:
    text = "“The weather was dreadful,” Brandt said."
    assert words_of("What did Brandt say about the toll?", text) == []


def test_a_mention_without_words_is_no_answer() -> None:
    assert words_of("What did Brandt say about the toll?", "Brandt drove past the toll on Friday.") == []


@pytest.mark.parametrize("name", ["Brandt", "Mayor Brandt", "Ilse Brandt", "Mayor Ilse Brandt"])
def test_a_title_or_a_first_name_in_the_question_changes_nothing(name: str) -> None:
    assert words_of(f"What did {name} say about the toll?", "“The toll is fair,” Brandt said.")


@given(st.lists(PIECES, min_size=1, max_size=60).map(" ".join))
def test_what_is_found_is_ordered_and_inside_the_text(text: str) -> None:
    question = "What did Brandt say about the toll?"
    speech = asked_speech(question)
    assert speech
    asked = Asked(("brandt", "toll"), frozenset(), {"brandt": 1.0, "toll": 1.0}, speech)
    found = list(spoken(asked, speech, text, sentences(text)))
    assert all(0 <= item.span[0] < item.span[1] <= len(text) and 0 < item.fit <= 1 for item in found)
    assert [item.span for item in found] == sorted(item.span for item in found)
