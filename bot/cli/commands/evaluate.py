"""eval: whether a publisher's own questions are answered from its articles."""

from collections.abc import Sequence
from pathlib import Path

from bot.app.build import App, open_app
from bot.cli.commands.ask import lines, prepare, row_of
from bot.cli.output import terminal
from bot.cli.output.terminal_style import wrap
from bot.evaluation.expectation import Expectation, parse_expectation
from bot.evaluation.failure_cause import CAUSES
from bot.evaluation.measured_index import MeasuredIndex, measured_index
from bot.evaluation.metrics import evaluation_metrics, metrics_table
from bot.evaluation.question_result import QuestionResult, evaluate_question
from bot.evaluation.report.report_page import render_report
from bot.formatting import format_age, printable
from retrieval.errors import UsageError

OK, LEFT_OUT = 0, 2


def evaluate(file: Path, k: int, *, as_json: bool, html: Path | None = None) -> int:
    """A table of how many questions find and cite a right article, and those that do not; `html` is a report to write.

    Lines that cannot be read are named and left out, and then the exit code is 2. Raises UsageError.
    """
    expectations, refused = _read(file)
    if html:
        _check(html, file)
    with open_app() as app:
        prepare(app, quiet=False)
        results = _ask(app, expectations, k, quiet=as_json)
        scope = measured_index(app.store.catalog, file.name, refused, results)
    if as_json:
        terminal.write_json(metrics_table(evaluation_metrics(results)))
    else:
        _show(scope, results)
    if html:
        _write(html, render_report(scope, results))
    return LEFT_OUT if refused else OK


def _read(file: Path) -> tuple[list[Expectation], list[str]]:
    """What the lines expect, and what is wrong with those that are left out."""
    expectations, refused = list[Expectation](), list[str]()
    for number, line in lines(file):
        place = f"{file.name}:{number}"
        try:
            expectations.append(parse_expectation(place, number, row_of(place, line)))
        except UsageError as exc:
            terminal.warn(printable(str(exc)))
            refused.append(str(exc))
    return expectations, refused


def _ask(app: App, expectations: Sequence[Expectation], k: int, *, quiet: bool) -> list[QuestionResult]:
    if not expectations:
        return []
    app.conversation.warm()
    app.search(expectations[0].question)  # what the first question loads is no part of how long it takes
    results = list[QuestionResult]()
    with terminal.progress(quiet=quiet) as report:
        for item in expectations:
            results.append(_evaluate(app, item, k))
            report("asking", len(results), len(expectations))
    return results


def _evaluate(app: App, expectation: Expectation, k: int) -> QuestionResult:
    return evaluate_question(
        expectation, k, conversation=app.conversation, search=app.search, catalog=app.store.catalog
    )


def _show(scope: MeasuredIndex, results: Sequence[QuestionResult]) -> None:
    indexed = f", index updated {format_age(scope.indexed_at)}" if scope.indexed_at else ""
    terminal.write(f"{scope.articles} articles, {scope.passages} passages{indexed}\n")
    for name, figure in metrics_table(evaluation_metrics(results)).items():
        terminal.write(f"{name:<20} {figure:>8.3f}" if isinstance(figure, float) else f"{name:<20} {figure:>8}")
    style = terminal.stdout_style()
    for cause in CAUSES:
        failed = [result for result in results if result.cause == cause]
        if failed:
            terminal.write(f"\n{style.bold(cause.name.capitalize())}\n{wrap(cause.advice, style)}")
        for result in failed:
            line, rank, question = result.expectation.line, result.rank or "-", result.expectation.question
            terminal.write(printable(f"  line {line}, rank {rank}: {question}"))


def _check(html: Path, file: Path) -> None:
    """Before anything is asked. Raises UsageError where no report can be written there."""
    if html.exists() and html.samefile(file):
        raise UsageError(f"{html} holds the questions; name another file for the report.")
    if html.is_dir() or not html.parent.is_dir():
        raise UsageError(f"{html} cannot be written: name a file in a folder that exists.")


def _write(html: Path, text: str) -> None:
    try:
        html.write_text(text, "utf-8", errors="replace")  # a file's name may be no text
    except OSError as exc:
        raise UsageError(f"{html} cannot be written: {exc}.") from exc
