"""telegram: answer readers on Telegram."""

import asyncio
import signal
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING

import typer

from bot.cli.commands.serving.termination import Termination
from bot.cli.exit_code import ExitCode
from bot.cli.options import Model, data_option

if TYPE_CHECKING:
    from bot.app.build import App


def telegram(context: typer.Context, model: Model = "") -> ExitCode:
    """Answer until interrupted. Raises UsageError without a token."""
    with Termination() as termination:  # before the imports, which take seconds
        from bot.app.build import open_app

        with open_app(model, data_option(context)) as app:
            _answer(app, termination)
    return termination.code


def _answer(app: "App", termination: Termination) -> None:
    from bot.cli.background import indexing_in_background, watching_in_background
    from bot.cli.commands.questions.preparation import prepare
    from bot.cli.commands.sources.source_text import show_run
    from bot.telegram.app import NO_TOKEN
    from bot.telegram.logs import log_to_stderr
    from retrieval.errors import UsageError

    token = app.settings.telegram_bot_token.get_secret_value()
    if not token:
        raise UsageError(NO_TOKEN)
    log_to_stderr(token, app.settings.telegram_webhook_secret.get_secret_value())
    prepare(app, quiet=False)
    app.conversation.warm()
    with watching_in_background(app, show_run), indexing_in_background(app.store), suppress(asyncio.CancelledError):
        asyncio.run(_run_until_signal(app, termination))


async def _run_until_signal(app: "App", termination: Termination) -> None:
    """Run the bot; a signal cancels it wherever it is. Raises CancelledError."""
    from bot.telegram.app import run_bot

    running, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert running is not None, "coroutines run in tasks"

    def cancel(number: int, frame: FrameType | None) -> None:
        termination.begin(number)
        if not loop.is_closed():
            loop.call_soon_threadsafe(running.cancel)

    for number in (signal.SIGINT, signal.SIGTERM):
        # Not the loop's own handlers, which would take the file from which the termination learns of signals.
        signal.signal(number, cancel)
    await run_bot(app)
