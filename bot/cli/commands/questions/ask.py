"""ask: answer one question, or each of a file."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.answering.messages import answer_as_dict, validate_question
from bot.app.build import App, open_app
from bot.cli.commands.questions.preparation import prepare
from bot.cli.commands.questions.question_file import read_questions
from bot.cli.exit_code import ExitCode
from bot.cli.options import Author, From, Hits, Json, Model, Outlet, Quiet, Since, Speaker, Until, data_option
from bot.cli.output import terminal
from bot.cli.output.streaming_output import show_stream
from retrieval.catalog.filters import Filters, parse_filters
from retrieval.errors import UsageError
from retrieval.text.dates import parse_day


def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="The question; - reads it from stdin.")] = "",
    as_json: Json = False,
    quiet: Quiet = False,
    since: Since = "",
    until: Until = "",
    outlet: Outlet = "",
    author: Author = "",
    speaker: Speaker = "",
    k: Hits = 10,
    questions: From = None,
    model: Model = "",
) -> ExitCode:
    """Exit code 3 when the articles do not say, except for a file of questions. Raises UsageError, IndexUnavailable."""
    filters = parse_filters(since=since, until=until, outlet=outlet, author=author, speaker=speaker)
    data = data_option(context)
    if questions is not None:
        _answer_file(questions, filters, k, model=model, quiet=quiet, data=data)
        return ExitCode.OK
    text = _read_stdin() if question == "-" else question
    validate_question(text)
    with open_app(model, data) as app:
        prepare(app, quiet=quiet, samples=True)
        status = _answer(app, text, filters, k, as_json=as_json, quiet=quiet)
    return ExitCode.NO_ANSWER if status == "no_answer" else ExitCode.OK


def _answer(app: App, question: str, filters: Filters, k: int, *, as_json: bool, quiet: bool) -> str:
    """Show the answer; its status."""
    if as_json:
        answer = app.conversation.ask(question, filters=filters, k=k)
        terminal.write_json(answer_as_dict(answer))
    else:
        answer = show_stream(app.conversation.stream(question, filters=filters, k=k), quiet=quiet).answer
    return answer.status


def _answer_file(file: Path, filters: Filters, k: int, *, model: str, quiet: bool, data: Path | None) -> None:
    """One JSON answer per line, with the `id` of the question's line; its `date` is the day the question is asked."""
    rows = read_questions(file)
    with open_app(model, data) as app:
        prepare(app, quiet=quiet, samples=True)
        for row in rows:
            answer = app.conversation.ask(row["question"], filters=filters, k=k, today=parse_day(row.get("date")))
            terminal.write_json({"id": row.get("id")} | answer_as_dict(answer))


def _read_stdin() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as exc:
        raise UsageError("The question on standard input is not UTF-8 text.") from exc
