"""What many results come to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from bot.answering.messages import Status
from bot.evaluation.failure_cause import FIRST
from bot.evaluation.measure import QuestionResult

TOLD = (1, 5, 10)  # the depths that a table shows of hit@1 to hit@10
MEDIAN, SLOW = 0.5, 0.95


@dataclass(frozen=True, slots=True)
class EvaluationMetrics:
    """Shares are from 0 to 1, times in milliseconds; all are 0 where there are no questions.

    `hits` is hit@1 to hit@10 and `mrr` MRR@10, both by passages, of the `named` questions that name an article.
    """

    questions: int
    named: int
    right: int
    hits: tuple[float, ...]
    mrr: float
    shares: dict[Status, float]
    times: tuple[float, ...]  # of each answer, as asked

    @property
    def median(self) -> float:
        return percentile(self.times, MEDIAN)

    @property
    def slow(self) -> float:
        return percentile(self.times, SLOW)


def evaluation_metrics(results: Sequence[QuestionResult]) -> EvaluationMetrics:
    """The figures of all results."""
    ranks = [result.rank for result in results if result.expectation.articles]
    statuses = [result.answer.status for result in results]
    depths = range(1, FIRST + 1) if ranks else ()
    return EvaluationMetrics(
        questions=len(results),
        named=len(ranks),
        right=sum(result.cause is None for result in results),
        hits=tuple(sum(0 < rank <= depth for rank in ranks) / len(ranks) for depth in depths),
        mrr=sum(1 / rank for rank in ranks if 0 < rank <= FIRST) / max(1, len(ranks)),
        shares={status: statuses.count(status) / max(1, len(statuses)) for status in get_args(Status)},
        times=tuple(result.answer.timings_ms["total"] for result in results),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so great a share of all does not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else 0.0


def table(figures: EvaluationMetrics) -> dict[str, float | int]:
    """The figures by their names, as the terminal and JSON show them; what cannot be said is left out."""
    rows: dict[str, float | int] = {"questions": figures.questions}
    if figures.named:
        rows |= {f"hit@{depth}": figures.hits[depth - 1] for depth in TOLD} | {"MRR@10": figures.mrr}
    if figures.questions:
        rows["answered"] = figures.shares["answered"] + figures.shares["partial"]
        rows["answered partly"] = figures.shares["partial"]
        rows["answered rightly"] = figures.right / figures.questions
        rows["declined"] = figures.shares["no_answer"]
        rows |= {"p50 ms": round(figures.median), "p95 ms": round(figures.slow)}
    return rows
