"""Turns are told apart by the packaged model: questions, questions about the archive, and what is none."""

import pytest

from bot.answering.messages import Turn
from bot.answering.questions.question_rewriting import rewrite_question
from bot.answering.questions.turn_kind import MAX_CLASSIFIED, classify_turn
from bot.answering.questions.understanding import understand, without_small_talk
from retrieval.errors import EmbeddingUnavailable
from retrieval.index.vectors.minilm import MiniLM

FARES = "What does a ferry ticket cost?"


@pytest.mark.parametrize(
    ("turn", "kind"),
    [
        ("hello there", "greeting"),
        ("Thanks so much, that helped", "thanks"),
        ("great, well done!", "praise"),
        ("no, that's wrong", "complaint"),
        ("bye, see you", "goodbye"),
        ("exit", "goodbye"),
        ("What can you do?", "help"),
        ("are you a robot or a person?", "identity"),
        ("tell me a joke", "chat"),
        ("?!", "chat"),
        ("What's new this week?", "latest"),
        ("articles by Nia Roth", "articles_by"),
        ("Who wrote the article about the toll?", "authorship"),
        ("How many articles mention Brandt?", "count"),
        ("What do you have on ferries?", "about"),
        ("Summarise the article about the harbour museum.", "summary"),
        ("Tell me about the Lowick tunnel.", "summary"),
        ("How do Brandt and Okoro differ on the toll?", "comparison"),
    ],
)
def test_a_turn_is_of_its_kind(turn: str, kind: str, model: MiniLM) -> None:
    assert classify_turn(turn, model.embed_query) == (kind, turn)


@pytest.mark.parametrize(
    "question",
    [
        "Who was thanked by Pell?",
        "Is the bot that Meta presented any good?",
        "who wrote the letter to Trump?",
        "goodbye to the euro: why?",
        "What can the new robot do?",
        "How many people died in the flood?",
        "why?",
        "What about children?",
        "help for farmers: how much?",
        "Скільки коштує квиток?",
        "متى بدأ شهر رمضان؟",
        FARES,
    ],
)
def test_tempting_questions_stay_questions(question: str, model: MiniLM) -> None:
    assert classify_turn(question, model.embed_query) == ("question", question)


def test_a_question_after_thanks_is_asked_without_them(model: MiniLM) -> None:
    mixed = "Thanks! And what about the tolls?"
    assert classify_turn(mixed, model.embed_query) == ("question", "And what about the tolls?")
    assert classify_turn("Hi there. What's new?", model.embed_query) == ("latest", "What's new?")


def test_without_the_model_every_turn_is_a_question() -> None:
    def missing(text: str) -> list[float]:
        raise EmbeddingUnavailable("no model")

    assert classify_turn("hello", missing) == ("question", "hello")


def test_a_long_turn_is_a_question_whatever_it_says(model: MiniLM) -> None:
    assert classify_turn("thanks " * MAX_CLASSIFIED, model.embed_query)[0] == "question"


def test_a_follow_up_is_rewritten_and_a_question_about_the_archive_is_not(model: MiniLM) -> None:
    before = [Turn(FARES, FARES, "", "answered")]
    assert understand("What about children?", before, model.embed_query, rewrite_question).standalone_question != (
        "What about children?"
    )
    assert understand("What's new?", before, model.embed_query, rewrite_question).standalone_question == "What's new?"


@pytest.mark.parametrize(
    ("turn", "language", "kind", "understood"),
    [
        ("Guten Tag!", "en", "greeting", "de"),  # too short for its language to be told by its words
        ("Merci beaucoup", "fr", "thanks", "fr"),
        ("¿Quién eres?", "es", "identity", "es"),
        ("Дякую", "uk", "thanks", "uk"),
        ("Danke schön!", "de", "thanks", "de"),
        ("thanks", "en", "thanks", "en"),
    ],
)
def test_small_talk_is_answered_in_its_language(
    turn: str, language: str, kind: str, understood: str, model: MiniLM
) -> None:
    told = understand(turn, [], model.embed_query, rewrite_question, language)
    assert (told.kind, told.language) == (kind, understood)


def test_a_foreign_question_after_thanks_is_asked_without_them(model: MiniLM) -> None:
    told = understand("Merci ! Et combien coûte un billet ?", [], model.embed_query, lambda turn, _: turn, "fr")
    assert (told.kind, told.standalone_question) == ("question", "Et combien coûte un billet ?")


def test_a_word_that_english_has_too_stays_english_in_a_conversation_in_english(model: MiniLM) -> None:
    before = [Turn(FARES, FARES, "", "answered")]
    assert understand("bravo", before, model.embed_query, rewrite_question).language == "en"
    assert understand("¿Quién eres?", before, model.embed_query, rewrite_question).language == "es"


def test_thanks_between_two_questions_are_no_context(model: MiniLM) -> None:
    given = [Turn(FARES, "", "4.80", "answered"), Turn("thanks", "", "You are welcome.", "answered")]
    given.append(Turn("Vielen Dank", "", "Gern geschehen.", "answered"))
    assert [turn.standalone for turn in without_small_talk(given, model.embed_query)] == [FARES]
