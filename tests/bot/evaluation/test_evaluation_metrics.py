"""Shares and times of many results."""

import pytest

from bot.answering.messages import Answer
from bot.evaluation.evaluation_metrics import evaluation_metrics, percentile
from bot.evaluation.expectation import Expectation
from bot.evaluation.question_result import QuestionResult


def result(rank: int, *, named: bool = True) -> QuestionResult:
    answer = Answer("q", "q", "no_answer", "", timings_ms={"total": 10.0 * rank})
    return QuestionResult(Expectation(1, "q", ("a",) if named else ()), answer, rank, (), None)


def test_hits_grow_with_the_depth_and_a_rank_below_ten_counts_nothing() -> None:
    figures = evaluation_metrics([result(1), result(4), result(11), result(0), result(0, named=False)])
    assert figures.hit_rates == (0.25, 0.25, 0.25, *[0.5] * 7)
    assert figures.mrr == pytest.approx((1 + 1 / 4) / 4)
    assert (figures.questions, figures.with_article, figures.status_shares["no_answer"]) == (5, 4, 1.0)
    assert (figures.median_ms, figures.p95_ms) == (10.0, 110.0)


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.95, 95), (1.0, 100), (0.001, 1)])
def test_a_percentile_is_a_value_that_occurred(share: float, value: int) -> None:
    assert percentile(range(100, 0, -1), share) == value
