"""Questions in other languages: answered from articles in them, else said in them that they cannot be."""

from pathlib import Path

import pytest

from bot.answering.messages import Answer
from retrieval.documents import Article
from retrieval.errors import EmbeddingUnavailable
from retrieval.index import indexer
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from retrieval.models.e5.weights import packaged_model_file
from retrieval.models.embedding_names import MULTILINGUAL_E5
from tests.support.articles import article
from tests.support.newsroom import ARTICLES, talking

GERMAN = article(
    "fähren",
    "Der Hafenrat hat am Dienstag über die Fähren beraten.\n\n"
    "Die neue Fähre kostet vierzig Millionen Kronen und soll im Herbst fahren. Bezahlt wird sie vom Ministerium.\n\n"
    "Die Bürgermeisterin sagte: „Wir haben lange gewartet. Jetzt geht es los.“",
    title="Hafenrat beschließt neue Fähre",
    published="2025-05-03",
)
CHINESE = article(
    "码头",
    "港口委员会周二决定在冬季风暴来临之前修复旧码头。\n\n修复工程将花费四千万克朗，费用由市政府承担。工程将于九月开始。",
    title="旧码头将修复",
    published="2025-05-04",
)
COST = "Die neue Fähre kostet vierzig Millionen Kronen und soll im Herbst fahren."


def ask(folder: Path, articles: tuple[Article, ...], question: str) -> Answer:
    with Store(folder, MiniLM) as store:
        indexer.add_articles(store, articles)
        indexer.index_pending(store)
        with talking(store) as conversation:
            return conversation.ask(question)


@pytest.mark.parametrize(
    ("question", "language", "said"),
    [
        (
            "Wie viele Kronen zahlen Lastwagen für die Überfahrt?",
            "de",
            "Bitte fragen Sie in einer dieser Sprachen: Englisch.",
        ),
        ("¿Cuántas coronas pagarán los camiones por cada cruce?", "es", "Pregunte en uno de estos: inglés."),
        ("Combien de couronnes les camions paieront-ils pour traverser ?", "fr", "anglais."),
        ("Скільки крон платитимуть вантажівки за проїзд?", "uk", "Запитайте однією з цих мов: англійська."),
        ("卡车每次过桥要付多少钱？", "zh", "There are no articles in Chinese here. Please ask in English."),
    ],
)
def test_a_question_in_another_language_than_the_articles_is_declined_in_it(
    question: str, language: str, said: str, tmp_path: Path
) -> None:
    answer = ask(tmp_path, ARTICLES, question)
    assert (answer.status, answer.understood.language, answer.citations) == ("no_answer", language, ())
    assert answer.text.endswith(said) and "\n" not in answer.text


@pytest.mark.parametrize(
    ("question", "cited"),
    [("Wie viele Kronen kostet die neue Fähre?", COST), ("修复旧码头将花费多少克朗？", "修复工程将花费四千万克朗")],
)
def test_articles_in_the_language_of_the_question_answer_by_words(question: str, cited: str, tmp_path: Path) -> None:
    answer = ask(tmp_path, (*ARTICLES, GERMAN, CHINESE), question)
    assert answer.status == "answered"
    assert cited in answer.citations[0].quote


def test_sentences_are_not_compared_by_another_model_than_that_of_the_index(tmp_path: Path) -> None:
    with Store(tmp_path, MiniLM) as store:
        indexer.add_articles(store, (*ARTICLES, GERMAN))
        indexer.index_pending(store)
        store.catalog.set_fact("embedding", MULTILINGUAL_E5)
        with pytest.raises(EmbeddingUnavailable, match="the settings name all-MiniLM"):
            store.cosines("ferry", [COST])
        with talking(store) as conversation:
            answer = conversation.ask("Wie viele Kronen kostet die neue Fähre?")
    assert COST in answer.citations[0].quote


def test_an_english_question_is_answered_from_english_articles(tmp_path: Path) -> None:
    answer = ask(tmp_path, (*ARTICLES, GERMAN, CHINESE), "How much will lorries pay for a crossing?")
    assert answer.citations[0].article == "toll"


def test_notes_and_days_are_in_the_language_of_the_question(tmp_path: Path) -> None:
    answer = ask(tmp_path, (*ARTICLES, GERMAN), "Wann öffnet das Museum der Feuerwehr seine Ausstellung?")
    assert (answer.status, answer.text) == ("no_answer", "Die Artikel beantworten das nicht.")


def is_installed() -> bool:
    try:
        return packaged_model_file().exists()
    except EmbeddingUnavailable:
        return False


@pytest.mark.skipif(not is_installed(), reason="the extra multilingual is not installed")
def test_with_the_extra_english_articles_answer_questions_in_other_languages(tmp_path: Path) -> None:
    from retrieval.index.vectors.e5 import MultilingualE5

    with Store(tmp_path, MultilingualE5) as store:
        indexer.add_articles(store, ARTICLES)
        indexer.index_pending(store)
        assert store.catalog.fact("embedding") == MULTILINGUAL_E5
        with talking(store) as conversation:
            abroad = conversation.ask("¿Cuántos pasajeros llevaron los ferris de la isla el año pasado?")
            other = conversation.ask("Seit wann steuert Rosa Lind die älteste Fähre?")
    assert "412,000 passengers" in abroad.citations[0].quote
    assert abroad.understood.language == "es"
    assert "since 1998" in other.citations[0].quote
