"""serve: answer over HTTP."""

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.commands.serving.termination import Termination
from bot.cli.exit_code import ExitCode
from bot.cli.options import Model, data_option

if TYPE_CHECKING:
    from bot.app.build import App
    from bot.web.middleware.webhook_mount import WebhookApp


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen on; 0 takes a free one.")] = 8000,
    model: Model = "",
) -> ExitCode:
    """Answer until interrupted. Raises UsageError when the address is taken, and where every caller could ask."""
    with Termination() as termination:  # before the imports, which take seconds
        from bot.app.build import open_app

        with open_app(model, data_option(context)) as app:
            _serve(app, host, port, termination)
    return termination.code


def _serve(app: "App", host: str, port: int, termination: Termination) -> None:
    from bot.cli.background import indexing_in_background, watching_in_background
    from bot.cli.commands.questions.preparation import prepare
    from bot.cli.commands.sources.source_text import show_run
    from bot.cli.output import terminal
    from bot.web.app import make_app
    from bot.web.server import bind_socket, run_server, server_url

    web = make_app(app, host, _telegram_webhook(app))  # refuses before anything that takes long
    with closing(bind_socket(host, port)) as listening:
        prepare(app, quiet=False)
        app.conversation.warm()
        with watching_in_background(app, show_run), indexing_in_background(app.store):
            on_ready = partial(terminal.warn, f"listening on {server_url(listening)}")
            run_server(web, listening, on_ready, termination.begin)


def _telegram_webhook(app: "App") -> "WebhookApp | None":
    """The Telegram bot in the same process, where the settings give it a webhook and a token."""
    settings = app.settings
    if not settings.telegram_webhook_url:
        return None
    # A second that a server without a bot need not spend.
    from bot.telegram.app import run_webhook_bot
    from bot.telegram.logs import log_to_stderr
    from bot.telegram.receiving.posts import has_webhook_secret, webhook_path
    from bot.web.middleware.webhook_mount import WebhookApp

    if not (path := webhook_path(app)):
        return None
    log_to_stderr(settings.telegram_bot_token.get_secret_value(), settings.telegram_webhook_secret.get_secret_value())
    return WebhookApp(path, partial(has_webhook_secret, app), partial(run_webhook_bot, app))
