"""The stand-in's HTTP: /bot<token>/<method>, answers as Telegram words them, faults where a test wants them."""

import json
import re
import socket
import threading
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from select import select
from time import sleep
from typing import TYPE_CHECKING, Any

from tests.bot_api import about, methods
from tests.bot_api.entities import Refusal
from tests.bot_api.methods import method_name
from tests.bot_api.request import Params, read_params

if TYPE_CHECKING:
    from tests.bot_api.server_process import BotApi

NESTED = "nested too deeply to be read"  # stands for such a value, which json.dumps() cannot write either
UNLOCKED = {"get_updates"}  # waits, and has a lock of its own
WORDS = {429: "Too Many Requests: retry after {}", 500: "Internal Server Error", 502: "Bad Gateway"}


@dataclass
class Fault:
    """What goes wrong with the next requests; `status` 0 closes the connection, after the work if `done`."""

    method: str  # * for each
    times: int
    status: int
    retry_after: int = 1
    done: bool = False


@dataclass(frozen=True)
class Call:
    """A request of the bot as it came in."""

    method: str
    values: dict[str, Any]
    at: float


class Closed(Exception):
    """The connection is to be closed without an answer."""


def called(api: "BotApi", token: str, name: str, params: Params) -> Any:
    """The result of a method; raises Refusal or Closed."""
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token):
        raise Refusal("Not Found", 404)
    if token != api.token:
        raise Refusal("Unauthorized", 401)
    fault = _next_fault(api, name)
    if fault and not fault.done:
        _fail(fault)
    method = _method(name)
    if method_name(name) in UNLOCKED:
        result = method(api, params)
    else:
        with api.changed:
            result = deepcopy(method(api, params))
            api.changed.notify_all()
    if fault:
        _fail(fault)
    return result


def _method(name: str) -> Callable[["BotApi", Params], Any]:
    for module in (methods, about):
        method: Any = getattr(module, method_name(name), None)
        if re.fullmatch("[a-zA-Z]+", name) and getattr(method, "__annotations__", {}).get("params") is Params:
            return method  # type: ignore[no-any-return]
    raise Refusal("Not Found", 404)


def _next_fault(api: "BotApi", name: str) -> Fault | None:
    with api.changed:
        for fault in api.faults:
            if fault.method in ("*", name) and fault.times > 0:
                fault.times -= 1
                return fault
    return None


def _fail(fault: Fault) -> None:
    if not fault.status:
        raise Closed
    words = WORDS.get(fault.status, "Error").format(fault.retry_after)
    parameters = {"retry_after": fault.retry_after} if fault.status == 429 else {}
    raise Refusal(words, fault.status, **parameters)


class Server(ThreadingHTTPServer):
    """A thread for each connection; long polls cost one waiting thread."""

    daemon_threads = True
    request_queue_size = 512
    api: "BotApi"

    def __init__(self, *arguments: Any) -> None:
        self.connections, self.lock = set[socket.socket](), threading.Lock()
        super().__init__(*arguments)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that are killed are what some tests are about."""

    def close(self) -> None:
        """Stops, and hangs up on everybody."""
        self.shutdown()
        self.server_close()
        with self.lock:
            for connection in self.connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue


class Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        super().setup()
        with self.server.lock:
            self.server.connections.add(self.connection)

    def finish(self) -> None:
        with self.server.lock:
            self.server.connections.discard(self.connection)
        super().finish()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path, _, query = self.path.partition("?")
        found = re.fullmatch(r"/bot([^/]+)/([^/]+)/?", path)
        try:
            if not found:
                raise Refusal("Not Found", 404)
            result = self._result(found[1], found[2], query, body)
            self._answer(200, {"ok": True, "result": result})
        except Refusal as refusal:
            if self._left():  # a poll that nobody waits for any more is no conflict
                self.close_connection = True
                return
            self.server.api.refused(found[2] if found else path, refusal)
            answer = {"ok": False, "error_code": refusal.status, "description": refusal.description}
            more = {"parameters": refusal.parameters} if refusal.parameters else {}
            self._answer(refusal.status, answer | more)
        except Closed:
            self.close_connection = True

    do_GET = do_POST

    def _result(self, token: str, name: str, query: str, body: bytes) -> Any:
        api = self.server.api
        params = read_params(query, self.headers.get("Content-Type", ""), body)
        api.received(Call(name, dict(params.values), api.clock()))
        if pause := api.pauses.get(name, api.pauses.get("*", 0)):
            sleep(pause)
        return called(api, token, name, params)

    def _left(self) -> bool:
        """Whether the client has hung up."""
        try:
            return bool(select([self.connection], [], [], 0)[0]) and not self.connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def _answer(self, status: int, value: Any) -> None:
        content = json.dumps(value, default=vars).replace(json.dumps(NESTED), "[" * 9_000 + "]" * 9_000).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""
