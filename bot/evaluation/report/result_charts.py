"""The pictures of a report, each with its numbers as a table for those who cannot see it."""

from bot.answering.messages import Status
from bot.evaluation.metrics import TOLD, EvaluationMetrics
from bot.evaluation.report import svg_chart
from bot.evaluation.report.histogram import duration, histogram, unit
from bot.evaluation.report.html_text import counted, percent, table

STATUSES: dict[Status, str] = {"answered": "answered", "partial": "answered partly", "no_answer": "declined"}


def statuses(figures: EvaluationMetrics) -> str:
    """How many questions were answered, answered in part, declined."""
    shares = [(name, figures.shares[status]) for status, name in STATUSES.items()]
    label = ", ".join(f"{percent(share)} {name}" for name, share in shares)
    drawing = svg_chart.strip(list(figures.shares.items()), label=label)
    keys = "".join(
        f'<li><span class="key {status}"></span>{name}: {percent(share)}</li>'
        for status, (name, share) in zip(STATUSES, shares, strict=True)
    )
    return _figure("Answered or declined", "", f'{drawing}<ul class="keys">{keys}</ul>')


def hits(figures: EvaluationMetrics) -> str:
    """At which rank the expected articles are found; nothing where no question names one."""
    if not figures.hits:
        return ""
    said = ", ".join(f"{percent(figures.hits[depth - 1])} among the first {depth}" for depth in TOLD)
    drawing = svg_chart.line(figures.hits, told=TOLD, axis="first passages looked at", label=f"Article found: {said}.")
    rows = [(f"{depth}", percent(share)) for depth, share in enumerate(figures.hits, 1)]
    numbers = table("Questions whose article is found", ("First passages", "Questions"), rows)
    return _figure(
        "Is the right article found?",
        f"hit@k; {counted(figures.named, 'question')} with a named article",
        drawing,
        numbers,
    )


def times(figures: EvaluationMetrics) -> str:
    """How long the answers took."""
    found, measure = histogram(figures.times), unit(figures.times)
    label = f"Half took at most {duration(figures.median)}, 95 % at most {duration(figures.slow)}."
    drawing = svg_chart.bars(found, axis=measure, label=label)
    rows = [(f"{bar.start} to {bar.end}", str(bar.count)) for bar in found]
    numbers = table("Questions by time", (measure.capitalize(), "Questions"), rows)
    return _figure("How long did answers take?", label, drawing, numbers)


def _figure(title: str, below: str, drawing: str, numbers: str = "") -> str:
    """A picture under its title; the numbers are folded away."""
    facts = f'<p class="facts">{below}</p>' if below else ""
    folded = f"<details><summary>As a table</summary>{numbers}</details>" if numbers else ""
    return f"<figure><figcaption><h3>{title}</h3>{facts}</figcaption>{drawing}{folded}</figure>"
