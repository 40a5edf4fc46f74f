"""The command `onrecord`: answers about a body of articles, with what the articles say."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.keys_app import keys
from bot.cli.options import Author, From, Hits, Json, Model, Outlet, Quiet, Since, Speaker, Until
from retrieval.errors import ModelError, OnRecordError, SourceError, UsageError, VectorsUnavailable

# Heavy imports stand inside the commands, so that `--help` answers at once.

EXIT_UNEXPECTED, EXIT_USAGE, EXIT_NO_ANSWER, EXIT_MODEL, EXIT_SOURCE = 1, 2, 3, 4, 5

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
app.add_typer(keys, name="keys")


@app.callback()
def choose_data(
    data: Annotated[
        Path | None, typer.Option(help="Folder of the index (default: ONRECORD_DATA or .onrecord).")
    ] = None,
) -> None:
    if data is not None:
        os.environ["ONRECORD_DATA"] = str(data)


@app.command()
def add(
    sources: list[str],
    every: Annotated[
        float, typer.Option(min=0, max=527_040, help="Minutes between two looks at an address; 0: as fits it.")
    ] = 0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Add articles: files (.txt .md .html .pdf .jsonl), folders, globs, or addresses of pages, feeds and sites."""
    from bot.cli.commands.articles import add_sources

    raise typer.Exit(add_sources(sources, every=every, as_json=as_json, quiet=quiet))


@app.command()
def ask(
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
) -> None:
    """Answer a question with what the articles say; exit code 3 when they do not."""
    from bot.cli.commands.ask import ask_many, ask_one
    from retrieval.catalog.filters import parse_filters

    filters = parse_filters(since=since, until=until, outlet=outlet, author=author, speaker=speaker)
    if questions is not None:
        raise typer.Exit(ask_many(questions, filters, k, model=model, quiet=quiet))
    text = _from_stdin() if question == "-" else question
    raise typer.Exit(ask_one(text, filters, k, model=model, as_json=as_json, quiet=quiet))


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="Words or a question.")] = "",
    as_json: Json = False,
    quiet: Quiet = False,
    since: Since = "",
    until: Until = "",
    outlet: Outlet = "",
    author: Author = "",
    k: Hits = 10,
    questions: From = None,
) -> None:
    """Show the passages found for a query, best first."""
    from bot.cli.commands.ask import search_many, search_one
    from retrieval.catalog.filters import parse_filters

    filters = parse_filters(since=since, until=until, outlet=outlet, author=author)
    if questions is not None:
        raise typer.Exit(search_many(questions, filters, k, quiet=quiet))
    raise typer.Exit(search_one(query, filters, k, as_json=as_json, quiet=quiet))


@app.command()
def quotes(
    speaker: Annotated[str, typer.Argument(help="Whose words; without a name, who is on record.")] = "",
    about: Annotated[str, typer.Option(help="Only words on this topic, best first.")] = "",
    as_json: Json = False,
    quiet: Quiet = False,
    since: Since = "",
    until: Until = "",
    outlet: Outlet = "",
    author: Author = "",
    k: Annotated[int, typer.Option("-k", min=1, max=100_000, help="How many quotes to show.")] = 20,
) -> None:
    """Show who is on record, and with what words; exit code 3 when nobody is."""
    from bot.cli.commands.quotes import show_quotes
    from retrieval.catalog.filters import parse_filters

    filters = parse_filters(since=since, until=until, outlet=outlet, author=author)
    raise typer.Exit(show_quotes(speaker.strip(), about.strip(), filters, k, as_json=as_json, quiet=quiet))


