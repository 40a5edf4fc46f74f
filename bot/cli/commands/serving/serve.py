"""serve: answer over HTTP."""

from contextlib import closing
from functools import partial
from typing import Annotated

import typer

from bot.app.build import App, open_app
from bot.cli.background import indexing_in_background, watching_in_background
from bot.cli.commands.questions.preparation import prepare
from bot.cli.commands.sources.source_text import show_run
from bot.cli.exit_code import ExitCode
from bot.cli.options import Model, data_option
from bot.cli.output import terminal
from bot.web.app import make_app
from bot.web.middleware.webhook_mount import WebhookApp
from bot.web.server import bind_socket, run_server, server_url


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen on; 0 takes a free one.")] = 8000,
    model: Model = "",
) -> ExitCode:
    """Answer until interrupted. Raises UsageError when the address is taken, and where every caller could ask."""
    with open_app(model, data_option(context)) as app:
        web = make_app(app, host, _telegram_webhook(app))  # refuses before anything that takes long
        with closing(bind_socket(host, port)) as listening:
            prepare(app, quiet=False)
            app.conversation.warm()
            with watching_in_background(app, show_run), indexing_in_background(app.store):
                run_server(web, listening, lambda: terminal.warn(f"listening on {server_url(listening)}"))
    return ExitCode.OK


def _telegram_webhook(app: App) -> WebhookApp | None:
    """The Telegram bot in the same process, where the settings give it a webhook and a token."""
    settings = app.settings
    if not settings.telegram_webhook_url:
        return None
    # A second that a server without a bot need not spend.
    from bot.telegram.logs import log_to_stderr
    from bot.telegram.webhook import has_webhook_secret, run_webhook_bot, webhook_path

    if not (path := webhook_path(app)):
        return None
    log_to_stderr(settings.telegram_bot_token.get_secret_value(), settings.telegram_webhook_secret.get_secret_value())
    return WebhookApp(path, partial(has_webhook_secret, app), partial(run_webhook_bot, app))
