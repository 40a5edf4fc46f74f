"""Tokens are counted by day and model, by all processes of one index."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.models.token_ledger import TokenLedger, TokenUsage
from retrieval.catalog.database.records import Place
from retrieval.errors import IndexUnavailable


def test_what_several_processes_spend_is_summed_by_model(place: Place) -> None:
    ledgers = [TokenLedger(place) for _ in range(3)]
    with ThreadPoolExecutor(8) as pool:
        for number in range(60):
            pool.submit(ledgers[number % 3].add, "ab"[number % 2], TokenUsage(number, 1))
    today = ledgers[0].usage_today()
    assert today["a"] + today["b"] == TokenUsage(sum(range(60)), 60) and not ledgers[0].is_exhausted()


@pytest.mark.parametrize(("budget", "spent"), [(0, False), (10, True), (11, False)])
def test_a_budget_is_spent_when_it_is_reached(place: Place, budget: int, spent: bool) -> None:
    ledger = TokenLedger(place, budget)
    assert not ledger.is_exhausted()
    ledger.add("a", TokenUsage(7, 3))
    assert ledger.is_exhausted() == spent


def test_counts_that_cannot_be_opened_are_named(tmp_path: Path) -> None:
    (tmp_path / "spent.db").write_text("no database at all, " * 100)
    with pytest.raises(IndexUnavailable, match=r"spent\.db cannot be opened"):
        TokenLedger(tmp_path / "spent.db")
