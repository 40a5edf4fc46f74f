"""serve: answers over HTTP."""

from typing import TYPE_CHECKING

import uvicorn

from bot.build import App, open_app
from bot.commands.ask import prepare
from bot.web.app import make_app

if TYPE_CHECKING:
    from fastapi import FastAPI

OK = 0


def serve(host: str, port: int, model: str) -> int:
    """Answer until interrupted."""
    with open_app(model) as app:
        prepare(app, quiet=False)
        web = make_app(app)
        if app.settings.telegram_webhook:
            _join_bot(web, app)
        uvicorn.run(web, host=host, port=port, log_level="warning")
    return OK


def _join_bot(web: "FastAPI", app: App) -> None:
    """The Telegram bot in the same process, where it has a webhook."""
    from bot.telegram.hosted import is_wanted, join  # a second that a server without a bot need not spend
    from bot.telegram.logs import log_to_stderr

    if is_wanted(app):
        log_to_stderr(
            app.settings.telegram_bot_token.get_secret_value(), app.settings.telegram_secret.get_secret_value()
        )
        join(web, app)
