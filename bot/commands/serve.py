"""serve: answers over HTTP."""

from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from bot.beside import catching_up
from bot.build import open_app
from bot.commands.ask import prepare
from bot.web.app import make_app
from bot.web.sizes import LARGEST_HEAD

OK = 0


def serve(host: str, port: int, model: str) -> int:
    """Answer until interrupted."""
    with open_app(model) as app:
        web = make_app(app, host)  # refuses before anything that takes long
        prepare(app, quiet=False)
        app.conversation.warm()
        with suppress(KeyboardInterrupt), catching_up(app.store):
            uvicorn.Server(configured(web, host, port)).run()
    return OK


def configured(web: FastAPI, host: str, port: int) -> uvicorn.Config:
    """The server's own settings.

    h11 bounds request line and headers, httptools does not. Which proxies count ONRECORD_PROXIES says, not uvicorn. No
    line of its log holds what was asked, as the access log would in the address of a search.
    """
    return uvicorn.Config(
        web,
        host=host,
        port=port,
        http="h11",
        h11_max_incomplete_event_size=LARGEST_HEAD,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
    )
