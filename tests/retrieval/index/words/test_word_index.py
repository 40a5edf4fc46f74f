"""The words index, on a real tantivy and on a real Milvus."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filters import ArticleScope, Filters
from retrieval.catalog.quote_table import QuotedWords
from retrieval.documents import Hit, Passage, digest
from retrieval.index import pending
from retrieval.index.milvus.engine import MilvusEngine
from retrieval.index.milvus.settings import parse_milvus
from retrieval.index.vectors.minilm import EmbeddingModel
from retrieval.index.words.bm25 import BM25Index
from retrieval.index.words.passage_terms import SPEECH_FIELD
from retrieval.index.words.word_index import WordIndex
from retrieval.text.terms import terms

Update = Callable[..., None]


class Lengths(EmbeddingModel):
    """Two-dimensional vectors."""

    name = "lengths"

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[float(len(text)), 1.0] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [float(len(text)), 1.0]


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
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with closing(Catalog(tmp_path / "catalog.db")) as opened:
        yield opened


@pytest.fixture(params=["folder", pytest.param("milvus", marks=pytest.mark.milvus)])
def index(request: pytest.FixtureRequest, tmp_path: Path, catalog: Catalog) -> Iterator[WordIndex]:
    if request.param == "folder":
        yield BM25Index(tmp_path / "words")
        return
    server, name = parse_milvus(request.getfixturevalue("milvus").url), f"words_{uuid4().hex}"
    with closing(MilvusEngine(server, catalog, lambda: name, Lengths)) as engine:
        yield engine.words


@pytest.fixture
def update(index: WordIndex, catalog: Catalog) -> Update:
    """Updates the index, and the frequencies that the catalog keeps for one that does not count them."""

    def run(added: list[Hit], removed: list[str], quotes: Mapping[str, Sequence[QuotedWords]] | None = None) -> None:
        changes = index.update(added, removed, quotes)
        pending.mark_both_indexed(catalog, "", changes=changes)

    return run


@pytest.fixture
def words(index: WordIndex, update: Update) -> WordIndex:
    update([PIER, MILL, BARN], [])
    return index


def within(articles: list[str]) -> ArticleScope:
    return ArticleScope(Filters(), tuple(articles))


def found(words: WordIndex, question: str, k: int = 10, articles: list[str] | None = None) -> list[str]:
    scope = None if articles is None else within(articles)
    names = {hit.passage.id: hit.passage.article.removeprefix("article-") for hit in (PIER, MILL, BARN)}
    return [names[key] for key, _ in words.search(terms(question), k, scope)]


def test_passages_with_the_words_are_found_best_first(words: WordIndex) -> None:
    assert found(words, "straw") == ["mill", "barn"]
    assert found(words, "straw", k=1) == ["mill"]


def test_other_forms_of_a_word_are_found(words: WordIndex) -> None:
    assert found(words, "REPAIRING") == ["pier"]


@pytest.mark.parametrize("question", ["harbour news", "divers", "Harbour Post"])
def test_a_passage_is_found_by_headline_heading_and_outlet(words: WordIndex, question: str) -> None:
    assert found(words, question) == ["pier"]


def test_a_passage_is_found_by_its_author(words: WordIndex) -> None:
    assert found(words, "Lindqvist") == ["mill"]


def test_a_word_of_the_headline_finds_its_passages(words: WordIndex, update: Update) -> None:
    update([hit("titled", "Nothing else here.", title="Thatch")], [])
    assert [key for key, _ in words.search(["thatch"], 10)] == [digest("titled")]


def test_a_search_in_some_articles_finds_only_those(words: WordIndex) -> None:
    assert found(words, "straw", articles=["article-barn", "article-pier"]) == ["barn"]
    assert found(words, "straw", articles=[]) == []


def test_a_limit_to_articles_does_not_change_the_scores(words: WordIndex) -> None:
    assert words.search(["straw"], 1, within(["article-mill"])) == words.search(["straw"], 1)


@pytest.mark.parametrize("question", ["zeppelin", "", "?!"])
def test_words_that_stand_nowhere_find_nothing(words: WordIndex, question: str) -> None:
    assert found(words, question) == []


def test_adding_twice_changes_nothing(words: WordIndex, update: Update) -> None:
    update([MILL, BARN], [])
    assert (words.count(), found(words, "straw")) == (3, ["mill", "barn"])


def test_removed_passages_are_found_no_more_and_unknown_ones_passed_over(words: WordIndex, update: Update) -> None:
    update([], [MILL.passage.id, digest("nothing")])
    assert (words.count(), found(words, "straw")) == (2, ["barn"])


def test_frequencies_count_passages_not_words(words: WordIndex) -> None:
    assert words.document_frequencies(["straw", "pier", "zeppelin"]) == ({"straw": 2, "pier": 1, "zeppelin": 0}, 3)


def test_frequencies_never_exceed_the_number_of_passages_after_a_removal(words: WordIndex, update: Update) -> None:
    update([], [MILL.passage.id, PIER.passage.id])
    counts, total = words.document_frequencies(["straw"])
    assert counts["straw"] <= total == 1


def test_a_cleared_index_is_empty_and_takes_new_passages(words: WordIndex, update: Update) -> None:
    words.clear()
    assert (words.count(), found(words, "straw")) == (0, [])
    update([BARN], [])
    assert found(words, "straw") == ["barn"]


def test_passages_are_found_by_what_is_said_in_them_and_by_whom(index: WordIndex, update: Update) -> None:
    said = {
        PIER.passage.id: [("Ana Pell", "The pier will open."), ("Tom Obi", "It leaks.")],
        MILL.passage.id: [("Tom Obi", "Straw is cheap, straw burns.")],
        BARN.passage.id: [("Ana Pell", "Straw burns.")],
    }
    update([PIER, MILL, BARN], [], said)
    names = {hit.passage.id: hit.passage.article.removeprefix("article-") for hit in (PIER, MILL, BARN)}

    def found(question: str, speakers: list[str] | None = None, articles: list[str] | None = None) -> list[str]:
        scope = within(articles) if articles else None
        return [names[key] for key, _ in index.search_quotes(terms(question), 10, speakers, scope)]

    assert sorted(found("burning straw")) == ["barn", "mill"] and found("repairs") == []
    assert found("burning straw", ["Ana Pell"]) == ["barn"] and found("straw", ["Nobody"]) == found("straw", []) == []
    assert found("open, leak, straw", ["Tom Obi"], ["article-pier", "article-barn"]) == ["pier"]
    assert index.document_frequencies(["straw", "pier", "repair"], [SPEECH_FIELD]) == (
        {"straw": 2, "pier": 1, "repair": 0},
        3,
    )


@pytest.mark.parametrize(
    ("scope", "keys"),
    [
        (Filters(since="2026-03-02"), ["day", "month", "year"]),
        (Filters(since="2026-04-01"), ["year"]),
        (Filters(until="2026-03-03"), ["day", "month", "old", "year"]),
        (Filters(since="2026-03-04", until="2026-03-04"), ["month", "year"]),
        (Filters(outlet="inland"), ["old", "copied"]),
    ],
)
def test_an_engine_that_checks_the_scope_finds_nothing_outside_it(
    scope: Filters, keys: list[str], index: WordIndex, update: Update
) -> None:
    days = {"day": "2026-03-03T10:00", "month": "2026-03", "year": "2026", "old": "2025-01-01", "copied": ""}
    outlets = dict.fromkeys(days, "Harbour Post") | {"old": "Inland Times"}
    hits = {key: replace(hit(key, "A lantern.", outlet=outlets[key]), published=day) for key, day in days.items()}
    update(list(hits.values()), [])
    if index.checks_scope:
        limits = ArticleScope(scope, None, outlets=("Inland Times",), copied=("article-copied",))
        names = {one.passage.id: key for key, one in hits.items()}
        assert sorted(names[key] for key, _ in index.search(["lantern"], 9, limits)) == sorted(keys)


def test_terms_like_another_and_those_with_its_beginning_are_found(words: WordIndex) -> None:
    assert words.search_similar("strwa", 9, 1) == words.search_similar("straww", 9, 1)
    assert set(words.search_similar("strwa", 9, 1)) == {MILL.passage.id, BARN.passage.id}
    assert words.search_similar("zeppelin", 9, 2) == words.search_prefix("zep", 9) == []
    assert set(words.search_prefix("lin", 9)) == set()
    assert words.search_prefix("repai", 9) == [PIER.passage.id]


def test_passages_with_all_of_some_terms_are_found(words: WordIndex) -> None:
    assert set(words.passages_with_all(["straw"])) == {MILL.passage.id, BARN.passage.id}
    assert words.passages_with_all(terms("straw cheap")) == [MILL.passage.id]
    assert words.passages_with_all(["straw", "zeppelin"]) == words.passages_with_all([]) == []
