"""Follow-ups become questions that stand alone; those that do already stay as they are."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.messages import Turn
from bot.answering.questions.question_rewriting import asks_the_same_anew, rewrite_question

TOLL = "What did Brandt say about the toll?"
FERRIES = "How many ferries sail to Gull Island?"
WORDS = st.sampled_from(
    "What did Brandt say about the toll ? and he that it When Okoro But \\q ( ) [ 14 “ ” Gull's 🛳".split()
)


def after(before: str, question: str) -> str:
    return rewrite_question(question, [Turn(before, before, "", "answered")])


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        (TOLL, "and about Russia?", "What did Brandt say about Russia?"),
        (TOLL, "And about the ferries?", "What did Brandt say about the ferries?"),
        (TOLL, "how about the ferries?", "What did Brandt say about the ferries?"),
        (TOLL, "What about Okoro?", "What did Okoro say about the toll?"),
        (TOLL, "And Okoro?", "What did Okoro say about the toll?"),
        (TOLL, "What did Okoro say?", "What did Okoro say about the toll?"),
        (TOLL, "When did he say that?", "When did Brandt say that about the toll?"),
        (TOLL, "What did she say about the ferries?", "What did Brandt say about the ferries?"),
        (TOLL, "What else did she say?", "What else did Brandt say about the toll?"),
        (FERRIES, "What about Seal Island?", "How many ferries sail to Seal Island?"),
        ("Who is Brandt?", "What did she say?", "What did Brandt say?"),
        (TOLL, "When did she say it?", "When did Brandt say it about the toll?"),
        ("Who spoke about the toll?", "and about boats?", "Who spoke about boats?"),
    ],
)
def test_a_follow_up_is_understood_from_the_question_before(before: str, question: str, standalone: str) -> None:
    assert after(before, question) == standalone


@pytest.mark.parametrize(
    "question",
    [
        "What did Velde say about the ferries?",
        "Who designed the Sydney Opera House?",
        "How many passengers did the ferries carry last year?",
        "Who was at the summit, and what did they decide?",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert after(TOLL, question) == question


def test_a_first_question_is_left_alone() -> None:
    assert rewrite_question("  and about Russia? ", []) == "and about Russia?"


def test_a_new_topic_starts_afresh() -> None:
    standalone = after(TOLL, "How many lorries cross the strait each year?")
    assert "Brandt" not in standalone and "toll" not in standalone
    assert after(standalone, "And what did Okoro say about taxes?") == "What did Okoro say about taxes?"


def test_a_question_too_short_to_stand_alone_keeps_whom_it_is_about() -> None:
    assert "Brandt" in after(TOLL, "Why?")


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("How many ferries sail to Gull?", "When was it?"),
        (FERRIES, "Who reported that?"),
        (TOLL, "Did she say more about it?"),
    ],
)
def test_nothing_is_said_twice_in_the_standalone_question(before: str, question: str) -> None:
    standalone = after(before, question)
    words = standalone.lower().replace("(", "").replace(")", "").rstrip("?").split()
    assert not [pair for pair in pairwise(words) if pair[0] == pair[1]]
    assert standalone.count("Gull") <= 1


def test_signs_that_mean_something_to_a_program_are_taken_as_they_are() -> None:
    before = r"What did C:\q say about the toll?"
    assert r"C:\q" in after(before, "What did he say about ferries?")


@given(st.lists(WORDS, max_size=9).map(" ".join), st.lists(WORDS, max_size=9).map(" ".join))
def test_whatever_was_said_before_a_question_is_resolved(before: str, question: str) -> None:
    assert isinstance(after(before, question), str)


@pytest.mark.parametrize(
    ("before", "answer", "question", "standalone"),
    [
        ("Is Brandt asking Okoro for money?", "", "What was his reason?", "What was Brandt’s reason?"),
        ("Did Rosa Lind meet Tomas Velde?", "", "What did he tell her?", "What did Tomas Velde tell her?"),
        ("Did Rosa Lind win?", "", "Why did she sell her boat?", "Why did Rosa Lind sell her boat?"),
        ("Who leads the harbour office?", "Maria Quist took over in May. [1]", "Is she new?", "Is Maria Quist new?"),
        ("Who leads the office?", "Maria Quist took over from Per Holm. [1]", "Is he ill?", "Is Per Holm ill?"),
        ("Who runs Norgas?", "", "How did his last firm do?", "How did his last firm do? (Norgas)"),
        ("Who is the head of Norgas?", "It was sold in May. [1]", "Is he new?", "Is he new? (Norgas)"),
        (
            "Who was R. Otto Lind?",
            "Per Holm filmed the life of R. Otto Lind. [1]",
            "Is he ill?",
            "Is R. Otto Lind ill?",
        ),
    ],
)
def test_a_pronoun_means_whom_question_and_answer_name_in_their_order(
    before: str, answer: str, question: str, standalone: str
) -> None:
    assert rewrite_question(question, [Turn(before, before, answer, "answered")]) == standalone


@pytest.mark.parametrize(
    ("before", "answer", "standalone"),
    [
        ("Who leads Norgas?", "Velde took over from Anna Holm. [1]", "Is Tomas Velde new?"),
        ("Who runs Norgas?", "Velde once sang with Per Holm. [1]", "Is Tomas Velde new?"),
        ("What did Brandt owe?", "Velde told Brandt of the debt. [1]", "Is Brandt new?"),
        ("What became of the mayor?", "Last year Velde left. [1]", "Is Tomas Velde new?"),
        ("What became of the boats?", "Sharks ate them. [1]", "Is he new? (What became of the boats)"),
    ],
)
def test_a_surname_in_an_answer_means_whom_its_article_names_in_full(before: str, answer: str, standalone: str) -> None:
    last = Turn(before, before, answer, "answered", ("a1",))
    article = "Sharks are rare. The mayor, Tomas Velde, met Anna Holm and Per Holm."
    assert rewrite_question("Is he new?", [last], {"a1": article}.__getitem__) == standalone


@pytest.mark.parametrize(
    ("turn", "same"), [("And about Russia?", True), ("What about Okoro?", True), ("Tell me about Russia.", False)]
)
def test_a_topic_or_speaker_alone_asks_the_question_before_anew(turn: str, same: bool) -> None:
    assert asks_the_same_anew(turn) == same


@pytest.mark.parametrize(
    ("before", "question", "name"),
    [("Summarise the flood article", "What did she say about boats?", "Summarise"), ("Wie ist es?", "Why?", "Wie")],
)
def test_a_first_word_with_a_capital_is_no_name(before: str, question: str, name: str) -> None:
    assert not re.search(rf"{name}(?! ist| the)", after(before, question))


def test_one_word_asks_one_thing_more_of_the_question_before() -> None:
    assert after(TOLL, "When?") == "When? (What did Brandt say about the toll)"
    assert after(FERRIES, "and why?") == "why? (How many ferries sail to Gull Island)"
    assert after("When? (Who won in Farn)", "How many?") == "How many? (Who won in Farn)"


def test_brackets_are_not_nested() -> None:
    assert after("Who leads? (the office)", "Why?") == "Why? (Who leads the office)"
    assert after("Who leads? (the office)", "what about ships?") == "Who leads: ships? (the office)"


def test_a_question_that_is_added_behind_another_is_no_second_question() -> None:
    assert after("Who rows boats?", "How many in Lyon?") == "How many in Lyon? (Who rows boats)"


def test_a_number_belongs_to_the_name_before_it() -> None:
    assert after("When is Selene 2 out?", "Who sings in it?") == "Who sings in it? (Selene 2)"


def test_a_question_that_names_nothing_is_about_what_the_one_before_it_names() -> None:
    turns = [Turn(FERRIES, FERRIES, "", "answered"), Turn("", "How many people fit in?", "", "answered")]
    assert rewrite_question("What else does it have?", turns) == "What else does it have? (Gull Island)"


def test_it_that_says_something_is_what_was_said_to_speak() -> None:
    before = "What did the harbour's letter say about Lind's boat?"
    assert after(before, "What else did it say?") == "What else did the harbour's letter say about Lind's boat?"


@pytest.mark.parametrize(
    ("question", "standalone"),
    [
        ("Pell on tolls", "What did Pell say about tolls?"),
        ("ana pell about the old lock?", "What did ana pell say about the old lock?"),
        ("Ana Pell's joke about the old lock", "What was Ana Pell’s joke about the old lock?"),
        ("The minister's joke about the lock", "The minister's joke about the lock"),
        ("Storm on Monday", "Storm on Monday"),
        ("The article on tolls", "The article on tolls"),
        ("Pell", "Pell"),
    ],
)
def test_a_name_on_a_topic_asks_for_its_words_where_it_is_quoted(question: str, standalone: str) -> None:
    def is_quoted(name: str) -> bool:
        return name.lower().endswith("pell")

    assert rewrite_question(question, [], is_quoted=is_quoted) == standalone
