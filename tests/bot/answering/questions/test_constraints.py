"""A question is answered by the outlet and of the days that it names, or it is said that nothing there answers."""

from dataclasses import replace
from datetime import date

import pytest

from bot.answering.questions.constraints import NamedSource, is_of_other_days, named_source
from retrieval.index.store import Store
from retrieval.search.question_analysis import analyse_question
from tests.support.newsroom import FERRY, TOLL

SAID = "What did Brandt say about the toll?"


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("What did Brandt say about the toll, according to the Gazette?", NamedSource("Quay Gazette", SAID, True)),
        ("What did Brandt say about the toll in the Quay Gazette?", NamedSource("Quay Gazette", SAID, True)),
        ("According to Northern Tide, who won?", NamedSource("Northern Tide", "Who won?", True)),
        ("According to the Courier, who won?", NamedSource("the Courier", "Who won?", False)),
        ("What did Brandt say about the toll in the Ledger?", NamedSource("the Ledger", SAID, False)),
        ("Who won in the Netherlands?", NamedSource("the Netherlands", "Who won in the Netherlands?", False)),
        ("How much do lorries pay according to Okoro?", None),
        ("What was said in the council?", None),
        (SAID, None),
    ],
)
def test_an_outlet_is_a_source_and_so_is_a_name_that_no_article_has(
    question: str, source: NamedSource | None, newsroom: Store
) -> None:
    assert named_source(question, newsroom.catalog, newsroom.bm25) == source


@pytest.mark.parametrize(
    ("question", "others"),
    [
        ("Who steered the ferry on 20 April 2025?", False),
        ("Who steered the ferry on 18 April 2025?", False),
        ("Who steered the ferry on 21 April 2025?", True),
        ("Who steered the ferry since May 2025?", True),
        ("Who steered the ferry in 1998?", False),
        ("Who steered the ferry in 1999?", True),
        ("Who steered the ferry yesterday?", True),
        ("Who steered the ferry?", False),
    ],
)
def test_articles_are_of_other_days_unless_published_then_or_soon_after_or_telling_of_them(
    question: str, others: bool, newsroom: Store
) -> None:
    parsed = analyse_question(question, newsroom.bm25, today=date(2026, 7, 1))
    assert is_of_other_days(parsed, [FERRY]) == others
    assert not is_of_other_days(parsed, [FERRY, replace(TOLL, published=parsed.since or "2026-06-30")])
