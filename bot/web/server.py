"""The server: an address of its own, an end that leaves nobody without a word."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from bot.web.middleware.size_limits import LARGEST_HEAD
from bot.web.responses.event_stream import GRACE, STOP_WITHIN
from retrieval.errors import UsageError

BACKLOG = 1024  # connections that may wait to be accepted


def run(app: FastAPI, listening: socket.socket, on_ready: Callable[[], None]) -> None:
    """Answer until SIGINT or SIGTERM; open streams may end within a few seconds or are told that it is over."""
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: None)  # uvicorn raises them again once all is done
    _Server(configured(app), on_ready).run([listening])


def configured(app: FastAPI, port: int = 0) -> uvicorn.Config:
    """The server's own settings.

    h11 bounds request line and headers, httptools does not. Which proxies count ONRECORD_TRUSTED_PROXIES says, not
    uvicorn. No line of its log holds what was asked, as the access log would in the address of a search.
    """
    return uvicorn.Config(
        app,
        port=port,
        http="h11",
        h11_max_incomplete_event_size=LARGEST_HEAD,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        backlog=BACKLOG,
        timeout_graceful_shutdown=round(GRACE) + 1,
    )


def bind(host: str, port: int) -> socket.socket:
    """A socket with this address, on which nobody is heard yet. Raises UsageError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        if os.name == "posix":  # elsewhere it would let two servers share a port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as exc:
        raise UsageError(
            f"Nobody can listen on {host}:{port} ({exc.strerror or exc}); --host and --port say where."
        ) from exc
    return bound


def address_of(listening: socket.socket) -> str:
    """The URL of what listens."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """Says when it is ready, and when it stops."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app = self.config.app
        assert isinstance(app, FastAPI)
        stopping = asyncio.create_task(app.state.onrecord.answering.stop(STOP_WITHIN))
        await super().shutdown(sockets)
        await stopping
