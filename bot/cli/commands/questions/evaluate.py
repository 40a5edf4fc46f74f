"""eval: whether a publisher's own questions are answered from its articles."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.app.build import App, open_app
from bot.cli.commands.questions.preparation import prepare
from bot.cli.commands.questions.question_file import numbered_lines, parse_question
from bot.cli.exit_code import ExitCode
from bot.cli.options import Hits, Json, data_option
from bot.cli.output import terminal
from bot.cli.output.terminal_style import wrap
from bot.evaluation.evaluation_metrics import evaluation_metrics, metrics_table
from bot.evaluation.expectation import Expectation, parse_expectation
from bot.evaluation.failure_cause import CAUSES
from bot.evaluation.measured_index import MeasuredIndex, measured_index
from bot.evaluation.question_result import QuestionResult, evaluate_question
from bot.evaluation.report.report_page import render_report
from bot.formatting import format_age, printable
from retrieval.errors import UsageError


def evaluate(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="File of questions, one JSON object per line.")],
    as_json: Json = False,
    k: Hits = 10,
    html: Annotated[Path | None, typer.Option(help="File for a report with charts and all failed questions.")] = None,
) -> ExitCode:
    """Show how many questions find and cite a right article, and those that do not.

    Lines that cannot be read are named and left out, and then the exit code is 2. Raises UsageError.
    """
    expectations, refused = _read_expectations(file)
    if html:
        _check_report(html, file)
    with open_app(data=data_option(context)) as app:
        prepare(app, quiet=False)
        results = _evaluate_all(app, expectations, k, quiet=as_json)
        index = measured_index(app.store.catalog, file.name, refused, results)
    if as_json:
        terminal.write_json(metrics_table(evaluation_metrics(results)))
    else:
        _show(index, results)
    if html:
        _write_report(html, render_report(index, results))
    return ExitCode.USAGE if refused else ExitCode.OK


def _read_expectations(file: Path) -> tuple[list[Expectation], list[str]]:
    """What the lines expect, and the errors of those that are left out."""
    expectations, refused = list[Expectation](), list[str]()
    for number, line in numbered_lines(file):
        place = f"{file.name}:{number}"
        try:
            expectations.append(parse_expectation(place, number, parse_question(place, line)))
        except UsageError as exc:
            terminal.warn(printable(str(exc)))
            refused.append(str(exc))
    return expectations, refused


def _evaluate_all(app: App, expectations: Sequence[Expectation], k: int, *, quiet: bool) -> list[QuestionResult]:
    if not expectations:
        return []
    app.conversation.warm()
    app.search(expectations[0].question)  # loads what the first question needs, so that its time is not measured
    results = list[QuestionResult]()
    with terminal.progress(quiet=quiet) as report:
        for expectation in expectations:
            results.append(_evaluate(app, expectation, k))
            report("asking", len(results), len(expectations))
    return results


def _evaluate(app: App, expectation: Expectation, k: int) -> QuestionResult:
    return evaluate_question(
        expectation, k, conversation=app.conversation, search=app.search, catalog=app.store.catalog
    )


def _show(index: MeasuredIndex, results: Sequence[QuestionResult]) -> None:
    indexed = f", index updated {format_age(index.indexed_at)}" if index.indexed_at else ""
    terminal.write(f"{index.articles} articles, {index.passages} passages{indexed}\n")
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


def _check_report(html: Path, file: Path) -> None:
    """Refuse, before a question is asked, a report that cannot be written. Raises UsageError."""
    if html.exists() and html.samefile(file):
        raise UsageError(f"{html} holds the questions; name another file for the report.")
    if html.is_dir() or not html.parent.is_dir():
        raise UsageError(f"{html} cannot be written: name a file in a folder that exists.")


def _write_report(html: Path, text: str) -> None:
    try:
        html.write_text(text, "utf-8", errors="replace")  # the name of a file may be no valid text
    except OSError as exc:
        raise UsageError(f"{html} cannot be written: {exc}.") from exc
