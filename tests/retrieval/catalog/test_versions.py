"""Corrections: what each version changed is known, and passages that it left as they were stay in both indexes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from retrieval.catalog.catalog import Catalog
from retrieval.catalog.versions import MAX_MATCHED_SENTENCES, article_versions, last_corrected, sentence_diff
from retrieval.documents import Article, Hit
from retrieval.errors import EmbeddingUnavailable, UnknownArticle
from retrieval.index import indexer, pending
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import EmbeddingModel
from tests.support.articles import article

FIRST = "The council closed the old ferry pier for eleven months of repairs on Tuesday."
LAST = "Divers had found cracks in nine of its pillars, the harbour office wrote to all passengers."
SECTIONS = "\n\n".join(["{0}", "What the divers found", LAST, "Who will pay for the repairs", "The county pays."])
HEADINGS = ("What the divers found", "Who will pay for the repairs")


def at(text: str) -> tuple[tuple[int, int], ...]:
    return tuple((text.index(heading), text.index(heading) + len(heading)) for heading in HEADINGS)


TEXT = SECTIONS.format(FIRST)
PIER = article("pier", TEXT, headings=at(TEXT), published="2025-03-01", section="Port")
WRONG_DAY = TEXT.replace("Tuesday", "Monday ")


def no_model() -> EmbeddingModel:
    raise EmbeddingUnavailable("no model here")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "index", no_model) as opened:
        yield opened


EARLIER_EXTRACTION = text("UPDATE versions SET extraction = extraction - 1, added = '2025-03-01T10:00:00+00:00'")


def added(store: Store, number: int, when: str) -> None:
    """Pretend that a version was added then."""
    store.catalog.database.run(
        text("UPDATE versions SET added = :added WHERE number = :number"), {"added": when, "number": number}
    )


def hits(store: Store) -> list[Hit]:
    return list(store.catalog.hits(store.catalog.passage_ids_of(["pier"])).values())


def put(store: Store, *several: Article) -> None:
    for one in several:
        assert indexer.add_articles(store, [one]).failed == ()


def test_a_text_that_another_extraction_read_is_no_correction(store: Store) -> None:
    put(store, PIER)
    store.catalog.database.run(EARLIER_EXTRACTION)
    put(store, replace(PIER, text=TEXT + "\n\nMore of the same page."))
    assert last_corrected(store.catalog, "pier") == ""
    assert [version.difference for version in article_versions(store.catalog, "pier")] == [(), ()]
    put(store, replace(PIER, text=TEXT.replace("eleven", "twelve")))
    assert last_corrected(store.catalog, "pier")


def test_a_correction_that_the_publisher_states_is_one_whatever_extraction_read_it(store: Store) -> None:
    put(store, PIER)
    store.catalog.database.run(EARLIER_EXTRACTION)
    put(store, replace(PIER, text=WRONG_DAY, updated="2025-03-09T10:00:00+00:00"))
    assert last_corrected(store.catalog, "pier") == "2025-03-09T10:00:00+00:00"


def test_an_article_never_corrected_says_nothing(store: Store) -> None:
    put(store, replace(PIER, updated="2025-03-09"))
    assert last_corrected(store.catalog, "pier") == ""


def test_a_new_text_is_a_correction_of_the_moment_it_came(store: Store) -> None:
    put(store, PIER, replace(PIER, text=WRONG_DAY))
    added(store, 1, "2025-03-02T10:00:00+00:00")
    added(store, 2, "2025-03-09T10:00:00+00:00")
    assert last_corrected(store.catalog, "pier") == "2025-03-09T10:00:00+00:00"


@pytest.mark.parametrize(
    ("updated", "when"),
    [
        ("2025-03-08T07:00:00+00:00", "2025-03-08T07:00:00+00:00"),
        ("2025-03-02T23:00:00+00:00", "2025-03-09T10:00:00+00:00"),  # what was read that day still had the former text
        ("2025-02-01", "2025-03-09T10:00:00+00:00"),
    ],
)
def test_the_day_the_article_names_counts_where_it_is_later_than_the_former_text(
    store: Store, updated: str, when: str
) -> None:
    put(store, PIER, replace(PIER, text=WRONG_DAY, updated=updated))
    added(store, 1, "2025-03-02T10:00:00+00:00")
    added(store, 2, "2025-03-09T10:00:00+00:00")
    assert last_corrected(store.catalog, "pier") == when


@pytest.mark.parametrize(
    "change",
    [{"title": "Pier closes"}, {"updated": "2025-03-09"}, {"text": PIER.text.replace(" ", "  "), "headings": ()}],
)
def test_another_title_another_date_or_white_space_is_no_correction(store: Store, change: dict[str, str]) -> None:
    put(store, PIER, replace(PIER, **change))  # type: ignore[arg-type]
    assert len(article_versions(store.catalog, "pier")) == 2
    assert last_corrected(store.catalog, "pier") == ""


def test_a_correction_is_still_said_after_another_title(store: Store) -> None:
    put(store, PIER, replace(PIER, text=WRONG_DAY))
    when = last_corrected(store.catalog, "pier")
    put(store, replace(PIER, text=WRONG_DAY, title="Pier closes"))
    assert last_corrected(store.catalog, "pier") == when != ""


def test_versions_say_what_each_changed(store: Store) -> None:
    put(store, PIER, replace(PIER, text=WRONG_DAY, title="Pier closes", authors=("Mara Lind",)))
    first, second = article_versions(store.catalog, "pier")
    assert (first.number, first.article, first.changed, first.difference) == (1, replace(PIER, language="en"), (), ())
    assert (second.number, second.changed) == (2, ("title", "authors"))
    monday = FIRST.replace("Tuesday", "Monday")
    assert [line.replace(" .", ".") for line in second.difference] == [f"- {FIRST}", f"+ {monday}"]


def test_difference_of_texts_that_differ_in_white_space_alone_is_none() -> None:
    assert sentence_diff("One day. Two days.", "One  day.\nTwo days.") == ()
    assert sentence_diff("One day. Two days.", "Two days. Three days.") == ("- One day.", "+ Three days.")


def test_versions_of_nothing_are_unknown(store: Store) -> None:
    with pytest.raises(UnknownArticle):
        article_versions(store.catalog, "nowhere")


def test_a_corrected_article_is_in_the_words_index_at_once_and_what_it_kept_was_never_out(store: Store) -> None:
    put(store, PIER)
    with pytest.raises(EmbeddingUnavailable):
        indexer.index_pending(store)
    before = dict(store.bm25.search(["pillar"], 5))
    put(store, replace(PIER, text=WRONG_DAY))
    assert dict(store.bm25.search(["pillar"], 5)).keys() == before.keys() != set()
    assert len(store.bm25.search(["monday"], 5)) == 1
    assert store.bm25.search(["tuesday"], 5) == []
    assert pending.count_pending(store.catalog, "words") == 0
    hit = store.catalog.hits(list(before))[next(iter(before))]
    assert hit.passage.text == WRONG_DAY[hit.passage.start : hit.passage.end]


def test_a_passage_that_moves_keeps_its_id(store: Store) -> None:
    put(store, PIER)
    (before,) = (hit.passage for hit in hits(store) if hit.passage.text == LAST)
    moved = f"A line more. {TEXT}"
    put(store, replace(PIER, text=moved, headings=at(moved)))
    (after,) = (hit.passage for hit in hits(store) if hit.passage.text == LAST)
    assert (after.id, after.start) == (before.id, moved.index(LAST))


def test_corrected_articles_are_embedded_first(store: Store) -> None:
    new = article("new", "The library opens its doors on Sunday.", published="2026-01-01")
    put(store, PIER, new, replace(PIER, text=WRONG_DAY, title="Pier closes"))
    owed = pending.pending_passages(store.catalog, "vectors", 10)
    assert [hit.passage.article for hit in map(store.catalog.hits(owed).__getitem__, owed)][-1] == "new"


def test_a_section_comes_back(store: Store) -> None:
    put(store, PIER)
    assert store.catalog.article("pier").section == "Port"


def test_why_an_article_was_withdrawn_is_known_until_it_is_put_again(store: Store) -> None:
    put(store, PIER)
    assert store.catalog.withdrawal_reason("pier") == ""
    store.catalog.remove("pier")
    assert store.catalog.withdrawal_reason("pier") == "removed"
    put(store, PIER)
    assert store.catalog.withdrawal_reason("pier") == ""
    store.catalog.remove("pier", why="gone from its site")
    assert Catalog(store.folder / "catalog.db").withdrawal_reason("pier") == "gone from its site"


def test_versions_of_a_gigantic_article_are_compared_around_what_they_share() -> None:
    before = [f"Sentence {number} stays as it is." for number in range(2 * MAX_MATCHED_SENTENCES)]
    after = [*before[:100], "One is new.", *before[100:300], "One is another.", *before[301:700], *before[702:]]
    expected = ("+ One is new.", f"- {before[300]}", "+ One is another.", f"- {before[700]}", f"- {before[701]}")
    assert sentence_diff(" ".join(before), " ".join(after)) == expected
