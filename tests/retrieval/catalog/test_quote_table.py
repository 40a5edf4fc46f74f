"""The quotes in the catalog: stored, replaced and withdrawn with their article, found by speaker and by passage."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from retrieval.catalog import quote_table
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.rows import SegmentedArticle
from retrieval.documents import Article, Modality, Quote
from retrieval.quotes.speakers.full_names import surname
from retrieval.text.sentences import Span
from tests.support.articles import article

TEXT = "“The pier is ours,” Mayor Ana Pell said. “The ferry is not,” pilot Tom Obi said. “Nor the lamp,” Obi added."
WHOLE: list[tuple[Span, str]] = [((0, len(TEXT)), "")]
NASTY = [
    "'; DROP TABLE quotes; --",
    'Ana "Ox" Pell',
    "O'Hara",
    "100%",
    "a_b",
    "*",
    "AND OR NOT",
    "NEAR(",
    "\\",
    "Zoë 😀",
]


def quote(speaker: str, words: str, *, role: str = "", is_person: bool = True) -> Quote:
    start = max(0, TEXT.find(words))
    span = (start, start + len(words))
    return Quote(speaker, role, is_person, "direct", words, (span,), (span[1], span[1] + 1), None)


PELL = Quote("Ana Pell", "Mayor", True, "direct", "“The pier is ours,”", ((0, 19),), (20, 34), (35, 39))
OBI = Quote("Tom Obi", "pilot", True, "mixed", "“The ferry … is not,”", ((41, 50), (51, 59)), None, None)
TRUST = quote("the Harbour Trust", "“Nor the lamp,”", is_person=False)


def put(catalog: Catalog, *quotes: Quote, key: str = "pier", **facts: object) -> Article:
    stored = article(key, TEXT, **facts)
    catalog.save_articles([SegmentedArticle(stored, WHOLE, quotes)])
    return stored


def said(catalog: Catalog, names: list[str] | None = None) -> list[str]:
    """The words in all passages."""
    passages = [row.id for row in catalog.rows(text("SELECT id FROM passages WHERE live = 1"))]
    return [hit.quote.words for _, hit in quote_table.quotes_in_passages(catalog, passages, names)]


def stored(catalog: Catalog) -> list[Quote]:
    return [hit.quote for hit in quote_table.quotes_of_article(catalog, "pier")]


def rows(catalog: Catalog) -> int:
    return int(catalog.value(text("SELECT count(*) FROM quotes")))


def test_quotes_come_back_as_they_were_put_with_the_facts_of_their_article(catalog: Catalog) -> None:
    put(catalog, PELL, OBI, TRUST, title="The pier", outlet="Quay Gazette", published="2026-03-01")
    found = quote_table.quotes_of_article(catalog, "pier")
    assert [hit.quote for hit in found] == [PELL, OBI, TRUST]
    assert {(hit.article, hit.title, hit.url, hit.outlet, hit.published, hit.score) for hit in found} == {
        ("pier", "The pier", "https://example.org/pier", "Quay Gazette", "2026-03-01", 0.0)
    }


def test_a_new_version_replaces_the_quotes(catalog: Catalog) -> None:
    put(catalog, PELL, OBI)
    put(catalog, TRUST, title="Another headline")
    assert stored(catalog) == [TRUST]
    assert said(catalog) == [TRUST.words]
    assert rows(catalog) == 1


def test_cutting_anew_replaces_the_quotes(catalog: Catalog) -> None:
    pier = put(catalog, PELL)
    catalog.resegment(SegmentedArticle(pier, WHOLE, (OBI,)))
    assert stored(catalog) == [OBI]
    catalog.resegment(SegmentedArticle(pier, WHOLE))
    assert stored(catalog) == [] and rows(catalog) == 0


def test_a_removed_article_takes_its_quotes_along(catalog: Catalog) -> None:
    put(catalog, PELL)
    put(catalog, OBI, key="other")
    catalog.remove("pier")
    assert [item[0] for item in quote_table.speaker_names(catalog)] == ["Tom Obi"]
    assert said(catalog) == [OBI.words]
    assert "Pell" not in str(catalog.rows(text("SELECT * FROM quotes")))


def test_a_removed_article_that_is_put_again_has_its_quotes_once(catalog: Catalog) -> None:
    put(catalog, PELL)
    catalog.remove("pier")
    put(catalog, PELL)
    assert stored(catalog) == [PELL]


def test_a_batch_that_fails_leaves_no_quotes(catalog: Catalog) -> None:
    def broken() -> Iterator[SegmentedArticle]:
        yield SegmentedArticle(article("pier", TEXT), WHOLE, (PELL,))
        raise RuntimeError("the source broke off")

    with pytest.raises(RuntimeError):
        catalog.save_articles(broken())
    assert quote_table.speaker_names(catalog) == [] and said(catalog) == []
    put(catalog, PELL)
    assert stored(catalog) == [PELL]


def test_a_failed_new_version_leaves_the_quotes_of_the_old_one(catalog: Catalog) -> None:
    put(catalog, PELL)

    def broken() -> Iterator[Quote]:
        yield OBI
        raise RuntimeError("the reading broke off")

    def replace() -> None:
        with catalog.transaction() as db:
            quote_table.delete_quotes(db, "pier")
            quote_table.insert_quotes(db, article("pier", TEXT), broken())

    with pytest.raises(RuntimeError):
        replace()
    assert stored(catalog) == [PELL] and said(catalog) == [PELL.words]


def test_quotes_are_found_by_the_passage_they_begin_in(catalog: Catalog) -> None:
    middle = TEXT.index("“Nor")
    catalog.save_articles(
        [SegmentedArticle(article("pier", TEXT), [((0, middle), ""), ((middle, len(TEXT)), "")], (PELL, OBI, TRUST))]
    )
    first, second = (row.id for row in catalog.rows(text("SELECT id FROM passages ORDER BY start")))
    found = [(key, hit.quote) for key, hit in quote_table.quotes_in_passages(catalog, [second, first, "nothing"])]
    assert found == [(second, TRUST), (first, PELL), (first, OBI)]
    assert [hit.quote for _, hit in quote_table.quotes_in_passages(catalog, [first, second], ["Tom Obi"])] == [OBI]
    assert quote_table.quoted_words(catalog, [first, second]) == {
        first: [("Ana Pell", PELL.words), ("Tom Obi", OBI.words)],
        second: [("the Harbour Trust", TRUST.words)],
    }


def test_no_speakers_are_nobodys_quotes(catalog: Catalog) -> None:
    put(catalog, PELL)
    assert said(catalog, []) == []
    assert quote_table.quotes_by_names(catalog, []) == []


def test_one_speakers_quotes_come_newest_article_first_in_the_order_of_its_text(catalog: Catalog) -> None:
    late = quote("Ana Pell", "“Nor the lamp,”")
    put(catalog, late, PELL, key="old", published="2025-01-01")
    put(catalog, PELL, OBI, key="new", published="2026-01-01")
    put(catalog, PELL, key="undated")
    found = quote_table.quotes_by_names(catalog, ["Ana Pell"])
    assert [(hit.article, hit.quote.start) for hit in found] == [
        ("new", 0),
        ("old", 0),
        ("old", late.start),
        ("undated", 0),
    ]


def test_the_newest_of_many_are_enough(catalog: Catalog) -> None:
    for year in range(2020, 2026):
        put(catalog, PELL, OBI, key=f"of {year}", published=f"{year}-01-01")
    assert [hit.article for hit in quote_table.quotes_by_names(catalog, ["Ana Pell"], limit=2)] == [
        "of 2025",
        "of 2024",
    ]
    assert [item[0] for item in quote_table.speaker_names(catalog, limit=1)] == [
        quote_table.speaker_names(catalog)[0][0]
    ]


def test_counts_follow_what_is_withdrawn_and_replaced(catalog: Catalog) -> None:
    put(catalog, PELL, OBI, key="old", published="2025-01-01")
    put(catalog, PELL, PELL, key="new", published="2026-01-01")
    put(catalog, OBI, key="new", published="2026-02-01")
    assert set(quote_table.speaker_names(catalog)) == {
        ("Ana Pell", True, 1, "2025-01-01"),
        ("Tom Obi", True, 2, "2026-02-01"),
    }
    catalog.remove("old")
    assert quote_table.speaker_names(catalog) == [("Tom Obi", True, 1, "2026-02-01")]
    assert quote_table.person_surnames(catalog) == ["obi"]


def test_names_are_counted_with_the_day_of_the_newest(catalog: Catalog) -> None:
    put(catalog, PELL, OBI, key="old", published="2025-01-01")
    put(catalog, PELL, TRUST, quote("", "“Nor the lamp,”"), key="new", published="2026-01-01")
    assert set(quote_table.speaker_names(catalog)) == {
        ("Ana Pell", True, 2, "2026-01-01"),
        ("Tom Obi", True, 1, "2025-01-01"),
        ("the Harbour Trust", False, 1, "2026-01-01"),
    }
    assert {item[0] for item in quote_table.speaker_names(catalog, ["old"])} == {"Ana Pell", "Tom Obi"}
    assert quote_table.speaker_names(catalog, []) == []


def test_more_speakers_than_one_statement_takes_are_found(catalog: Catalog) -> None:
    crew = [f"Pilot Nr{at}" for at in range(900)]
    put(catalog, *(quote(name, "“The pier is ours,”") for name in crew))
    assert len(quote_table.quotes_by_names(catalog, crew)) == 900


@pytest.mark.parametrize("name", NASTY)
def test_marks_that_sql_knows_are_letters_like_others(catalog: Catalog, name: str) -> None:
    odd = quote(name, f"“{name} pier”")
    put(catalog, odd, PELL)
    assert [hit.quote for hit in quote_table.quotes_by_names(catalog, [name])] == [odd]
    assert said(catalog, [name]) == [odd.words]
    assert name in {item[0] for item in quote_table.speaker_names(catalog, words=[surname(name)])}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Ana Pell", "pell"),
        ("PELL", "pell"),
        ("Nia O’Hara", "o'hara"),
        ("", ""),
        ("Pell’s", "pell"),
        ("Tom Pell Jr.", "pell"),
        ("Leo XIV", "leo"),
    ],
)
def test_surnames_are_folded_and_have_no_suffix(name: str, key: str) -> None:
    assert surname(name) == key


def test_roles_are_listed_by_name(catalog: Catalog) -> None:
    put(catalog, replace(PELL, role="the mayor"), replace(OBI, role=""))
    assert quote_table.roles_of_names(catalog, ["Ana Pell", "Tom Obi", "Rosa Lind"]) == {"Ana Pell": ["the mayor"]}


STORED = st.characters(exclude_characters="\0", codec="utf-8")  # what sources leave in an article


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(STORED, max_size=30), st.text(STORED, max_size=60), st.lists(st.text(STORED, max_size=12), max_size=4))
def test_any_text_can_be_stored_and_asked_for(catalog: Catalog, name: str, said: str, asked: list[str]) -> None:
    odd = Quote(name, "", True, "indirect", said, ((0, 1),))
    catalog.resegment(
        SegmentedArticle(put(catalog, odd), WHOLE, [odd])
    )  # put again unchanged, an article stays as it is
    assert [hit.quote for hit in quote_table.quotes_by_names(catalog, [name])] == [odd]
    quote_table.speaker_names(catalog, words=asked)
    assert quote_table.quotes_by_names(catalog, asked) == (
        [hit] if (hit := quote_table.quotes_of_article(catalog, "pier")[0]) and name in asked else []
    )


@pytest.mark.parametrize("modality", ["denied", "reported", "asked", "hypothetical"])
def test_words_that_were_not_said_are_kept_but_count_for_nobody(catalog: Catalog, modality: Modality) -> None:
    unsaid = replace(OBI, modality=modality)
    put(catalog, PELL, unsaid)
    assert [hit.quote for hit in quote_table.quotes_by_names(catalog, ["Tom Obi"])] == [unsaid]
    assert quote_table.quotes_by_names(catalog, ["Tom Obi"], limit=5) == []
    assert [row[0] for row in quote_table.speaker_names(catalog)] == ["Ana Pell"]
    assert [row[0] for row in quote_table.speaker_names(catalog, ["pier"])] == ["Ana Pell"]
