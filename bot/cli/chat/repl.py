"""Chat in the terminal."""

import sys
from collections.abc import Callable, Iterator
from uuid import uuid4

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import FileHistory

from bot.app.build import App, open_app
from bot.cli.output import terminal
from bot.cli.background import catching_up
from bot.cli.chat.slash_commands import COMMANDS, ChatSession
from bot.cli.commands.ask import prepare
from retrieval.catalog.filters import Filters
from retrieval.errors import OnRecordError

WELCOME = "Answers come from the articles only. Ask a question, or type /help."
PROMPT = "› "


def run(filters: Filters, model: str = "") -> int:
    """Ask and answer until Ctrl-D or /quit."""
    with open_app(model) as app:
        prepare(app, quiet=False, samples=True)
        app.conversation.warm()
        session = ChatSession(app, f"terminal/{uuid4().hex}", filters)
        with catching_up(app.store):
            if sys.stdin.isatty():
                terminal.say(WELCOME)
            for line in _lines(app):
                if not _respond(session, line):
                    break
    return 0


def _respond(session: ChatSession, line: str) -> bool:
    """Answer one line; False when it asks to leave. Ctrl-C stops the answer, not the chat."""
    try:
        if line.startswith("/"):
            return _command(session, line)
        terminal.say("")
        session.ask(line)
        terminal.say("")
    except OnRecordError as exc:
        terminal.warn(str(exc))
    except KeyboardInterrupt:
        terminal.warn("stopped.")
    except Exception as exc:  # one question that goes wrong must not end the chat
        terminal.warn(f"unexpected {type(exc).__name__}: {exc}")
    return True


def _command(session: ChatSession, line: str) -> bool:
    name, _, rest = line.partition(" ")
    if name in ("/quit", "/exit"):
        return False
    command: Callable[[ChatSession, str], str] | None = COMMANDS.get(name)
    if command is None:
        terminal.warn(f"there is no {name}; /help lists what there is.")
    else:
        terminal.say(command(session, rest.strip()))
    return True


def _lines(app: App) -> Iterator[str]:
    """What is typed, one question at a time; a pasted line break stays inside its question."""
    if not sys.stdin.isatty():
        yield from (line.strip() for line in sys.stdin if line.strip())
        return
    prompt: PromptSession[str] = PromptSession(
        history=FileHistory(str(app.settings.data / "typed")),
        completer=WordCompleter([*COMMANDS, "/quit"], sentence=True),
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
