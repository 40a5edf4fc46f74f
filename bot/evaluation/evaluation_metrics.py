"""Aggregate question results into metrics."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from bot.answering.messages import Status
from bot.evaluation.failure_cause import ANSWER_DEPTH
from bot.evaluation.question_result import QuestionResult

REPORTED_DEPTHS = (1, 5, 10)  # of hit@1 to hit@10
MEDIAN, P95 = 0.5, 0.95


@dataclass(frozen=True, slots=True)
class EvaluationMetrics:
    """Shares are from 0 to 1, times in milliseconds; all are 0 where there are no questions.

    `hit_rates` is hit@1 to hit@10 and `mrr` MRR@10, both by passages, of the `with_article` questions that name an
    article.
    """

    questions: int
    with_article: int
    correct: int
    hit_rates: tuple[float, ...]
    mrr: float
    status_shares: dict[Status, float]
    latencies_ms: tuple[float, ...]  # of each answer, in the order of the questions

    @property
    def median_ms(self) -> float:
        return percentile(self.latencies_ms, MEDIAN)

    @property
    def p95_ms(self) -> float:
        return percentile(self.latencies_ms, P95)


def evaluation_metrics(results: Sequence[QuestionResult]) -> EvaluationMetrics:
    """Compute the metrics of all results."""
    ranks = [result.rank for result in results if result.expectation.articles]
    statuses = [result.answer.status for result in results]
    depths = range(1, ANSWER_DEPTH + 1) if ranks else ()
    return EvaluationMetrics(
        questions=len(results),
        with_article=len(ranks),
        correct=sum(result.cause is None for result in results),
        hit_rates=tuple(sum(0 < rank <= depth for rank in ranks) / len(ranks) for depth in depths),
        mrr=sum(1 / rank for rank in ranks if 0 < rank <= ANSWER_DEPTH) / max(1, len(ranks)),
        status_shares={status: statuses.count(status) / max(1, len(statuses)) for status in get_args(Status)},
        latencies_ms=tuple(result.answer.timings_ms["total"] for result in results),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all values do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else 0.0


def metrics_table(metrics: EvaluationMetrics) -> dict[str, float | int]:
    """The metrics by name, as the terminal and JSON show them; those without any question are left out."""
    rows: dict[str, float | int] = {"questions": metrics.questions}
    if metrics.with_article:
        rows |= {f"hit@{depth}": metrics.hit_rates[depth - 1] for depth in REPORTED_DEPTHS} | {"MRR@10": metrics.mrr}
    if metrics.questions:
        rows["answered"] = metrics.status_shares["answered"] + metrics.status_shares["partial"]
        rows["answered partly"] = metrics.status_shares["partial"]
        rows["answered rightly"] = metrics.correct / metrics.questions
        rows["declined"] = metrics.status_shares["no_answer"]
        rows |= {"p50 ms": round(metrics.median_ms), "p95 ms": round(metrics.p95_ms)}
    return rows
