"""The catalog: articles, their versions and passages."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, select, text

from retrieval.catalog import quote_table
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.database.engine import Database
from retrieval.catalog.database.tables import METADATA
from retrieval.catalog.filters import Filters
from retrieval.catalog.rows import SegmentedArticle
from retrieval.errors import IndexUnavailable, UnknownArticle
from retrieval.text.sentences import Span
from tests.support.articles import article

TEXT = "The pier is closed. The ferry is not. The mayor is away."
WHOLE: list[tuple[Span, str]] = [((0, len(TEXT)), "")]
CUT: list[tuple[Span, str]] = [((0, 19), ""), ((20, 37), "Ferries"), ((38, 56), "Mayor")]


def texts(catalog: Catalog, key: str = "pier") -> list[str]:
    return [hit.passage.text for hit in catalog.hits(catalog.passage_ids_of([key])).values()]


def test_an_article_comes_back_as_it_was_put(catalog: Catalog) -> None:
    put = article(
        "pier",
        TEXT,
        authors=("Zoë Lind", 'Tom "Ox" Obi'),
        outlet="Harbour Post",
        published="2026-03-01T10:00:00+01:00",
        updated="2026-03-02",
        language="en",
        headings=((0, 3), (20, 23)),
    )
    catalog.save_articles([SegmentedArticle(put, CUT)])
    assert catalog.article("pier") == put


def test_passages_come_back_with_their_span_heading_and_facts(catalog: Catalog) -> None:
    catalog.save_articles([SegmentedArticle(article("pier", TEXT, outlet="Harbour Post"), CUT)])
    hits = list(catalog.hits(catalog.passage_ids_of(["pier"])).values())
    assert sorted((hit.passage.start, hit.passage.end, hit.passage.heading) for hit in hits) == [
        (0, 19, ""),
        (20, 37, "Ferries"),
        (38, 56, "Mayor"),
    ]
    assert all(
        hit.outlet == "Harbour Post" and TEXT[hit.passage.start : hit.passage.end] == hit.passage.text for hit in hits
    )


def test_outcome_says_what_adding_would_do(catalog: Catalog) -> None:
    pier = article("pier", TEXT)
    assert catalog.ingest_outcome(pier) == "added"
    catalog.save_articles([SegmentedArticle(pier, WHOLE)])
    assert catalog.ingest_outcome(pier) == "unchanged"
    assert catalog.ingest_outcome(article("pier", TEXT, title="Another headline")) == "changed"
    catalog.remove("pier")
    assert catalog.ingest_outcome(pier) == "added"


def test_a_changed_article_becomes_a_version_and_the_first_one_is_kept(catalog: Catalog) -> None:
    catalog.save_articles([SegmentedArticle(article("pier", TEXT), WHOLE)])
    catalog.save_articles([SegmentedArticle(article("pier", TEXT.upper()), WHOLE)])
    assert catalog.article("pier").text == TEXT.upper()
    assert texts(catalog) == [TEXT.upper()]
    numbers = catalog.rows(text("SELECT number, text FROM versions WHERE article = 'pier' ORDER BY number"))
    assert [tuple(row) for row in numbers] == [(1, TEXT), (2, TEXT.upper())]


def test_what_another_process_has_put_meanwhile_becomes_no_second_version(catalog: Catalog) -> None:
    for _ in range(2):
        catalog.save_articles([SegmentedArticle(article("pier", TEXT), WHOLE)])
    assert catalog.value(text("SELECT count(*) FROM versions")) == 1 and texts(catalog) == [TEXT]


def test_passages_of_an_older_version_are_no_hits(catalog: Catalog) -> None:
    catalog.save_articles([SegmentedArticle(article("pier", TEXT), WHOLE)])
    old = catalog.passage_ids_of(["pier"])
    catalog.save_articles([SegmentedArticle(article("pier", TEXT, title="New"), WHOLE)])
    assert catalog.hits(old) == {}


def test_a_removed_article_is_unknown_and_its_text_forgotten(catalog: Catalog) -> None:
    catalog.save_articles([SegmentedArticle(article("pier", TEXT), CUT)])
    catalog.remove("pier")
    with pytest.raises(UnknownArticle, match="pier"):
        catalog.article("pier")
    assert list(catalog.articles()) == []
    assert catalog.passage_ids_of(["pier"]) == []
    stored = [str(catalog.rows(select(table))) for table in METADATA.sorted_tables]
    assert "pier" in "".join(stored) and "ferry" not in "".join(stored)


def test_removing_what_is_not_there_is_refused(catalog: Catalog) -> None:
    with pytest.raises(UnknownArticle, match="nowhere"):
        catalog.remove("nowhere")


def test_a_removed_article_can_be_put_again(catalog: Catalog) -> None:
    catalog.save_articles([SegmentedArticle(article("pier", TEXT), WHOLE)])
    catalog.remove("pier")
    catalog.save_articles([SegmentedArticle(article("pier", TEXT), WHOLE)])
    assert texts(catalog) == [TEXT]


def test_cutting_anew_replaces_the_passages_of_the_same_version(catalog: Catalog) -> None:
    pier = article("pier", TEXT)
    catalog.save_articles([SegmentedArticle(pier, WHOLE)])
    catalog.resegment(SegmentedArticle(pier, CUT))
    assert sorted(map(len, texts(catalog))) == [17, 18, 19]


@pytest.mark.parametrize("taken", [0, 1])
def test_cutting_there_and_back_gives_the_first_passages(catalog: Catalog, taken: int) -> None:
    pier = article("pier", TEXT)
    catalog.save_articles([SegmentedArticle(pier, WHOLE)])
    catalog.database.run(text(f"UPDATE passages SET words = {taken}, vectors = {taken}"))
    catalog.resegment(SegmentedArticle(pier, CUT))
    catalog.resegment(SegmentedArticle(pier, WHOLE))
    assert texts(catalog) == [TEXT]


def test_neighbours_are_the_passages_around_one_in_order(catalog: Catalog) -> None:
    catalog.save_articles([SegmentedArticle(article("pier", TEXT), CUT), SegmentedArticle(article("other", TEXT), CUT)])
    hits = catalog.hits(catalog.passage_ids_of(["pier"]))
    last = max((hit.passage for hit in hits.values()), key=lambda passage: passage.start)
    assert [passage.start for passage in catalog.neighbouring_passages(last)] == [20, 38]
    assert {passage.article for passage in catalog.neighbouring_passages(last, reach=9)} == {"pier"}


def test_articles_come_newest_first(catalog: Catalog) -> None:
    days = {"b": "2026-01-02", "a": "", "c": "2026-03-01"}
    catalog.save_articles([SegmentedArticle(article(key, TEXT, published=day), WHOLE) for key, day in days.items()])
    assert [found.id for found in catalog.articles()] == ["c", "b", "a"]


ARTICLES = (
    article("old", TEXT, published="2025-01-10", outlet="Harbour Post", authors=("Mara Lind",)),
    article("new", TEXT, published="2026-05-01T23:30:00", outlet="Inland Times", authors=("Tom Obi", "Émile Roux")),
    article("undated", TEXT, outlet="Århus Bladet", authors=('Dwayne "Ox" Pell',)),
)


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(since="2025-01-10"), {"old", "new"}),
        (Filters(since="2025-01-11"), {"new"}),
        (Filters(until="2025-01-10"), {"old"}),
        (Filters(until="2026-05-01"), {"old", "new"}),
        (Filters(since="2025-02-01", until="2026-04-30"), set()),
        (Filters(outlet="harbour"), {"old"}),
        (Filters(outlet="TIMES"), {"new"}),
        (Filters(author="obi"), {"new"}),
        (Filters(author="lind", outlet="post", until="2025-12-31"), {"old"}),
        (Filters(author="lind", outlet="times"), set()),
        (Filters(outlet="100%"), set()),
        (Filters(), {"old", "new", "undated"}),
        (Filters(outlet="århus"), {"undated"}),
        (Filters(author="émile"), {"new"}),
        (Filters(author='"Ox" Pell'), {"undated"}),
    ],
)
def test_filters_limit_the_articles(catalog: Catalog, filters: Filters, ids: set[str]) -> None:
    catalog.save_articles([SegmentedArticle(one, WHOLE) for one in ARTICLES])
    assert set(catalog.matching_articles(filters)) == ids


def test_a_filter_sees_only_the_current_version(catalog: Catalog) -> None:
    catalog.save_articles([SegmentedArticle(article("pier", TEXT, outlet="Harbour Post"), WHOLE)])
    catalog.save_articles([SegmentedArticle(article("pier", TEXT, outlet="Inland Times"), WHOLE)])
    assert catalog.matching_articles(Filters(outlet="harbour")) == []


def test_a_batch_that_fails_leaves_nothing_behind(catalog: Catalog) -> None:
    def broken() -> Iterator[SegmentedArticle]:
        yield SegmentedArticle(article("pier", TEXT), WHOLE)
        raise RuntimeError("the source broke off")

    with pytest.raises(RuntimeError):
        catalog.save_articles(broken())
    assert list(catalog.articles()) == []
    catalog.save_articles([SegmentedArticle(article("pier", TEXT), WHOLE)])
    assert texts(catalog) == [TEXT]


def test_facts_and_runs_are_remembered_by_the_next_process(catalog: Catalog) -> None:
    assert (catalog.fact("colour", "none"), catalog.last_run()) == ("none", "")
    catalog.set_fact("colour", "blue")
    catalog.record_run("2026-01-01T00:00:00+00:00", 1, 0, 0, 0)
    again = Catalog(Database(catalog.database.url))
    assert again.fact("colour") == "blue"
    assert again.last_run() > "2026-01-01"
    again.close()


def test_the_last_run_is_found_without_looking_at_all_of_them(tmp_path: Path) -> None:
    with closing(Catalog(tmp_path / "catalog.db")) as catalog:
        (plan,) = catalog.rows(text("EXPLAIN QUERY PLAN SELECT max(finished) AS finished FROM runs"))
    assert "runs_finished" in plan.detail


def test_more_passages_than_one_statement_takes_are_found(catalog: Catalog) -> None:
    long = "word " * 1200
    catalog.save_articles([SegmentedArticle(article("long", long), [((at * 5, at * 5 + 4), "") for at in range(1200)])])
    assert len(catalog.hits(catalog.passage_ids_of(["long"]))) == 1200


def test_another_thread_sees_what_was_put(catalog: Catalog) -> None:
    catalog.save_articles([SegmentedArticle(article("pier", TEXT), WHOLE)])
    seen = list[str]()
    thread = threading.Thread(target=lambda: seen.append(catalog.article("pier").text))
    thread.start()
    thread.join()
    assert seen == [TEXT]


def test_a_file_that_is_no_catalog_is_refused_with_its_folder(tmp_path: Path) -> None:
    (tmp_path / "catalog.db").write_bytes(b"this is not a database at all, not at all" * 100)
    with pytest.raises(IndexUnavailable, match=str(tmp_path)):
        Catalog(tmp_path / "catalog.db")


def test_what_is_looked_up_by_a_list_is_found_by_its_keys(tmp_path: Path) -> None:
    asked = list[str]()
    with closing(Catalog(tmp_path / "catalog.db")) as catalog:
        event.listen(catalog.database.engine, "connect", lambda opened, _: opened.set_trace_callback(asked.append))
        catalog.database.close()
        catalog.hits(["a"])
        catalog.articles_by_passage(["a"])
        catalog.passage_ids_of(["pier"])
        catalog.passage_ids_at([("pier", 1)])
        catalog.copy_ids(["pier"])
        catalog.excerpts([("pier", 0, 1)])
        quote_table.quotes_in_passages(catalog, ["a"], ["Ana Pell"])
        quote_table.speaker_names(catalog, words=["pell"])
        for sql in [one for one in asked if one.startswith("SELECT")]:
            with catalog.database.connection() as db:
                plan = db.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all()
            assert not [row.detail for row in plan if row.detail.startswith("SCAN") and "json_each" not in row.detail]
    assert sum(one.startswith("SELECT") for one in asked) >= 8
