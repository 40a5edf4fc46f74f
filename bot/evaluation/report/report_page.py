"""A report as one page of HTML that needs nothing else: no script, no font, no picture from anywhere."""

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from datetime import datetime

from bot.evaluation.failure_cause import CAUSES, FailureCause
from bot.evaluation.measure import QuestionResult
from bot.evaluation.measured_index import MeasuredIndex
from bot.evaluation.metrics import TOLD, EvaluationMetrics, evaluation_metrics
from bot.evaluation.report.failure_section import failure
from bot.evaluation.report.histogram import duration
from bot.evaluation.report.html_text import counted, filled, percent, read, shown, table
from bot.evaluation.report.result_charts import hits, statuses, times
from bot.formatting import ago, day

EXTRACT = "extract"  # who answers where no model writes


def page(scope: MeasuredIndex, results: Sequence[QuestionResult]) -> str:
    """The whole report."""
    figures, failed = evaluation_metrics(results), [result for result in results if result.cause]
    drawn = "".join(draw(figures) for draw in (statuses, hits, times)) if results else "<p>There are none.</p>"
    return filled(
        "page.html",
        style=read("style.css"),
        file=shown(scope.file),
        verdict=_verdict(figures),
        tiles="".join(f"<div><dt>{name}</dt><dd>{figure}</dd></div>" for name, figure in _tiles(figures)),
        facts="".join(f"<div><dt>{name}</dt><dd>{shown(fact)}</dd></div>" for name, fact in _facts(scope, figures)),
        refused=_refused(scope),
        causes=_causes(failed),
        figures=drawn,
        failed=_groups(failed),
    )


def _verdict(figures: EvaluationMetrics) -> str:
    if not figures.questions:
        return "No question was asked"
    return f"{figures.right} of {counted(figures.questions, 'question')} answered rightly"


def _tiles(figures: EvaluationMetrics) -> Iterator[tuple[str, str]]:
    if figures.hits:
        yield from ((f"hit@{depth}", percent(figures.hits[depth - 1])) for depth in TOLD)
        yield "MRR@10", f"{figures.mrr:.2f}"
    if figures.questions:
        yield "median time", duration(figures.median)
        yield "95th percentile", duration(figures.slow)


def _facts(scope: MeasuredIndex, figures: EvaluationMetrics) -> Iterator[tuple[str, str]]:
    measured = datetime.fromisoformat(scope.measured_at)
    yield "File", scope.file
    yield "Questions", f"{figures.questions}, of which {figures.named} name an article"
    yield "Articles", f"{scope.articles} in {counted(scope.passages, 'passage')}, {scope.embedded} % embedded"
    if scope.indexed_at:
        yield "Index", f"updated {ago(scope.indexed_at, measured)}"
    yield "Embedding model", scope.embedding or "none yet"
    yield "Answers in", ", ".join(_words(name) for name in scope.answered_by) or "nobody's words"
    yield "OnRecord", scope.version
    yield "Measured", f"{day(scope.measured_at)}, {measured:%H:%M} UTC"


def _words(answered_by: str) -> str:
    return "the articles' own sentences" if answered_by == EXTRACT else f"the words of {answered_by}"


def _refused(scope: MeasuredIndex) -> str:
    if not scope.refused:
        return ""
    left_out = "".join(f'<li dir="auto">{shown(reason)}</li>' for reason in scope.refused)
    return f"<h3>{counted(len(scope.refused), 'line')} left out</h3><ul>{left_out}</ul>"


def _causes(failed: Sequence[QuestionResult]) -> str:
    counts = Counter(result.cause for result in failed)
    rows = [
        (f'<a href="#{_anchor(cause)}">{shown(cause.name.capitalize())}</a>', str(counts[cause]))
        for cause in _in_order(counts)
    ]
    return table("Why questions failed", ("Why", "Questions"), rows) if rows else "<p>No question failed.</p>"


def _groups(failed: Sequence[QuestionResult]) -> str:
    """All failed questions by what they failed of."""
    return "".join(
        filled(
            "cause.html",
            anchor=_anchor(cause),
            name=shown(cause.name.capitalize()),
            advice=shown(cause.advice),
            failed="".join(failure(result) for result in failed if result.cause == cause),
        )
        for cause in _in_order({result.cause for result in failed})
    )


def _in_order(causes: Container[FailureCause | None]) -> list[FailureCause]:
    return [cause for cause in CAUSES if cause in causes]


def _anchor(cause: FailureCause) -> str:
    return f"cause-{CAUSES.index(cause) + 1}"
