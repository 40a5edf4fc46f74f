"""The language of articles and questions is told from their words; where those do not tell, what is expected stays."""

import pytest

from retrieval.text.language import article_language, language_code, language_name, question_language

BODIES = {
    "en": "The harbour council voted on Tuesday to repair the old pier before the winter storms arrive.",
    "de": "Der Hafenrat hat am Dienstag beschlossen, die alte Seebrücke vor den Winterstürmen zu reparieren.",
    "uk": "Портова рада у вівторок вирішила відремонтувати старий причал до початку зимових штормів.",
    "ru": "Портовый совет во вторник решил отремонтировать старый причал до начала зимних штормов.",
    "es": "El consejo del puerto decidió el martes reparar el viejo muelle antes de las tormentas de invierno.",
    "zh": "港口委员会周二决定在冬季风暴来临之前修复旧码头，费用由市政府承担。",
    "ar": "قرر مجلس الميناء يوم الثلاثاء إصلاح الرصيف القديم قبل وصول عواصف الشتاء.",
    "ja": "港湾評議会は火曜日、冬の嵐が来る前に古い桟橋を修理することを決めた。",
}


@pytest.mark.parametrize("language", BODIES)
def test_the_body_tells_the_language_of_an_article_whatever_it_declares(language: str) -> None:
    assert article_language("", BODIES[language]) == language
    assert article_language("", BODIES[language], "fr-FR") == language


@pytest.mark.parametrize("text", ["", "123", "Tolls?", "Pell, Lind"])
def test_a_text_that_tells_nothing_is_in_the_language_it_declares_or_english(text: str) -> None:
    assert article_language("", text) == "en"
    assert article_language("", text, "sv-SE") == "sv"
    assert article_language("", text, "xx") == "en"


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What did the mayor say about the pier?", "en"),
        ("pier closure mayor statement", "en"),
        ("Ortega Nebraska caucus", "en"),
        ("Was sagte die Bürgermeisterin über die Seebrücke?", "de"),
        ("¿Qué dijo la alcaldesa sobre el muelle?", "es"),
        ("Que disait la maire à propos de la jetée ?", "fr"),
        ("Скільки коштує проїзд через новий міст?", "uk"),
        ("市长对码头说了什么？", "zh"),
    ],
)
def test_questions_are_english_unless_their_words_tell_another_language(question: str, language: str) -> None:
    assert question_language(question) == language


def test_a_short_question_in_other_letters_is_taken_to_be_in_a_language_of_the_articles() -> None:
    assert question_language("Що сказала мер про причал?", ["en", "uk"]) == "uk"


def test_languages_have_english_names() -> None:
    assert (language_name("uk"), language_name("zh"), language_name("xx")) == ("Ukrainian", "Chinese", "xx")
    assert language_name("en", "de") == "Englisch"


@pytest.mark.parametrize(
    ("tag", "code"),
    [("en-GB", "en"), ("FIL", "fil"), ("fil_PH", "fil"), ("eng", "en"), ("deu-AT", "de"), ("", ""), ("x-default", "")],
)
def test_the_code_of_a_language_is_told_by_its_tag(tag: str, code: str) -> None:
    assert language_code(tag) == code


def test_an_article_that_declares_filipino_is_not_in_finnish() -> None:
    assert article_language("", "123", "fil-PH") == "en"
