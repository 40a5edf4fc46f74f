"""serve: answers over HTTP."""

from contextlib import closing
from functools import partial

from bot.app.build import App, open_app
from bot.cli.background import catching_up, watching
from bot.cli.commands.ask import prepare
from bot.cli.commands.sources import say_run
from bot.cli.output import terminal
from bot.web.app import make_app
from bot.web.middleware.webhook_mount import WebhookApp
from bot.web.server import bind_socket, run_server, server_url

OK = 0


def serve(host: str, port: int, model: str) -> int:
    """Answer until interrupted. Raises UsageError when the address is taken, and where anybody could ask."""
    with open_app(model) as app:
        web = make_app(app, host, _bot(app))  # refuses before anything that takes long
        with closing(bind_socket(host, port)) as listening:
            prepare(app, quiet=False)
            app.conversation.warm()
            with watching(app, say_run), catching_up(app.store):
                run_server(web, listening, lambda: terminal.warn(f"listening on {server_url(listening)}"))
    return OK


def _bot(app: App) -> WebhookApp | None:
    """The Telegram bot in the same process, where it has a webhook."""
    settings = app.settings
    if not settings.telegram_webhook_url:
        return None
    from bot.telegram.logs import log_to_stderr
    from bot.telegram.webhook import (  # a second that a server without a bot need not spend
        has_webhook_secret,
        run_webhook_bot,
        webhook_path,
    )

    if not (path := webhook_path(app)):
        return None
    log_to_stderr(settings.telegram_bot_token.get_secret_value(), settings.telegram_webhook_secret.get_secret_value())
    return WebhookApp(path, partial(has_webhook_secret, app), partial(run_webhook_bot, app))
