"""What the articles only have somebody say is not told as a fact."""

import pytest

from bot.answering.messages import Claim, DraftSentence
from retrieval.catalog import quote_table
from retrieval.index.store import Store
from tests.support.articles import article, fill
from tests.support.verification import verify_sentence

TEXT = (
    "The council met on Friday. Mayor Ilse Brandt claimed that the harbour bridge would cost 40 million crowns. "
    "Officials in the harbour said on Monday that the old ferry was no longer safe. The bridge opened on 4 May."
)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("The harbour bridge would cost 40 million crowns.", "crowns, according to Ilse Brandt."),
        (
            "The old ferry was no longer safe.",
            "The old ferry was no longer safe, according to officials in the harbour.",
        ),
        ("Ilse Brandt claimed that the harbour bridge would cost 40 million crowns.", "million crowns."),
        ("According to officials, the old ferry was no longer safe.", "the old ferry was no longer safe."),
        ("The bridge opened on 4 May.", "The bridge opened on 4 May."),
    ],
)
def test_a_sentence_gets_back_the_name_of_whoever_said_so(store: Store, written: str, shown: str) -> None:
    fill(store, article("bridge", TEXT))
    hits = list(store.catalog.hits(store.catalog.passage_ids_of(["bridge"])).values())
    claim = verify_sentence(
        DraftSentence(written, (1,)),
        hits,
        "What about it?",
        lambda key: quote_table.quotes_of_article(store.catalog, key),
    )
    assert isinstance(claim, Claim) and claim.text.endswith(shown), claim
