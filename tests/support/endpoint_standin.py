"""A model server to test against: real HTTP over loopback, each answer written by the test."""

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, sleep
from typing import Any

from retrieval.models.endpoints.cancellation import Cancellation
from retrieval.models.endpoints.retry import RetryPolicy

PATIENCE = 5.0  # seconds that the server waits for a client to hang up


class CUT:
    """A step: close the connection in the middle of the answer."""


class HOLD:
    """A step: say nothing more and wait for the client to hang up."""


Step = bytes | float | type[CUT] | type[HOLD]
"""Bytes to send, seconds to wait, or what to do with the connection."""


@dataclass(frozen=True)
class Asked:
    """A request as the server saw it; `connection` numbers the connections from 0."""

    path: str
    headers: Mapping[str, str]
    body: Any
    connection: int


@dataclass(frozen=True)
class Answer:
    """A status, headers and steps; without chunks the end of the connection is the end of the body."""

    steps: Sequence[Step] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/event-stream"})
    chunked: bool = True


async def _no_pause(seconds: float) -> None:
    pass


AT_ONCE = RetryPolicy(sleep=_no_pause)
"""Tries again without a pause."""

Script = Answer | Callable[[Asked], Answer]


def as_json(value: Any, status: int = 200, **headers: str) -> Answer:
    """One JSON body; `Retry_After` stands for the header Retry-After."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer([json.dumps(value).encode()], status, {"Content-Type": "application/json"} | named)


def failing(status: int, message: str = "", **headers: str) -> Answer:
    """An error as OpenAI's servers word it."""
    return as_json({"error": {"message": message}}, status, **headers)


def data(value: Any, end: str = "\n\n", prefix: str = "data: ") -> bytes:
    """One event."""
    return f"{prefix}{json.dumps(value, ensure_ascii=False)}{end}".encode()


def delta(text: str, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """One event's object with a piece of the answer."""
    return {"choices": [{"index": 0, "delta": {"content": text} | more, "finish_reason": finish}]}


def talking(*texts: str, finish: str = "stop") -> Answer:
    """A stream as OpenAI sends it, usage included."""
    usage = {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}}
    events = [data(delta(text)) for text in texts]
    return Answer([*events, data(delta("", finish)), data(usage), b"data: [DONE]\n\n"])


def saying(content: Any, finish: str | None = "stop") -> Answer:
    """A whole answer as one JSON object."""
    message = {"role": "assistant", "content": content}
    usage = {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}
    return as_json({"model": "tiny", "choices": [{"message": message, "finish_reason": finish}], "usage": usage})


class Standin:
    """Gives the scripted answers in order, the last one again and again; remembers what it was asked."""

    def __init__(self, *script: Script, tls: ssl.SSLContext | None = None) -> None:
        self.script, self.asked = list(script), list[Asked]()
        self.hung_up = threading.Semaphore(0)  # released for each client that left while it was held
        self._lock, self._connections = threading.Lock(), 0
        self._server = _Server(("127.0.0.1", 0), _Connection)
        self._server.standin = self
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        scheme = "https" if tls else "http"
        self.host = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"
        self.url = f"{self.host}/v1"

    def next(self, asked: Asked) -> Answer:
        """The answer that is due."""
        with self._lock:
            self.asked.append(asked)
            script = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return script if isinstance(script, Answer) else script(asked)

    def connected(self) -> int:
        """The number of a new connection."""
        with self._lock:
            self._connections += 1
            return self._connections - 1

    async def has_been_asked(self) -> None:
        """Waits for the first request."""
        while not self.asked:
            await asyncio.sleep(0.01)

    def left(self) -> bool:
        """Whether a client that was held has hung up, waited for."""
        return self.hung_up.acquire(timeout=PATIENCE)

    @contextmanager
    def serving(self) -> Iterator["Standin"]:
        """Runs in a thread of its own."""
        thread = threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def cancel_when(cancellation: Cancellation, has_come: Callable[[], object]) -> None:
    """Cancel once something has come, such as the request: before it, there is nothing that could be ended."""
    end = monotonic() + PATIENCE
    while not has_come() and monotonic() < end:
        sleep(0.01)
    cancellation.cancel()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    standin: Standin

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves is what many tests are about."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.number = self.server.standin.connected()

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.standin.next(Asked(self.path, headers, json.loads(content or b"null"), self.number))
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked") if answer.chunked else self.send_header("Connection", "close")
        self.end_headers()
        for step in answer.steps:
            if not self._take(step, chunked=answer.chunked):
                self.close_connection = True
                return
        if answer.chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _take(self, step: Step, *, chunked: bool) -> bool:
        if step is CUT:
            return False
        if step is HOLD:
            self._hold()
            return False
        if isinstance(step, bytes):
            self.wfile.write(b"%x\r\n%b\r\n" % (len(step), step) if chunked else step)
        elif isinstance(step, int | float):
            sleep(step)
        return True

    def _hold(self) -> None:
        self.connection.settimeout(PATIENCE)
        try:
            gone = self.connection.recv(1) == b""
        except TimeoutError:
            return
        except OSError:
            gone = True
        if gone:
            self.server.standin.hung_up.release()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