@app.command()
def chat(
    since: Since = "",
    until: Until = "",
    outlet: Outlet = "",
    author: Author = "",
    speaker: Speaker = "",
    model: Model = "",
) -> None:
    """Ask question after question; /help lists what else can be typed."""
    from bot.cli.chat.repl import run
    from retrieval.catalog.filters import parse_filters

    raise typer.Exit(run(parse_filters(since=since, until=until, outlet=outlet, author=author, speaker=speaker), model))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535)] = 8000,
    model: Model = "",
) -> None:
    """Answer over HTTP, for web pages and for OpenAI's clients."""
    from bot.cli.commands.serve import serve as run

    raise typer.Exit(run(host, port, model))


@app.command()
def sources(as_json: Json = False) -> None:
    """List the sources on the web, and when each was last read."""
    from bot.cli.commands.sources import list_sources

    raise typer.Exit(list_sources(as_json=as_json))


@app.command()
def watch() -> None:
    """Keep the articles of all sources on the web current, until interrupted."""
    from bot.cli.commands.sources import watch_sources

    raise typer.Exit(watch_sources())


@app.command()
def telegram(model: Model = "") -> None:
    """Answer readers on Telegram; docs/telegram.md says how to set it up."""
    from bot.cli.commands.telegram import telegram as run

    raise typer.Exit(run(model))


@app.command()
def articles(as_json: Json = False) -> None:
    """List the articles, newest first."""
    from bot.cli.commands.articles import list_articles

    raise typer.Exit(list_articles(as_json=as_json))


@app.command()
def show(
    article: str,
    as_json: Json = False,
    versions: Annotated[bool, typer.Option("--versions", help="All its versions, and what each one changed.")] = False,
) -> None:
    """Show one article with its stored text."""
    from bot.cli.commands.articles import show_article, show_versions

    raise typer.Exit(show_versions(article, as_json=as_json) if versions else show_article(article, as_json=as_json))


@app.command()
def remove(article: Annotated[list[str], typer.Argument()], quiet: Quiet = False) -> None:
    """Withdraw articles: they leave the catalog and both indexes; or stop watching a source, by its address."""
    from bot.cli.commands.articles import remove_articles

    raise typer.Exit(remove_articles(article, quiet=quiet))


@app.command()
def status(as_json: Json = False) -> None:
    """What the index holds, how fresh it is, who is writing it."""
    from bot.cli.commands.status import show_status

    raise typer.Exit(show_status(as_json=as_json))


@app.command()
def reindex(quiet: Quiet = False) -> None:
    """Build both indexes anew from the catalog; known vectors are not computed again."""
    from bot.cli.commands.articles import reindex_all

    raise typer.Exit(reindex_all(quiet=quiet))


@app.command()
def eval(
    file: Path,
    as_json: Json = False,
    k: Hits = 10,
    html: Annotated[Path | None, typer.Option(help="File for a report with pictures and all failed questions.")] = None,
) -> None:
    """Measure on your own questions: JSON lines with `question` and `article` (id or URL) or `answer`."""
    from bot.cli.commands.evaluate import evaluate

    raise typer.Exit(evaluate(file, k, as_json=as_json, html=html))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command, of the process's arguments by default; errors become one sentence on stderr and an exit code.

    Always ends with SystemExit.
    """
    try:
        app(arguments)
    except OnRecordError as exc:
        sys.exit(_fail(str(exc), _exit_code(exc)))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_UNEXPECTED)
    except Exception as exc:
        if os.environ.get("ONRECORD_DEBUG"):
            raise
        sys.exit(_fail(f"unexpected {type(exc).__name__}: {exc} (ONRECORD_DEBUG=1 shows where).", EXIT_UNEXPECTED))


def _from_stdin() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as exc:
        raise UsageError("The question on standard input is not UTF-8 text.") from exc


def _exit_code(error: OnRecordError) -> int:
    if isinstance(error, ModelError | VectorsUnavailable):
        return EXIT_MODEL
    return EXIT_SOURCE if isinstance(error, SourceError) else EXIT_USAGE


def _fail(sentence: str, code: int) -> int:
    print(f"onrecord: {sentence}", file=sys.stderr)
    return code
