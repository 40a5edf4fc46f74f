"""mcp: give assistants the archive as tools, over stdin and stdout or over HTTP."""

from typing import Annotated

import typer

from bot.cli.options import Model, data_option


def mcp(
    context: typer.Context,
    http: Annotated[bool, typer.Option("--http", help="Serve streamable HTTP instead of stdin and stdout.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on, with --http.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to listen on, with --http.")] = 8001,
    model: Model = "",
) -> None:
    """Answer tool calls until the client goes away. Raises UsageError where every caller could ask."""
    from bot.app.build import open_app
    from bot.cli.background import indexing_in_background
    from bot.cli.commands.mcp.server import run_http, run_stdio
    from bot.cli.commands.questions.preparation import prepare

    with open_app(model, data_option(context)) as app:
        prepare(app, quiet=True)
        with indexing_in_background(app.store):
            if http:
                run_http(app, host, port)
            else:
                run_stdio(app)
