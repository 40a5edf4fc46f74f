"""serve: answers over HTTP."""

from contextlib import closing

from bot import terminal
from bot.build import open_app
from bot.commands.ask import prepare
from bot.web.app import make_app
from bot.web.server import address_of, bind, run
from retrieval.beside import embedding_beside

OK = 0


def serve(host: str, port: int, model: str) -> int:
    """Answer until interrupted. Raises UsageError when the address is taken."""
    with closing(bind(host, port)) as listening, open_app(model) as app:
        prepare(app, quiet=False)
        with embedding_beside(app.store):
            run(make_app(app), listening, lambda: terminal.warn(f"listening on {address_of(listening)}"))
    return OK
