"""What is said to turns that are no questions."""

from bot.answering.questions.reader_strings import packaged_strings
from bot.answering.questions.small_talk import talk_answer


def test_a_greeting_comes_with_examples_and_thanks_do_not() -> None:
    english = packaged_strings().of("en")
    greeted = talk_answer("hi", "greeting", english, lambda: ("Who won?",))
    thanked = talk_answer("thanks", "thanks", english, lambda: ("Who won?",))
    assert (greeted.status, greeted.suggestions) == ("no_question", ("Who won?",))
    assert (thanked.status, thanked.suggestions) == ("no_question", ())


def test_a_reader_is_greeted_in_the_language_of_the_question() -> None:
    assert talk_answer("hallo", "greeting", packaged_strings().of("de"), tuple).text.startswith("Guten Tag!")
