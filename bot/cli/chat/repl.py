"""chat: ask one question after another in the terminal."""

import sys
from collections.abc import Callable, Iterator
from uuid import uuid4

import typer
from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import FileHistory

from bot.app.build import App, open_app
from bot.cli.background import indexing_in_background
from bot.cli.chat.slash_commands import SLASH_COMMANDS, ChatSession
from bot.cli.commands.questions.preparation import prepare
from bot.cli.exit_code import ExitCode
from bot.cli.options import Author, Model, Outlet, Since, Speaker, Until, data_option
from bot.cli.output import terminal
from retrieval.catalog.filters import parse_filters
from retrieval.errors import OnRecordError

WELCOME = "Answers come from the articles only. Ask a question, or type /help."
PROMPT = "› "
LEAVING = ("exit", "quit")  # typed as in other programs, without the slash


def chat(
    context: typer.Context,
    since: Since = "",
    until: Until = "",
    outlet: Outlet = "",
    author: Author = "",
    speaker: Speaker = "",
    model: Model = "",
) -> ExitCode:
    """Answer until Ctrl-D or /quit."""
    filters = parse_filters(since=since, until=until, outlet=outlet, author=author, speaker=speaker)
    with open_app(model, data_option(context)) as app:
        prepare(app, quiet=False, samples=True)
        app.conversation.warm()
        session = ChatSession(app, f"terminal/{uuid4().hex}", filters)
        with indexing_in_background(app.store):
            if sys.stdin.isatty():
                terminal.write(WELCOME)
            for line in _lines(app):
                if not _respond(session, line):
                    break
    return ExitCode.OK


def _respond(session: ChatSession, line: str) -> bool:
    """Answer one line; False when it ends the chat. Ctrl-C stops the answer, not the chat."""
    try:
        if line.startswith("/"):
            return _command(session, line)
        terminal.write("")
        session.ask(line)
        terminal.write("")
        return line.casefold() not in LEAVING
    except OnRecordError as exc:
        terminal.warn(str(exc))
    except KeyboardInterrupt:
        terminal.warn("stopped.")
    except Exception as exc:  # an error in one question must not end the chat
        terminal.warn(f"unexpected {type(exc).__name__}: {exc}")
    return True


def _command(session: ChatSession, line: str) -> bool:
    name, _, rest = line.partition(" ")
    if name in ("/quit", "/exit"):
        return False
    command: Callable[[ChatSession, str], str] | None = SLASH_COMMANDS.get(name)
    if command is None:
        terminal.warn(f"there is no {name}; /help lists what there is.")
    else:
        terminal.write(command(session, rest.strip()))
    return True


def _lines(app: App) -> Iterator[str]:
    """What is typed, line by line; line breaks in pasted text become spaces, so that it stays one question."""
    if not sys.stdin.isatty():
        yield from (line.strip() for line in sys.stdin if line.strip())
        return
    prompt: PromptSession[str] = PromptSession(
        history=FileHistory(str(app.settings.data / "typed")),
        completer=WordCompleter([*SLASH_COMMANDS, "/quit"], sentence=True),
        auto_suggest=AutoSuggestFromHistory(),
        complete_while_typing=False,
    )
    while True:
        try:
            line = " ".join(prompt.prompt(PROMPT).split())
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        if line:
            yield line
