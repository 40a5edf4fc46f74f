"""serve: answers over HTTP."""

from contextlib import closing

from bot import terminal
from bot.beside import catching_up
from bot.build import open_app
from bot.commands.ask import prepare
from bot.web.app import make_app
from bot.web.server import address_of, bind, run

OK = 0


def serve(host: str, port: int, model: str) -> int:
    """Answer until interrupted. Raises UsageError when the address is taken, and where anybody could ask."""
    with open_app(model) as app:
        web = make_app(app, host)  # refuses before anything that takes long
        with closing(bind(host, port)) as listening:
            prepare(app, quiet=False)
            app.conversation.warm()
            with catching_up(app.store):
                run(web, listening, lambda: terminal.warn(f"listening on {address_of(listening)}"))
    return OK
