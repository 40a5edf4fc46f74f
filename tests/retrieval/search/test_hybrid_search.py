"""A question to the passages that may answer it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import process_time

import pytest

from retrieval.catalog.filters import Filters
from retrieval.errors import EmbeddingUnavailable
from retrieval.index import indexer
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import EmbeddingModel
from retrieval.search.candidates import CANDIDATES_PER_INDEX
from retrieval.search.hybrid_search import Search
from retrieval.search.question_analysis import names_in_articles
from tests.support.articles import article, fill

PIER = article(
    "pier",
    "The harbour council voted to close the old ferry pier after divers found cracks in its pillars.\n\n"
    "“We cannot wait for the next storm,” Mara Lindqvist, the mayor, said about the repairs.",
    title="Council closes pier",
    outlet="Harbour Post",
    authors=("Tom Obi",),
    published="2026-03-03",
)
MILL = article(
    "mill",
    "A paper mill upstream has begun to burn straw instead of gas, its owner told shareholders on Friday.",
    title="Mill burns straw",
    outlet="Inland Times",
    authors=("Ada Roux",),
    published="2025-06-01",
)
COPY = replace(PIER, id="copy", url="https://example.org/copy", outlet="Coast Echo", published="2026-03-04")


@pytest.fixture
def search(store: Store) -> Iterator[Search]:
    fill(store, PIER, MILL)
    opened = Search(store)
    yield opened
    opened.close()


@pytest.fixture
def wordy(tmp_path: Path) -> Iterator[Store]:
    def missing() -> EmbeddingModel:
        raise EmbeddingUnavailable("the model is not installed")

    with Store(tmp_path / "wordy", missing) as opened:
        indexer.add_articles(opened, [PIER, MILL])
        with pytest.raises(EmbeddingUnavailable):
            indexer.index_pending(opened)
        yield opened


def articles(search: Search, question: str, k: int = 10, **limits: str) -> list[str]:
    return [hit.passage.article for hit in search(question, k, filters=Filters(**limits)).hits]


def test_the_passage_that_answers_comes_first(search: Search) -> None:
    found = search("Why was the pier closed?")
    assert found.hits[0].passage.article == "pier"
    assert "cracks" in found.hits[0].passage.text
    assert found.why_no_vectors == ""


def test_a_passage_is_found_by_meaning_without_its_words(search: Search) -> None:
    hits = search("biomass replacing fossil fuel in industry").hits
    assert (hits[0].passage.article, hits[0].bm25) == ("mill", 0.0)


def test_hits_carry_facts_scores_and_exact_spans(search: Search) -> None:
    best = search("Why was the pier closed?").hits[0]
    assert (best.title, best.outlet, best.authors, best.published) == (
        PIER.title,
        "Harbour Post",
        ("Tom Obi",),
        "2026-03-03",
    )
    assert PIER.text[best.passage.start : best.passage.end] == best.passage.text
    assert min(best.score, best.bm25, best.dense) > 0


def test_scores_fall_and_no_more_than_k_come(search: Search) -> None:
    scores = [hit.score for hit in search("pier straw mill storm").hits]
    assert scores == sorted(scores, reverse=True)
    assert len(search("pier straw mill storm", 1).hits) == 1


def test_the_same_question_gives_the_same_hits(search: Search) -> None:
    assert search("Who pays for the pier?").hits == search("Who pays for the pier?").hits


@pytest.mark.parametrize(
    ("limits", "ids"),
    [
        ({"since": "2026-01-01"}, {"pier"}),
        ({"until": "2025-12-31"}, {"mill"}),
        ({"outlet": "inland"}, {"mill"}),
        ({"author": "obi"}, {"pier"}),
        ({"author": "nobody"}, set()),
        ({"since": "2027-01-01"}, set()),
    ],
)
def test_filters_limit_the_hits_to_their_articles(search: Search, limits: dict[str, str], ids: set[str]) -> None:
    assert set(articles(search, "pier and mill", **limits)) == ids


def test_a_speaker_asks_for_that_persons_words(search: Search) -> None:
    found = search("repairs", filters=Filters(speaker="Mara Lindqvist"))
    assert found.question.quote_intent
    assert "We cannot wait" in found.hits[0].passage.text


def test_a_copy_counts_once_and_is_named(store: Store, search: Search) -> None:
    fill(store, COPY)
    hits = search("Why was the pier closed?").hits
    pier = [hit for hit in hits if hit.passage.article in ("pier", "copy")]
    assert len({hit.passage.text for hit in pier}) == len(pier)
    assert {pier[0].passage.article, *pier[0].copies} == {"pier", "copy"}


def test_days_in_the_question_are_understood_from_today(search: Search) -> None:
    asked = search("What happened yesterday?", today=date(2026, 3, 4)).question
    assert (asked.since, asked.until) == ("2026-03-03", "2026-03-03")


def test_what_was_added_since_is_found_by_the_next_question(store: Store, search: Search) -> None:
    search("lighthouse keeper")
    fill(
        store, article("light", "The last lighthouse keeper of the coast retires in June after forty years of service.")
    )
    assert articles(search, "lighthouse keeper")[0] == "light"


def test_what_was_removed_is_gone_before_the_indexes_have_caught_up(store: Store, search: Search) -> None:
    store.catalog.remove("pier")
    assert "pier" not in articles(search, "Why was the pier closed?")


def test_a_filtered_question_is_answered_while_vectors_are_still_owed(store: Store, search: Search) -> None:
    indexer.add_articles(store, [COPY])
    assert "pier" in articles(search, "Why was the pier closed?", since="2026-01-01")


@pytest.mark.parametrize("question", ["", "   ", "???", "“”", "the", "x" * 20_000, "AND OR NOT (", "pier^2 ~title:*"])
def test_any_question_gets_hits_or_none_but_no_error(search: Search, question: str) -> None:
    assert len(search(question).hits) <= 10


def test_an_empty_index_finds_nothing(store: Store) -> None:
    empty = Search(store)
    assert empty("Why was the pier closed?").hits == ()
    empty.close()


def test_without_a_model_words_alone_are_searched_and_it_is_said_why(wordy: Store) -> None:
    search = Search(wordy)
    found = search("Why was the ferry pier closed?")
    assert found.hits[0].passage.article == "pier"
    assert "not installed" in found.why_no_vectors
    assert {hit.dense for hit in found.hits} == {0.0}
    search.close()


def test_without_a_model_filters_still_limit(wordy: Store) -> None:
    search = Search(wordy)
    assert set(articles(search, "pier mill", outlet="inland")) == {"mill"}
    search.close()


@pytest.mark.parametrize(
    ("asked", "understood"),
    [
        ("How much will lorreis pay for a crosing?", "How much will lorries pay for a crossing?"),
        ("Who steers the oldst fery?", "Who steers the oldest ferry?"),
        ("wich ferry is the oldest, and waht did it carry?", "which ferry is the oldest, and what did it carry?"),
        ("Wat did Brandt say abuot ferreis?", "What did Brandt say about ferries?"),
        ("wich bridge wil teh toll pay for", "which bridge will the toll pay for"),
        ("how manny votes did teh coucil cast befor june", "how many votes did the council cast before june"),
        ("Which council approvd the toll?", "Which council approved the toll?"),
        ("Which council approves the toll?", "Which council approves the toll?"),
        ("How much will lorries pay for a crossing?", "How much will lorries pay for a crossing?"),
        ("Who designed the Sydney Opera House?", "Who designed the Sydney Opera House?"),
        ("What does zbrgl mean?", "What does zbrgl mean?"),
        ("Who will pat the ferry?", "Who will pat the ferry?"),
    ],
)
def test_a_word_that_no_article_has_is_taken_for_a_similar_one(newsroom: Store, asked: str, understood: str) -> None:
    with closing(Search(newsroom)) as search:
        question = search(asked).question
    assert question.text == understood
    assert bool(question.corrections) == (asked != understood)


def test_a_misspelt_speaker_is_left_to_the_search_for_speakers(newsroom: Store) -> None:
    with closing(Search(newsroom)) as search:
        question = search("What did Brandd say about the tol?").question
    assert question.corrections == (("tol", "toll"),) or question.corrections == ()
    assert "Brandd" in question.text


def test_what_is_nearest_by_cosine_and_no_hit_comes_beside_the_hits(newsroom: Store) -> None:
    with closing(Search(newsroom)) as search:
        found = search("Which boat is steered by a woman?", 1)
    assert {hit.passage.id for hit in found.nearest}.isdisjoint(hit.passage.id for hit in found.hits)
    assert found.nearest and all(hit.dense for hit in found.nearest)


def test_a_question_of_nothing_but_unknown_words_is_understood_at_once(newsroom: Store) -> None:
    asked = " ".join(f"lor{one}{other}ies" for one in "bcdfghjklmnpqrst" for other in "aeiouy")[:1900]
    with closing(Search(newsroom)) as search:
        started = process_time()
        search(asked)
    assert process_time() - started < 1.0


@pytest.mark.parametrize(
    ("asked", "spelled"),
    [
        ("Що сказала Ліндквіст про причал?", ["Lindqvist"]),
        ("Что сказал мэр Линдквист?", ["Lindqvist"]),
        ("¿Qué dijo Lindqvist sobre el muelle?", ["Lindqvist"]),
        ("Хто така Тимошенко?", []),
    ],
)
def test_names_in_other_letters_are_spelled_as_the_articles_spell_them(
    asked: str, spelled: list[str], search: Search, store: Store
) -> None:
    found = names_in_articles(asked, store.bm25, store.catalog)
    assert [name for name in found if name in ("Lindqvist", "Tymoshenko")] == spelled


def test_a_question_without_a_multilingual_embedding_finds_articles_in_its_own_language(
    search: Search, store: Store
) -> None:
    german = "Der Hafenrat hat beschlossen, die alte Fähre im Herbst durch eine neue zu ersetzen."
    fill(store, article("fähre", german, title="Neue Fähre"))
    assert {hit.passage.article for hit in search("Wann wird die alte Fähre ersetzt?").hits} == {"fähre"}
    assert "fähre" not in {hit.passage.article for hit in search("Why is the ferry pier closed?").hits}


def test_many_articles_in_another_language_do_not_hide_the_one_that_answers(wordy: Store) -> None:
    german = "Die Mole am Pier ist wegen der Fähren und der Pier wegen der Mole am Pier geschlossen, sagte Lind {}."
    numbers = range(CANDIDATES_PER_INDEX + 5)
    indexer.add_articles(wordy, [article(f"de-{at}", german.format(at), title=f"Pier {at}") for at in numbers])
    with pytest.raises(EmbeddingUnavailable):
        indexer.index_pending(wordy)
    with closing(Search(wordy)) as search:
        assert articles(search, "Why did Lind close the pier?") == ["pier"]
