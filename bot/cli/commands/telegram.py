"""telegram: answers readers on Telegram."""

import asyncio

from bot.app.build import open_app
from bot.cli.background import catching_up, watching
from bot.cli.commands.ask import prepare
from bot.cli.commands.sources import say_run
from bot.telegram.app import NO_TOKEN, run
from bot.telegram.logs import log_to_stderr
from retrieval.errors import UsageError

OK = 0


def telegram(model: str) -> int:
    """Answer until interrupted. Raises UsageError without a token."""
    with open_app(model) as app:
        token = app.settings.telegram_bot_token.get_secret_value()
        if not token:
            raise UsageError(NO_TOKEN)
        log_to_stderr(token, app.settings.telegram_webhook_secret.get_secret_value())
        prepare(app, quiet=False)
        app.conversation.warm()
        with watching(app, say_run), catching_up(app.store):
            asyncio.run(run(app))
    return OK
