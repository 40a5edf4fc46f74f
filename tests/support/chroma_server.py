"""A real Chroma server to test against, and a gate before it that asks for a token, speaks TLS, hangs or breaks off."""

import http.client
import ssl
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

from tests.support.server_process import ServerProcess

HELD = 20.0  # seconds that a held request waits; nobody should

State = Literal["open", "holding", "cutting"]


class ChromaServer(ServerProcess):
    """`chroma run`."""

    def command(self, folder: Path) -> list[str]:
        place = ["--host", "127.0.0.1", "--port", str(self.port), "--path", str(folder)]
        return [str(Path(sys.executable).parent / "chroma"), "run", *place]

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        try:
            connection.request("GET", "/api/v2/heartbeat")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


class Gate:
    """What a reverse proxy before Chroma may do; `asked` counts the requests, `cuts` those it will break off.

    `instead` has a status and a body for paths that it answers itself.
    """

    def __init__(self, port: int, *, token: str = "", tls: ssl.SSLContext | None = None) -> None:
        self.port, self.token, self.asked, self.cuts = port, token, 0, 0
        self.state: State = "open"
        self.instead: Mapping[str, tuple[int, bytes]] = {}
        self._server = _Server(("127.0.0.1", 0), _Request)
        self._server.gate = self
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def serving(self) -> Iterator["Gate"]:
        """Runs in a thread of its own."""
        thread = threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    gate: Gate

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves is what some tests are about."""


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _pass_on(self) -> None:
        gate = self.server.gate
        gate.asked += 1
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if gate.state == "holding":
            self.connection.settimeout(HELD)
            self.connection.recv(1)
        if gate.state != "open" or gate.cuts:
            gate.cuts = max(0, gate.cuts - 1)
            self.close_connection = True
        elif gate.token and self.headers.get("Authorization") != f"Bearer {gate.token}":
            self._answer(401, b'{"error": "Unauthorized"}')
        elif self.path in gate.instead:
            self._answer(*gate.instead[self.path])
        elif "/api/v2/" not in self.path:
            self._answer(404, b"<html>Not Found</html>")
        else:
            self._answer(*self._asked_of_chroma(content))

    do_GET = do_POST = do_DELETE = _pass_on

    def _asked_of_chroma(self, content: bytes) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.gate.port, timeout=HELD)
        try:
            connection.request(self.command, self.path, content, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return 502, b"<html>Bad Gateway</html>"
        finally:
            connection.close()

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""
