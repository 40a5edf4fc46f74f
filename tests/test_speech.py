"""Questions about what somebody said, and passages that hold it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.speech import asked_speech, outside, quotations, speech_score, spoken_by


@pytest.mark.parametrize(
    ("question", "name", "topic"),
    [
        ("What did Lindqvist say about the ferry?", "Lindqvist", {"ferri"}),
        ("what has Mara Lindqvist said on ferry prices", "Mara Lindqvist", {"ferri", "price"}),
        ("And what did Pell promise?", "Pell", set()),
        ("Did Pell ever comment on the pier?", "Pell", {"pier"}),
        ("What else did Pell tell the council?", "Pell", {"council"}),
        ("According to Pell, who pays for the pier?", "Pell", {"pay", "pier"}),
        ("How does Pell describe the storm?", "Pell", {"storm"}),
    ],
)
def test_speaker_and_topic_are_understood(question: str, name: str, topic: set[str]) -> None:
    asked = asked_speech(question)
    assert asked
    assert (asked.name, asked.topic) == (name, topic)


@pytest.mark.parametrize(
    "title",
    ["Mr.", "Mrs", "Dr.", "Sen.", "Senator", "President", "former Prime Minister", "the Foreign Minister", "Pope"],
)
def test_titles_are_stripped_from_the_speaker(title: str) -> None:
    asked = asked_speech(f"What did {title} Lindqvist say about tolls?")
    assert asked
    assert asked.name == "Lindqvist"


@pytest.mark.parametrize(
    ("office", "terms"),
    [
        ("the president of Norlandia", {"norlandia"}),
        ("the Secretary of State", {"state"}),
        ("the State Department", {"state", "depart"}),
    ],
)
def test_an_office_is_understood_as_the_speaker(office: str, terms: set[str]) -> None:
    asked = asked_speech(f"What did {office} say about tolls?")
    assert asked
    assert terms <= asked.speaker
    assert asked.topic == {"toll"}


def test_a_question_about_what_has_been_said_names_nobody() -> None:
    assert asked_speech("What has been said about tolls?") is None


def test_a_title_alone_is_kept_as_the_speaker() -> None:
    asked = asked_speech("What did the mayor say about tolls?")
    assert asked
    assert "mayor" in asked.name.lower()


@pytest.mark.parametrize(
    "question",
    ["How long is the pier?", "What did they say about tolls?", "What did she promise?", "ferry prices", "", "?"],
)
def test_other_questions_ask_for_nobodys_words(question: str) -> None:
    assert asked_speech(question) is None


def test_a_speaker_beside_the_question_is_no_part_of_the_topic() -> None:
    speech = spoken_by("Mara Lindqvist", "Lindqvist on ferry prices")
    assert speech.speaker == {"mara", "lindqvist"}
    assert speech.topic == {"ferri", "price"}


def test_a_speaker_beside_a_question_about_speech_takes_its_topic() -> None:
    assert spoken_by("Pell", "What did he say about tolls?").topic <= {"toll", "he"}


@pytest.mark.parametrize("text", ['He said "no way" twice.', "He said “no way” twice.", "He said ''no way'' twice."])
def test_quotations_include_their_marks(text: str) -> None:
    ((start, end),) = quotations(text)
    assert "no way" in text[start:end]
    assert text[start] in "\"“'"
    assert "no way" not in outside(text)


def test_an_apostrophe_opens_no_quotation() -> None:
    assert quotations("Pell's boat and the crew's hut weren't there, it's said; that's all there is to it.") == []


def test_own_words_on_the_topic_score_higher_than_mention_or_somebody_elses() -> None:
    speech = asked_speech("What did Lindqvist say about the ferry?")
    assert speech
    own, mention, other = (
        speech_score(speech, text, {"ferri": 2.0})
        for text in (
            "“The ferry must run,” Lindqvist said.",
            "Lindqvist took the ferry on Monday.",
            "“The ferry must run,” Obi said.",
        )
    )
    assert 1.0 >= own > other > mention >= 0.0


def test_own_words_on_something_else_score_lower() -> None:
    speech = asked_speech("What did Lindqvist say about the ferry?")
    assert speech
    on, off = "“The ferry must run,” Lindqvist said.", "“The school must open,” Lindqvist said."
    assert speech_score(speech, on, {}) > speech_score(speech, off, {})


@settings(max_examples=80, deadline=None)
@given(st.text(st.sampled_from("ab .“”\"'‘’\nPelsaid"), max_size=200) | st.text(max_size=200))
def test_scores_stay_between_0_and_1_and_quotations_inside_the_text(text: str) -> None:
    assert all(0 <= start < end <= len(text) for start, end in quotations(text))
    assert 0.0 <= speech_score(spoken_by("Pell", "tolls"), text, {"toll": 1.5}) <= 1.0
    asked_speech(text)
