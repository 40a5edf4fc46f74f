"""serve: answers over HTTP."""

import uvicorn

from bot.beside import catching_up
from bot.build import open_app
from bot.commands.ask import prepare
from bot.web.app import make_app

OK = 0


def serve(host: str, port: int, model: str) -> int:
    """Answer until interrupted."""
    with open_app(model) as app:
        prepare(app, quiet=False)
        app.conversation.warm()
        with catching_up(app.store):
            uvicorn.run(make_app(app), host=host, port=port, log_level="warning")
    return OK
