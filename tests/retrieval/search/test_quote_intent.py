"""Questions about somebody's words: who is asked about, and on what."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.search.quote_intent import intent_for_speaker, parse_quote_intent

QUESTION = st.lists(
    st.sampled_from(
        "what who did are Pell Pell's the mayor views said say that on according to , ? toll that’s".split()
    )
    | st.text(max_size=8),
    max_size=14,
).map(" ".join)


@pytest.mark.parametrize(
    ("question", "name", "topic"),
    [
        ("What did Lindqvist say about the ferry?", "Lindqvist", {"ferri"}),
        ("what has Mara Lindqvist said on ferry prices", "Mara Lindqvist", {"ferri", "price"}),
        ("And what did Pell promise?", "Pell", set()),
        ("Did Pell ever comment on the pier?", "Pell", {"pier"}),
        ("What else did Pell tell the council?", "Pell", {"council"}),
        ("According to Pell, who pays for the pier?", "Pell", {"pay", "pier"}),
        ("Who, according to Pell, pays for the pier?", "Pell", {"pay", "pier"}),
        ("How does Pell describe the storm?", "Pell", {"storm"}),
        ("When did Pell say that the ferry was late?", "Pell", {"ferri", "late"}),
        ("What does Pell think of the toll?", "Pell", {"toll"}),
        ("How did Pell respond to the storm?", "Pell", {"storm"}),
        ("How did the Harbour Trust react to the storm warnings?", "Harbour Trust", {"storm", "warn"}),
        ("What are Pell's views on tolls?", "Pell", {"toll"}),
        ("What are Ana Pell’s views on the toll?", "Ana Pell", {"toll"}),
        ("What's Pell's stance on tolls?", "Pell", {"toll"}),
        ("What is Pell’s reaction to the storm?", "Pell", {"storm"}),
        ("What was Pell's response to the strike?", "Pell", {"strike"}),
        ("what did lindqvist say about tolls", "lindqvist", {"toll"}),
        ("What did Pell's brother say about tolls?", "Pell's brother", {"toll"}),
        ("What are the views of Pell on tolls?", "Pell", {"toll"}),
        ("Has Pell said anything about the toll?", "Pell", {"toll"}),
        ("How often did Pell mention the toll?", "Pell", {"toll"}),
        ("What did Pell, the mayor, say about tolls?", "Pell", {"toll"}),
        ("Tell me what Pell said about tolls.", "Pell", {"toll"}),
    ],
)
def test_speaker_and_topic_are_understood(question: str, name: str, topic: set[str]) -> None:
    asked = parse_quote_intent(question)
    assert asked
    assert (asked.speaker_name, asked.topic_terms) == (name, topic)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Who said that the ferry is late?", {"ferri", "late"}),
        ("Who said “the ferry is late”?", {"ferri", "late"}),
        ("And who warned about the storm?", {"storm"}),
        ("Who has said that the toll is a tax?", {"tax", "toll"}),
        ("Who else called the toll a tax?", {"tax", "toll"}),
        ("who criticized the toll", {"toll"}),
        ("Who is quoted on the toll?", {"toll"}),
        ("Who thinks the ferry is safe?", {"ferri", "safe"}),
    ],
)
def test_who_said_something_asks_for_anybody(question: str, topic: set[str]) -> None:
    asked = parse_quote_intent(question)
    assert asked
    assert (asked.speaker_name, asked.speaker_terms, asked.topic_terms) == ("", frozenset(), topic)


@pytest.mark.parametrize(
    "title",
    ["Mr.", "Mrs", "Dr.", "Sen.", "Senator", "President", "former Prime Minister", "the Foreign Minister", "Pope"],
)
def test_titles_are_stripped_from_the_name_and_kept_beside_it(title: str) -> None:
    asked = parse_quote_intent(f"What did {title} Lindqvist say about tolls?")
    assert asked
    assert (asked.speaker_name, asked.titled_name) == ("Lindqvist", f"{title} Lindqvist")


@pytest.mark.parametrize(
    ("office", "terms"),
    [
        ("the president of Norlandia", {"norlandia"}),
        ("the Secretary of State", {"state"}),
        ("the State Department", {"state", "depart"}),
        ("the mayor of Seaford", {"mayor", "seaford"}),
    ],
)
def test_an_office_is_understood_as_the_speaker(office: str, terms: set[str]) -> None:
    asked = parse_quote_intent(f"What did {office} say about tolls?")
    assert asked
    assert terms <= asked.speaker_terms
    assert asked.topic_terms == {"toll"}


def test_a_title_alone_is_kept_as_the_speaker() -> None:
    asked = parse_quote_intent("What did the mayor say about tolls?")
    assert asked
    assert "mayor" in asked.speaker_name.lower()


@pytest.mark.parametrize(
    "question",
    [
        "How long is the pier?",
        "What did they say about tolls?",
        "What did Pell not say?",
        "What did she promise?",
        "What has been said about tolls?",
        "What did people say about tolls?",
        "What did the articles say about tolls?",
        "What did Pell do about the toll?",
        "Who built the ferry?",
        "Who is Ana Pell?",
        "Who said that?",
        "ferry prices",
        "",
        "?",
        "What is the view from the pier?",
        "Is it wrong to say quay when there is no wall?",
        "Was there a plan to call the strike off?",
        "When did Ana Pell file her police report against Obi?",
        "What did Pell answer when Obi called the toll a tax?",
        "Did Pell write a letter?",
        "Has the mayor written the bill herself?",
        "Which US state has the most people?",
        "did ana pell file a police report",
    ],
)
def test_other_questions_ask_for_nobodys_words(question: str) -> None:
    assert parse_quote_intent(question) is None


@pytest.mark.parametrize(
    ("question", "is_described"),
    [
        ("What do commentators think about the pier in Seaford?", True),
        ("How did the fishermen of the harbour react to the Lowick toll?", True),
        ("What do residents of Seaford say about the toll?", True),
        ("What did Norland's team leader say about the toll?", True),
        ("What did the mayor of Seaford say about the toll?", True),
        ("What did Lindqvist say about the toll?", False),
        ("what did lindqvist say about the toll", False),
    ],
)
def test_a_speaker_may_be_described_by_a_common_noun(question: str, is_described: bool) -> None:
    asked = parse_quote_intent(question)
    assert asked and asked.is_described is is_described


def test_a_speaker_beside_the_question_is_no_part_of_the_topic() -> None:
    speech = intent_for_speaker("Mara Lindqvist", "Lindqvist on ferry prices")
    assert (speech.speaker_name, speech.speaker_terms) == ("Mara Lindqvist", {"mara", "lindqvist"})
    assert speech.topic_terms == {"ferri", "price"}


@pytest.mark.parametrize(
    "question",
    ["What did Pell say about tolls?", "What did he say about tolls?", "What are the mayor's views on tolls?"],
)
def test_a_speaker_beside_a_question_about_speech_takes_its_topic(question: str) -> None:
    speech = intent_for_speaker("Pell", question)
    assert (speech.speaker_name, speech.speaker_terms, speech.topic_terms) == ("Pell", {"pell"}, {"toll"})


def test_why_something_was_said_asks_for_a_reason() -> None:
    why, what = (parse_quote_intent(f"{word} did Pell say about the ferry?") for word in ("Why", "What"))
    assert why and why.asks_reason and what and not what.asks_reason


def test_a_speaker_beside_who_said_that_is_the_one_who_is_asked_about() -> None:
    speech = intent_for_speaker("Pell", "Who said that tolls are a tax?")
    assert (speech.speaker_name, speech.topic_terms) == ("Pell", {"toll", "tax"})


@settings(max_examples=150)
@given(QUESTION)
def test_any_text_is_a_question_about_somebodys_words_or_not(question: str) -> None:
    asked = parse_quote_intent(question)
    assert asked is None or asked.speaker_terms or (asked.speaker_name == "" and asked.topic_terms)
    assert intent_for_speaker("Pell", question).speaker_name == "Pell"


def test_how_often_asks_a_fact_and_whether_may_be_denied() -> None:
    often, whether = (
        parse_quote_intent(question)
        for question in ("How often did Brandt speak about the toll?", "Has Brandt said anything about the toll?")
    )
    assert often and often.asks_fact and not often.asks_whether
    assert whether and whether.asks_whether and not whether.asks_fact


def test_who_denied_something_asks_for_a_denial() -> None:
    denied, said = parse_quote_intent("Who denied that the ferry is late?"), parse_quote_intent("Who said it is late?")
    assert denied and said and denied.asks_denial and not said.asks_denial
