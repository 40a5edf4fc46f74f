"""Term frequencies in the catalog, in SQLite and in PostgreSQL."""

from retrieval.catalog.catalog import Catalog
from retrieval.index import pending
from retrieval.index.milvus.term_counts import ALL, frequencies, terms_from


def change(catalog: Catalog, **counts: int) -> None:
    changes = {("text", term): count for term, count in counts.items()} | {ALL: 1}
    pending.mark_both_indexed(catalog, "", changes=changes)


def test_frequencies_add_up_and_a_term_that_no_passage_has_is_unknown(catalog: Catalog) -> None:
    change(catalog, straw=2, mill=1)
    change(catalog, straw=3, mill=-1)
    assert frequencies(catalog, ["straw", "mill", "barn"]) == {("text", "straw"): 5, ALL: 2}


def test_terms_are_found_by_their_beginning_and_length(catalog: Catalog) -> None:
    change(catalog, straw=2, strawberri=1, stray=1, storm=4, Straw=1)
    assert terms_from(catalog, "stra") == {"straw": 2, "strawberri": 1, "stray": 1}
    assert terms_from(catalog, "s", 5, 6) == {"straw": 2, "stray": 1, "storm": 4}


def test_frequencies_are_gone_once_all_passages_are_pending(catalog: Catalog) -> None:
    change(catalog, straw=2)
    pending.mark_all_pending(catalog, "vectors")
    assert frequencies(catalog, ["straw"])
    pending.mark_all_pending(catalog, "words")
    assert frequencies(catalog, ["straw"]) == {}


def test_a_collection_is_named_once_and_its_name_forgotten_with_the_folder(catalog: Catalog) -> None:
    assert [pending.words_collection(catalog, name) for name in ("first", "second")] == ["first", "first"]
    pending.words_in_folder(catalog)
    assert pending.words_collection(catalog, "third") == "third"
