"""Mentions are counted by whole words and phrases, not by stems."""

import pytest

from retrieval.index.store import Store
from retrieval.index.words.mentions import articles_mentioning
from tests.support.articles import article, fill


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("toll", {"a", "b"}),
        ("TOLL", {"a", "b"}),
        ("tolls", {"c"}),
        ("bridge toll", {"a"}),
        ("toll bridge", set()),
        ("Roth", {"b"}),
        ("zebra", set()),
        ("", set()),
    ],
)
def test_a_phrase_is_found_where_it_stands(either_store: Store, phrase: str, found: set[str]) -> None:
    fill(
        either_store,
        article("a", "The council decided on Friday that the bridge toll is paid by lorries alone."),
        article("b", "Roth’s toll, at the bridge, was praised by harbour workers and fishermen."),
        article("c", "Mayor Rothman pays tolls wherever she drives, said her office in the capital."),
    )
    assert articles_mentioning(phrase, either_store.catalog, either_store.bm25) == found
