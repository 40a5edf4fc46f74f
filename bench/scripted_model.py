"""A scripted model server in its own process that streams a given text word by word at an even pace."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import httpx


class _ScriptedModel(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    words: tuple[str, ...] = ()
    pause = 0.0

    def do_PUT(self) -> None:
        told = self._body()
        type(self).words, type(self).pause = tuple(told["words"]), float(told["pause"])
        self.send_response(204)
        self.end_headers()

    def do_POST(self) -> None:
        self._body()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        started = time.perf_counter()
        for number, word in enumerate(self.words):
            time.sleep(max(0.0, started + number * self.pause - time.perf_counter()))
            self._say({"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]})
        self._say({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self.wfile.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")

    def _body(self) -> dict[str, Any]:
        return dict(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _say(self, event: object) -> None:
        line = f"data: {json.dumps(event)}\n\n".encode()
        self.wfile.write(b"%x\r\n%b\r\n" % (len(line), line))

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def _serve(port: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _ScriptedModel)
    port.send(server.server_address[1])
    server.serve_forever()


@contextmanager
def scripted_model() -> Iterator[str]:
    """Run the server; yield its address."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve, args=[theirs], daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/v1"
    finally:
        process.terminate()
        process.join()


def set_script(url: str, words: list[str], pause: float) -> None:
    """Set the words of the next answers and the seconds between words."""
    httpx.put(url, json={"words": words, "pause": pause}).raise_for_status()


def bare_client_times(client: httpx.Client, url: str) -> list[float]:
    """The seconds after which each piece of an answer, and its end, reach a bare client."""
    started, times = time.perf_counter(), list[float]()
    with client.stream("POST", f"{url}/chat/completions", json={"stream": True}) as response:
        for line in response.iter_lines():
            if line.startswith("data:"):
                times.append(time.perf_counter() - started)
    return times
