"""In an interview the answers are the words of who answers, the questions are nobody's."""

import pytest

from retrieval.quotes.extraction import extract_quotes

INTRO = "Harbour chief Ines Pell met the Ledger in her office."


def answers(text: str) -> list[tuple[str, str]]:
    return [(quote.speaker, quote.words) for quote in extract_quotes(text) if quote.kind == "direct"]


def test_labels_name_who_answers() -> None:
    text = f"{INTRO}\n\nLedger: How deep is the lock?\n\nPell: Nine metres. We dredged it in May."
    assert answers(text) == [("Ines Pell", "Nine metres. We dredged it in May.")]


def test_an_answer_labelled_a_is_that_of_the_only_one_who_answers() -> None:
    text = f"{INTRO}\n\nLedger: How deep is it?\n\nPell: Nine metres.\n\nQ: Will it close?\n\nA: No. Never."
    assert answers(text) == [("Ines Pell", "Nine metres."), ("Ines Pell", "No. Never.")]


def test_an_answer_without_any_name_has_no_speaker() -> None:
    text = "The harbour board answers.\n\nQ: Will the lock close?\n\nA: No. It stays open all year."
    assert answers(text) == [("", "No. It stays open all year.")]


def test_a_question_on_a_line_of_its_own_is_answered_by_what_follows() -> None:
    text = f"{INTRO}\n\nWhen will it open?\n\nNot before May.\n\nLedger: Do you like boats?\n\nPell: I love them."
    assert answers(text) == [("Ines Pell", "Not before May."), ("Ines Pell", "I love them.")]


def test_an_answer_of_several_paragraphs_is_one_quote() -> None:
    text = f"{INTRO}\n\nLedger: How deep is it?\n\nPell: Nine metres.\n\nIt was six.\n\nLedger: Why?\n\nPell: Mud."
    assert answers(text) == [("Ines Pell", "Nine metres. … It was six."), ("Ines Pell", "Mud.")]


def test_the_article_goes_on_after_the_last_answer() -> None:
    text = f"{INTRO}\n\nLedger: How deep is it?\n\nPell: Nine metres.\n\nThe lock was built in 1921."
    assert answers(text) == [("Ines Pell", "Nine metres.")]


def test_the_label_of_a_promotion_is_nobody_who_answers() -> None:
    text = f"{INTRO}\n\nWhen will it open?\n\nHistory: The crew that dug the lock\n\nNot before May.\n\nQ: Why?\n\nMud."
    assert "History" not in [speaker for speaker, _ in answers(text)]


def test_three_people_keep_their_own_answers() -> None:
    text = (
        "Ines Pell and Tom Obi met the Ledger.\n\nLedger: Is it safe?\n\nPell: Yes, it is.\n\nObi: No, it is not.\n\n"
        "Ledger: Why not?\n\nObi: It leaks."
    )
    assert answers(text) == [("Ines Pell", "Yes, it is."), ("Tom Obi", "No, it is not."), ("Tom Obi", "It leaks.")]


@pytest.mark.parametrize(
    "text",
    [
        "Brackwater: the lock will open in May after nine years.",
        "Time: nine in the morning.\n\nPlace: the old lock by the mill.",
        "Why does the lock leak?\n\nThe gates were built of soft wood in 1921.",
        "Pell: Win.\n\nObi: Lose.\n\nVarga: Wait.\n\nHolm: Hope.\n\nReyes: What else?\n\nLund: Sleep.",
        "What to know\n\nQ: what is a lock\n\nIt lifts ships.",
    ],
)
def test_labels_and_questions_alone_make_no_interview(text: str) -> None:
    assert answers(text) == []
