"""One article in several outlets is kept once, and all of its places are named."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.catalog import quote_table
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import find_article
from retrieval.documents import digest
from retrieval.errors import EmbeddingUnavailable
from retrieval.index import indexer, pending
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search
from retrieval.text.addresses.canonical_url import canonical_url, url_key
from tests.support.syndicated_articles import FORM, REWRITTEN, STORY, wire

POST, TIMES, ECHO = wire("post", "Harbour Post"), wire("times", "Inland Times"), wire("echo", "Echo")


def no_model() -> None:
    raise EmbeddingUnavailable("no model here")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "index", no_model) as opened:  # type: ignore[arg-type]
        yield opened


def copies(store: Store) -> dict[str, str]:
    return {key: store.catalog.copy_of(key) for key in store.catalog.article_ids()}


def answering(store: Store) -> set[str]:
    """The articles that have passages, and those that have quotes."""
    texts = {key for key in store.catalog.article_ids() if store.catalog.passage_ids_of([key])}
    assert texts == {key for key in store.catalog.article_ids() if quote_table.quotes_of_article(store.catalog, key)}
    return texts


def test_the_first_one_seen_is_kept_and_the_others_are_its_copies(store: Store) -> None:
    tally = indexer.add_articles(store, [POST, TIMES])
    assert (tally.added, tally.copies, tally.failed) == (2, 1, ())
    assert indexer.add_articles(store, [ECHO]).copies == 1
    assert copies(store) == {"post": "", "times": "post", "echo": "post"}
    assert answering(store) == {"post"}
    assert store.catalog.article("times") == replace(TIMES, language="en")


def test_every_place_of_an_article_is_named(store: Store) -> None:
    indexer.add_articles(store, [POST, TIMES, ECHO])
    assert [(copy.article, copy.outlet, copy.url) for copy in store.catalog.copies("post")] == [
        ("times", "Inland Times", TIMES.url),
        ("echo", "Echo", ECHO.url),
    ]
    assert [copy.article for copy in store.catalog.copies("echo")] == ["post", "times"]


def test_a_story_told_anew_and_a_form_filled_in_anew_stay_apart(store: Store) -> None:
    told = wire("times", "Inland Times", REWRITTEN)
    forms = [wire(f"form{n}", "Inland Times", FORM.format(town, n)) for n, town in enumerate(("Norwick", "Estaven"))]
    assert indexer.add_articles(store, [POST, told, *forms]).copies == 0


def test_adding_copies_twice_changes_nothing(store: Store) -> None:
    for _ in range(2):
        tally = indexer.add_articles(store, [POST, TIMES])
    assert (tally.unchanged, tally.copies) == (2, 0)
    assert (copies(store), answering(store)) == ({"post": "", "times": "post"}, {"post"})


def test_filters_that_a_copy_passes_find_the_one_that_is_kept(store: Store) -> None:
    indexer.add_articles(store, [replace(POST, authors=("Mara Lind",)), replace(TIMES, authors=("Tom Obi",))])
    for filters in (Filters(outlet="times"), Filters(author="obi", outlet="times"), Filters(article="times")):
        assert store.catalog.matching_articles(filters) == ["post"]
    assert store.catalog.matching_articles(Filters(article="post", outlet="times")) == ["post"]
    assert store.catalog.matching_articles(Filters(author="lind", outlet="times")) == []
    assert store.catalog.matching_articles(Filters()) == ["post"]


def test_the_page_of_a_copy_is_answered_by_the_one_that_is_kept(store: Store) -> None:
    indexer.add_articles(store, [POST, TIMES])
    assert find_article(store.catalog, TIMES.url) == find_article(store.catalog, "times") == "post"


def test_a_search_names_the_copies_of_what_it_finds(store: Store) -> None:
    indexer.add_articles(store, [POST, TIMES])
    with pytest.raises(EmbeddingUnavailable):
        indexer.index_pending(store)
    hits = Search(store)("why is the ferry pier closed").hits
    assert hits and all(hit.passage.article == "post" and hit.copies == ("times",) for hit in hits)


def test_when_the_kept_one_is_withdrawn_the_next_one_seen_takes_its_place(store: Store) -> None:
    indexer.add_articles(store, [POST, TIMES, ECHO])
    store.catalog.remove("post")
    assert pending.has_pending(store.catalog)
    indexer.ingest_batch(store, [])
    assert (copies(store), answering(store)) == ({"times": "", "echo": "times"}, {"times"})
    assert store.catalog.unsegmented() == []


def test_whoever_catches_up_takes_over_what_a_killed_process_left(store: Store, tmp_path: Path) -> None:
    indexer.add_articles(store, [POST, TIMES])
    store.catalog.remove("post")  # and nobody lived to see to the copy
    with Store(tmp_path / "index", no_model) as again:  # type: ignore[arg-type]
        with pytest.raises(EmbeddingUnavailable):
            indexer.index_pending(again)
        assert answering(again) == {"times"}
        assert again.bm25.search(["pillar"], 5)


def test_a_copy_that_changes_becomes_an_article_of_its_own(store: Store) -> None:
    indexer.add_articles(store, [POST, TIMES])
    assert indexer.add_articles(store, [wire("times", "Inland Times", REWRITTEN)]).changed == 1
    assert (copies(store), answering(store)) == ({"post": "", "times": ""}, {"post", "times"})


def test_when_the_kept_one_changes_its_copies_are_looked_at_again(store: Store) -> None:
    indexer.add_articles(store, [POST, TIMES, ECHO])
    indexer.add_articles(store, [wire("post", "Harbour Post", REWRITTEN)])
    assert copies(store) == {"post": "", "times": "", "echo": "times"}
    indexer.add_articles(store, [POST])  # and back
    assert copies(store) == {"post": "times", "times": "", "echo": "times"}
    assert answering(store) == {"times"}


def test_a_corrected_figure_in_one_outlet_is_not_taken_for_the_others(store: Store) -> None:
    indexer.add_articles(store, [POST, TIMES])
    indexer.add_articles(store, [wire("times", "Inland Times", STORY.replace("412", "421"))])
    assert answering(store) == {"post", "times"}


def test_a_small_change_of_the_kept_one_keeps_its_copies(store: Store) -> None:
    indexer.add_articles(store, [POST, TIMES])
    indexer.add_articles(store, [wire("post", "Harbour Post", f"{STORY} The council meets again next week.")])
    assert copies(store) == {"post": "", "times": "post"}


def test_building_anew_changes_neither_the_kept_nor_the_copies(store: Store) -> None:
    indexer.add_articles(store, [ECHO, POST, TIMES])
    before = copies(store)
    for _ in range(2):
        with pytest.raises(EmbeddingUnavailable):
            indexer.reindex(store)
        assert (copies(store), answering(store)) == (before, {"echo"})


def test_one_page_is_one_article_whichever_of_its_addresses_named_it(store: Store) -> None:
    url = "http://post.example/news/2025/pier-closes/?utm_source=feed"
    filed = wire(digest(url)[:12], "Harbour Post")
    seen = wire(digest(url_key(url))[:12], "Harbour Post", REWRITTEN)
    indexer.add_articles(store, [replace(filed, url=url)])
    assert indexer.add_articles(store, [replace(seen, url=canonical_url(url))]).changed == 1
    assert store.catalog.article_ids() == [filed.id]
    assert store.catalog.article(filed.id).text == REWRITTEN
