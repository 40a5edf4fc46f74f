"""Render the report as one self-contained HTML page: no scripts, fonts or images from elsewhere."""

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from datetime import datetime

from bot.evaluation.evaluation_metrics import REPORTED_DEPTHS, EvaluationMetrics, evaluation_metrics
from bot.evaluation.failure_cause import CAUSES, FailureCause
from bot.evaluation.measured_index import MeasuredIndex
from bot.evaluation.question_result import QuestionResult
from bot.evaluation.report.failure_section import failure_section
from bot.evaluation.report.histogram import format_duration
from bot.evaluation.report.html_text import (
    escape_text,
    fill_template,
    format_percent,
    html_table,
    pluralize,
    read_template,
)
from bot.evaluation.report.result_charts import hit_rate_chart, latency_chart, status_chart
from bot.formatting import format_age, format_date

EXTRACTIVE = "extract"  # `answered_by` where no model writes


def render_report(scope: MeasuredIndex, results: Sequence[QuestionResult]) -> str:
    """Render the whole report."""
    metrics, failed = evaluation_metrics(results), [result for result in results if result.cause]
    drawn = (
        "".join(draw(metrics) for draw in (status_chart, hit_rate_chart, latency_chart))
        if results
        else "<p>There are none.</p>"
    )
    return fill_template(
        "page.html",
        style=read_template("style.css"),
        file=escape_text(scope.file),
        verdict=_verdict(metrics),
        tiles="".join(f"<div><dt>{name}</dt><dd>{figure}</dd></div>" for name, figure in _tiles(metrics)),
        facts="".join(
            f"<div><dt>{name}</dt><dd>{escape_text(fact)}</dd></div>" for name, fact in _facts(scope, metrics)
        ),
        refused=_refused(scope),
        causes=_causes(failed),
        figures=drawn,
        failed=_failures_by_cause(failed),
    )


def _verdict(metrics: EvaluationMetrics) -> str:
    if not metrics.questions:
        return "No question was asked"
    return f"{metrics.correct} of {pluralize(metrics.questions, 'question')} answered rightly"


def _tiles(metrics: EvaluationMetrics) -> Iterator[tuple[str, str]]:
    if metrics.hit_rates:
        yield from ((f"hit@{depth}", format_percent(metrics.hit_rates[depth - 1])) for depth in REPORTED_DEPTHS)
        yield "MRR@10", f"{metrics.mrr:.2f}"
    if metrics.questions:
        yield "median time", format_duration(metrics.median_ms)
        yield "95th percentile", format_duration(metrics.p95_ms)


def _facts(scope: MeasuredIndex, metrics: EvaluationMetrics) -> Iterator[tuple[str, str]]:
    measured = datetime.fromisoformat(scope.measured_at)
    yield "File", scope.file
    yield "Questions", f"{metrics.questions}, of which {metrics.with_article} name an article"
    yield "Articles", f"{scope.articles} in {pluralize(scope.passages, 'passage')}, {scope.embedded} % embedded"
    if scope.indexed_at:
        yield "Index", f"updated {format_age(scope.indexed_at, measured)}"
    yield "Embedding model", scope.embedding or "none yet"
    yield "Answers in", ", ".join(_describe_writer(name) for name in scope.answered_by) or "nobody's words"
    yield "OnRecord", scope.version
    yield "Measured", f"{format_date(scope.measured_at)}, {measured:%H:%M} UTC"


def _describe_writer(answered_by: str) -> str:
    return "the articles' own sentences" if answered_by == EXTRACTIVE else f"the words of {answered_by}"


def _refused(scope: MeasuredIndex) -> str:
    if not scope.refused:
        return ""
    left_out = "".join(f'<li dir="auto">{escape_text(reason)}</li>' for reason in scope.refused)
    return f"<h3>{pluralize(len(scope.refused), 'line')} left out</h3><ul>{left_out}</ul>"


def _causes(failed: Sequence[QuestionResult]) -> str:
    counts = Counter(result.cause for result in failed)
    rows = [
        (f'<a href="#{_anchor(cause)}">{escape_text(cause.name.capitalize())}</a>', str(counts[cause]))
        for cause in _in_order(counts)
    ]
    return html_table("Why questions failed", ("Why", "Questions"), rows) if rows else "<p>No question failed.</p>"


def _failures_by_cause(failed: Sequence[QuestionResult]) -> str:
    """Render the failed questions, grouped by cause."""
    return "".join(
        fill_template(
            "cause.html",
            anchor=_anchor(cause),
            name=escape_text(cause.name.capitalize()),
            advice=escape_text(cause.advice),
            failed="".join(failure_section(result) for result in failed if result.cause == cause),
        )
        for cause in _in_order({result.cause for result in failed})
    )


def _in_order(causes: Container[FailureCause | None]) -> list[FailureCause]:
    return [cause for cause in CAUSES if cause in causes]


def _anchor(cause: FailureCause) -> str:
    return f"cause-{CAUSES.index(cause) + 1}"
