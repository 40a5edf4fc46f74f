"""Small talk in German, French, Spanish and Ukrainian is told from questions by its letters."""

import pytest

from retrieval.models.foreign_talk import ForeignTalk, letter_features, packaged_foreign_talk


@pytest.mark.parametrize(
    ("turn", "language", "kind"),
    [
        ("Hallo!", "de", "greeting"),
        ("VIELEN DANK", "de", "thanks"),
        ("Vielen lieben Dank!", "de", "thanks"),
        ("Das ist doch falsch!", "de", "complaint"),
        ("Bonsoir !", "fr", "greeting"),
        ("Merci à vous", "fr", "thanks"),
        ("Que peux-tu faire ?", "fr", "help"),
        ("¡Buenos días!", "es", "greeting"),
        ("muchas gracias por todo", "es", "thanks"),
        ("¿eres un robot?", "es", "identity"),
        ("Добрий вечір!", "uk", "greeting"),
        ("Дуже дякую вам", "uk", "thanks"),
        ("До побачення", "uk", "goodbye"),
    ],
)
def test_small_talk_is_of_its_language_and_kind(turn: str, language: str, kind: str) -> None:
    assert packaged_foreign_talk()(turn) == ForeignTalk(language, kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "turn",
    [
        "Wem dankte der Bürgermeister?",
        "Wie geht es der Brücke?",
        "Warum?",
        "Qui a remercié la maire ?",
        "Pourquoi ?",
        "¿Qué más dijo?",
        "Хто відкрив міст?",
        "Чому?",
        "How much is a ticket?",
        "Who was thanked?",
        "Brandt",
        "?!",
        "",
    ],
)
def test_whatever_else_is_none(turn: str) -> None:
    assert packaged_foreign_talk()(turn) is None


def test_how_letters_are_composed_or_set_makes_no_difference() -> None:
    assert (letter_features("Tschu\u0308ss!") == letter_features("TSCHÜSS")).all()
