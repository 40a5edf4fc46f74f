"""A second Bot API server, written by others: the npm package telegram-test-api, mended where the library needs it.

It keeps messages and buttons, and checks nothing. Requests pass through a server of ours that puts right what
python-telegram-bot cannot read: no `is_bot` in getMe, no `chat_instance` in presses, dates in milliseconds, parameters
echoed as text, `null` where Telegram says true, status 500 for methods that it lacks, polls that end at once.
"""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic, sleep, time
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request

from tests.bot_api.updates import DIRECT
from tests.support.endpoint_standin import free_port

PACKAGE = "telegram-test-api@4.2.1"
TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
START = """
const Server = require("telegram-test-api");
new Server({host: "127.0.0.1", port: Number(process.argv[1])}).start().then(() => console.log("up"));
"""
POLLED_AGAIN_AFTER = 0.05  # seconds; the package answers a poll at once, even with nothing
READ = {"message_id", "date", "chat", "text", "reply_markup"}


def install(folder: Path) -> None:
    """Fetches the package into a folder."""
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE],
        check=True,
        capture_output=True,
        timeout=180,
    )


def posted(url: str, kind: str, body: bytes) -> tuple[int, bytes]:
    """Status and content of an answer."""
    try:
        with DIRECT.open(Request(url, body, {"Content-Type": kind}), timeout=30) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, error.read()


def mended(method: str, status: int, content: bytes) -> tuple[int, Any]:
    """An answer as Telegram would word it."""
    said = json.loads(content)
    if status == 500 and "is not supported" in said.get("message", ""):
        return 200, {"ok": True, "result": [] if method.startswith("getMy") else True}
    if not said.get("ok"):
        return said.get("error_code", status), {"error_code": status, "description": str(said)} | said | {"ok": False}
    result = said.get("result")
    if result is None:
        said["result"] = True
    elif method == "getMe":
        said["result"] = result | {"is_bot": True}
    elif method == "sendMessage":
        said["result"] = {name: result[name] for name in READ & result.keys()} | {"date": result["date"] // 1000}
    elif method == "getUpdates" and not result:
        sleep(POLLED_AGAIN_AFTER)
    elif method == "getUpdates":
        for press in (update["callback_query"] for update in result if "callback_query" in update):
            press["chat_instance"] = "1"
    return status, said


class OtherBotApi:
    """The running package and one person's private chat with the bot."""

    def __init__(self, port: int, base_url: str, chat: int = 7) -> None:
        self.package, self.base_url, self.chat, self.token = f"http://127.0.0.1:{port}", base_url, chat, TOKEN
        self.answers = list[dict[str, Any]]()

    def says(self, text: str) -> None:
        """A message or a command of the person."""
        message = self._common() | {"text": text}
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        self._act("sendCommand" if text.startswith("/") else "sendMessage", message)

    def presses(self, data: str, message: dict[str, Any]) -> None:
        """The person presses a button under an answer."""
        under = self._common() | {"message_id": message["messageId"], "text": message["message"]["text"]}
        self._act("sendCallback", self._common() | {"message": under, "data": data})

    def answer(self, timeout: float = 10.0) -> dict[str, Any]:
        """The next message of the bot, waited for."""
        end = monotonic() + timeout
        while not self.answers:
            self.answers += self._act("getUpdates", {"token": TOKEN, "chatId": self.chat})
            if monotonic() > end:
                raise TimeoutError(f"no answer after {timeout} s")
            sleep(POLLED_AGAIN_AFTER)
        return self.answers.pop(0)

    def _common(self) -> dict[str, Any]:
        person = {"id": self.chat, "first_name": "Ann"}
        chat, sender = person | {"type": "private"}, person | {"is_bot": False}
        return {"botToken": TOKEN, "date": int(time()), "from": sender, "chat": chat}

    def _act(self, path: str, content: dict[str, Any]) -> Any:
        status, answer = posted(f"{self.package}/{path}", "application/json", json.dumps(content).encode())
        assert status == 200, answer
        return json.loads(answer)["result"]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    package: str

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Bots stop in the middle of polls."""


class _Mending(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind = self.headers.get("Content-Type", "application/x-www-form-urlencoded")
        status, answer = mended(self.path.rpartition("/")[2], *posted(self.server.package + self.path, kind, body))
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def other_bot_api(folder: Path) -> Iterator[OtherBotApi]:
    """Runs the package that was installed into `folder`, and the server that mends it."""
    port = free_port()
    node = subprocess.Popen(["node", "-e", START, str(port)], cwd=folder, stdout=subprocess.PIPE)
    server = _Server(("127.0.0.1", 0), _Mending)
    server.package = f"http://127.0.0.1:{port}"
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    try:
        assert node.stdout
        assert node.stdout.readline() == b"up\n"
        yield OtherBotApi(port, f"http://127.0.0.1:{server.server_address[1]}/bot")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        node.terminate()
        node.wait(10)
        if node.stdout:
            node.stdout.close()
