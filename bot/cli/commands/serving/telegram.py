"""telegram: answer readers on Telegram."""

import asyncio

import typer

from bot.app.build import open_app
from bot.cli.background import indexing_in_background, watching_in_background
from bot.cli.commands.questions.preparation import prepare
from bot.cli.commands.sources.source_text import show_run
from bot.cli.exit_code import ExitCode
from bot.cli.options import Model, data_option
from bot.telegram.app import NO_TOKEN, run_bot
from bot.telegram.logs import log_to_stderr
from retrieval.errors import UsageError


def telegram(context: typer.Context, model: Model = "") -> ExitCode:
    """Answer until interrupted. Raises UsageError without a token."""
    with open_app(model, data_option(context)) as app:
        token = app.settings.telegram_bot_token.get_secret_value()
        if not token:
            raise UsageError(NO_TOKEN)
        log_to_stderr(token, app.settings.telegram_webhook_secret.get_secret_value())
        prepare(app, quiet=False)
        app.conversation.warm()
        with watching_in_background(app, show_run), indexing_in_background(app.store):
            asyncio.run(run_bot(app))
    return ExitCode.OK
