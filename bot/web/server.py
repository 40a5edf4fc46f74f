"""Runs the application under uvicorn: socket, settings, and a shutdown that ends open streams with an error event."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from bot.web.middleware.size_limits import MAX_HEAD_BYTES
from bot.web.responses.event_stream import SHUTDOWN_SECONDS, STOP_SECONDS
from bot.web.runtime.connections import RepeatFilter, connection_protocol
from retrieval.errors import UsageError

BACKLOG = 1024  # connections that may wait to be accepted


def run_server(
    app: FastAPI, listening_socket: socket.socket, on_ready: Callable[[], None], on_signal: Callable[[int], None]
) -> None:
    """Serve until SIGINT or SIGTERM, of which `on_signal` is told at once.

    Open streams have STOP_SECONDS to end; those that do not get an error event that says that the server stops.
    """
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, lambda *_: None)  # uvicorn raises them again after its shutdown
    server = _Server(server_config(app), on_ready, on_signal)
    logging.getLogger("uvicorn.error").addFilter(RepeatFilter())
    server.run([listening_socket])


def server_config(app: FastAPI, port: int = 0) -> uvicorn.Config:
    """The settings of uvicorn.

    h11 limits the size of request line and headers, httptools does not; connections have limits of their own. Proxy
    headers are off because TrustedProxyMiddleware reads them. The access log is off because the URL of a search
    contains the question.
    """
    return uvicorn.Config(
        app,
        port=port,
        http=connection_protocol(app.state.connection_limits),
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        backlog=BACKLOG,
        timeout_graceful_shutdown=round(SHUTDOWN_SECONDS),
    )


def bind_socket(host: str, port: int) -> socket.socket:
    """Bind a socket to the address, without listening on it yet. Raises UsageError."""
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


def server_url(listening_socket: socket.socket) -> str:
    """The URL of a bound socket."""
    host, port = listening_socket.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """Calls `on_ready` after startup and stops the answers under way on shutdown."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None], on_signal: Callable[[int], None]) -> None:
        super().__init__(config)
        self._on_ready, self._on_signal = on_ready, on_signal

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._on_signal(sig)
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app = self.config.app
        assert isinstance(app, FastAPI)
        stopping = asyncio.create_task(app.state.onrecord.answers.stop(STOP_SECONDS))
        await super().shutdown(sockets)
        await stopping
