"""The words index, on a real tantivy."""

from pathlib import Path

import pytest

from retrieval.documents import Hit, Passage, digest
from retrieval.errors import IndexUnavailable
from retrieval.index.bm25 import SPEECH_FIELD, BM25Index
from retrieval.text.terms import terms


def hit(key: str, text: str, title: str = "", heading: str = "", outlet: str = "", author: str = "") -> Hit:
    passage = Passage(digest(key), f"article-{key}", 0, len(text), text, heading)
    return Hit(passage, title, "", outlet, (author,), "", "", 0.0)


PIER = hit(
    "pier",
    "The old pier is closed for repairs.",
    title="Harbour news",
    heading="What divers saw",
    outlet="Harbour Post",
)
MILL = hit("mill", "The mill burns straw, and straw is cheap.", title="Paper", author="Mara Lindqvist")
BARN = hit("barn", "A barn full of straw burned down in the night after lightning struck its roof near the river.")


@pytest.fixture
def words(tmp_path: Path) -> BM25Index:
    opened = BM25Index(tmp_path / "words")
    opened.update([PIER, MILL, BARN], [])
    return opened


def found(words: BM25Index, question: str, k: int = 10, articles: list[str] | None = None) -> list[str]:
    names = {hit.passage.id: hit.passage.article.removeprefix("article-") for hit in (PIER, MILL, BARN)}
    return [names[key] for key, _ in words.search(terms(question), k, articles)]


def test_passages_with_the_words_are_found_best_first(words: BM25Index) -> None:
    assert found(words, "straw") == ["mill", "barn"]
    assert found(words, "straw", k=1) == ["mill"]


def test_other_forms_of_a_word_are_found(words: BM25Index) -> None:
    assert found(words, "REPAIRING") == ["pier"]


@pytest.mark.parametrize("question", ["harbour news", "divers", "Harbour Post"])
def test_a_passage_is_found_by_headline_heading_and_outlet(words: BM25Index, question: str) -> None:
    assert found(words, question) == ["pier"]


def test_a_passage_is_found_by_its_author(words: BM25Index) -> None:
    assert found(words, "Lindqvist") == ["mill"]


def test_a_word_of_the_headline_finds_its_passages(words: BM25Index) -> None:
    words.update([hit("titled", "Nothing else here.", title="Thatch")], [])
    assert [key for key, _ in words.search(["thatch"], 10)] == [digest("titled")]


def test_a_search_in_some_articles_finds_only_those(words: BM25Index) -> None:
    assert found(words, "straw", articles=["article-barn", "article-pier"]) == ["barn"]
    assert found(words, "straw", articles=[]) == []


def test_a_limit_to_articles_does_not_change_the_scores(words: BM25Index) -> None:
    assert words.search(["straw"], 1, ["article-mill"]) == words.search(["straw"], 1)


@pytest.mark.parametrize("question", ["zeppelin", "", "?!"])
def test_words_that_stand_nowhere_find_nothing(words: BM25Index, question: str) -> None:
    assert found(words, question) == []


def test_adding_twice_changes_nothing(words: BM25Index) -> None:
    words.update([MILL, BARN], [])
    assert (words.count(), found(words, "straw")) == (3, ["mill", "barn"])


def test_removed_passages_are_found_no_more_and_unknown_ones_passed_over(words: BM25Index) -> None:
    words.update([], [MILL.passage.id, digest("nothing")])
    assert (words.count(), found(words, "straw")) == (2, ["barn"])


def test_frequencies_count_passages_not_words(words: BM25Index) -> None:
    assert words.document_frequencies(["straw", "pier", "zeppelin"]) == ({"straw": 2, "pier": 1, "zeppelin": 0}, 3)


def test_frequencies_never_exceed_the_number_of_passages_after_a_removal(words: BM25Index) -> None:
    words.update([], [MILL.passage.id, PIER.passage.id])
    counts, total = words.document_frequencies(["straw"])
    assert counts["straw"] <= total == 1


def test_a_cleared_index_is_empty_and_takes_new_passages(words: BM25Index) -> None:
    words.clear()
    assert (words.count(), found(words, "straw")) == (0, [])
    words.update([BARN], [])
    assert found(words, "straw") == ["barn"]


def test_an_open_index_sees_what_another_one_wrote(words: BM25Index, tmp_path: Path) -> None:
    other = BM25Index(tmp_path / "words")
    other.update([], [MILL.passage.id])
    assert found(words, "straw") == ["barn"]


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "meta.json").write_text("this is no index")
    with pytest.raises(IndexUnavailable, match="reindex"):
        BM25Index(tmp_path / "words")


def test_passages_are_found_by_what_is_said_in_them_and_by_whom(words: BM25Index) -> None:
    said = {
        PIER.passage.id: [("Ana Pell", "The pier will open."), ("Tom Obi", "It leaks.")],
        MILL.passage.id: [("Tom Obi", "Straw is cheap, straw burns.")],
        BARN.passage.id: [("Ana Pell", "Straw burns.")],
    }
    words.update([PIER, MILL, BARN], [], said)
    names = {hit.passage.id: hit.passage.article.removeprefix("article-") for hit in (PIER, MILL, BARN)}

    def found(question: str, *limits: list[str] | None) -> list[str]:
        return [names[key] for key, _ in words.search_quotes(terms(question), 10, *limits)]

    assert found("burning straw") == ["barn", "mill"] and found("repairs") == []
    assert found("burning straw", ["Ana Pell"]) == ["barn"] and found("straw", ["Nobody"]) == found("straw", []) == []
    assert found("open, leak, straw", ["Tom Obi"], ["article-pier", "article-barn"]) == ["pier"]
    assert words.document_frequencies(["straw", "pier", "repair"], [SPEECH_FIELD]) == (
        {"straw": 2, "pier": 1, "repair": 0},
        3,
    )
