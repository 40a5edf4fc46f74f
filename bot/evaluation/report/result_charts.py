"""The charts of a report, each with its numbers as a table for readers who cannot see it."""

from bot.answering.messages import Status
from bot.evaluation.evaluation_metrics import REPORTED_DEPTHS, EvaluationMetrics
from bot.evaluation.report import svg_chart
from bot.evaluation.report.histogram import format_duration, histogram, time_unit
from bot.evaluation.report.html_text import format_percent, html_table, pluralize

STATUSES: dict[Status, str] = {
    "answered": "answered",
    "partial": "answered partly",
    "no_answer": "declined",
    "no_question": "no question",
}


def status_chart(metrics: EvaluationMetrics) -> str:
    """Chart the shares of questions that were answered, answered in part, and declined."""
    shares = [(name, metrics.status_shares[status]) for status, name in STATUSES.items()]
    label = ", ".join(f"{format_percent(share)} {name}" for name, share in shares)
    drawing = svg_chart.stacked_bar(list(metrics.status_shares.items()), label=label)
    keys = "".join(
        f'<li><span class="key {status}"></span>{name}: {format_percent(share)}</li>'
        for status, (name, share) in zip(STATUSES, shares, strict=True)
    )
    return _figure("Answered or declined", "", f'{drawing}<ul class="keys">{keys}</ul>')


def hit_rate_chart(metrics: EvaluationMetrics) -> str:
    """Chart the share of questions whose article is found by depth; empty where no question names one."""
    if not metrics.hit_rates:
        return ""
    summary = ", ".join(
        f"{format_percent(metrics.hit_rates[depth - 1])} among the first {depth}" for depth in REPORTED_DEPTHS
    )
    drawing = svg_chart.line_chart(
        metrics.hit_rates, labelled=REPORTED_DEPTHS, axis="first passages looked at", label=f"Article found: {summary}."
    )
    rows = [(f"{depth}", format_percent(share)) for depth, share in enumerate(metrics.hit_rates, 1)]
    numbers = html_table("Questions whose article is found", ("First passages", "Questions"), rows)
    return _figure(
        "Is the right article found?",
        f"hit@k; {pluralize(metrics.with_article, 'question')} with a named article",
        drawing,
        numbers,
    )


def latency_chart(metrics: EvaluationMetrics) -> str:
    """Chart the time that answers took."""
    counts, measure = histogram(metrics.latencies_ms), time_unit(metrics.latencies_ms)
    label = f"Half took at most {format_duration(metrics.median_ms)}, 95 % at most {format_duration(metrics.p95_ms)}."
    drawing = svg_chart.bar_chart(counts, axis=measure, label=label)
    rows = [(f"{bar.start} to {bar.end}", str(bar.count)) for bar in counts]
    numbers = html_table("Questions by time", (measure.capitalize(), "Questions"), rows)
    return _figure("How long did answers take?", label, drawing, numbers)


def _figure(title: str, below: str, drawing: str, numbers: str = "") -> str:
    """Render a chart under its title; the table of numbers is collapsed."""
    facts = f'<p class="facts">{below}</p>' if below else ""
    folded = f"<details><summary>As a table</summary>{numbers}</details>" if numbers else ""
    return f"<figure><figcaption><h3>{title}</h3>{facts}</figcaption>{drawing}{folded}</figure>"
