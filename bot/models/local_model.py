"""A model file as an endpoint: a process of ours that serves it on loopback while OnRecord runs."""

import asyncio
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

from retrieval.endpoints.address import Address, AddressSettings, parse_address
from retrieval.endpoints.endpoint import Endpoint
from retrieval.endpoints.retry import Deadline, Retry
from retrieval.errors import ModelUnreachable, UsageError

SETTING = "ONRECORD_LOCAL_GGUF"
LOCAL = AddressSettings("local model", SETTING, SETTING, SETTING)
MAGIC = b"GGUF"
POLL_SECONDS = 0.05
END_SECONDS = 5.0  # that a process may take to end before it is killed
# llama.cpp's threads otherwise spin while they wait, and starve whatever shares the cores.
ENVIRONMENT = {"OMP_WAIT_POLICY": "passive"}
ONCE = Retry(attempts=1)


def checked(file: Path) -> Path:
    """The file, absolute, when it is a model. Raises UsageError."""
    try:
        with file.open("rb") as opened:
            head = opened.read(len(MAGIC))
    except OSError as exc:
        raise UsageError(f"{SETTING} is {file}, which cannot be read: {exc.strerror}.") from exc
    if head != MAGIC:
        raise UsageError(f"{SETTING} is {file}, which is no GGUF file; take a model in llama.cpp's format.")
    return file.absolute()


def command(file: Path, context: int) -> list[str]:
    """What serves a model file; `context` are the tokens it takes. The current folder's modules are not looked at."""
    return [sys.executable, "-P", "-m", "bot.models.local_server", str(file), str(context)]


class LocalServer:
    """A process that serves a model, started when it is first needed and again when it has ended; safe to share.

    It is told a key on its stdin, says its address on its stdout once it can be asked, and ends when its stdin does.
    What it has to report goes to `log`, anew with each start.
    """

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self._command, self._log = list(command), log
        self._key = secrets.token_urlsafe()
        self._lock = threading.Lock()
        self._process: _Process | None = None

    def begin(self) -> None:
        """Start loading, without waiting for it."""
        with suppress(ModelUnreachable):  # whoever waits for it later is told
            self._url()

    async def ready(self, deadline: Deadline) -> Address:
        """Where it can be asked, once it can. Raises ModelUnreachable; what is being loaded then goes on loading."""
        try:
            async with deadline.limit():
                while not (url := self._url()):
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError as exc:
            raise ModelUnreachable("The local model is still being loaded.") from exc
        return parse_address(url, self._key, names=LOCAL)

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            if self._process:
                self._process.end()
            self._process = None

    def _url(self) -> str:
        with self._lock:
            process = self._process
            if process is None or (process.url and process.has_ended()):
                self._process = process = _Process(self._command, self._key, self._log)
            if not process.url and process.has_ended():
                self._process = None
                raise ModelUnreachable(f"The local model cannot be loaded; {self._log} says why.")
            return process.url


class _Process:
    """A started process, and the address that it has told so far."""

    def __init__(self, command: Sequence[str], key: str, log: Path) -> None:
        self.url = ""
        with log.open("wb") as stderr:
            # Python lets no other process inherit these pipes, so that ours alone hold it alive.
            self._popen = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=os.environ | ENVIRONMENT,
                text=True,
            )
        threading.Thread(target=self._listen, args=[key], name="local model", daemon=True).start()

    def has_ended(self) -> bool:
        return self._popen.poll() is not None

    def end(self) -> None:
        assert self._popen.stdin
        self._popen.stdin.close()
        try:
            self._popen.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()

    def _listen(self, key: str) -> None:
        stdin, stdout = self._popen.stdin, self._popen.stdout
        assert stdin and stdout
        try:
            stdin.write(f"{key}\n")
            stdin.flush()
        except OSError:  # it has ended at once; whoever waits for it sees that
            return
        self.url = stdout.readline().strip()


class LocalEndpoint(Endpoint):
    """The endpoint that a process of ours is; a request starts it and waits until it can be asked."""

    def __init__(self, server: LocalServer) -> None:
        super().__init__(Address("", names=LOCAL), retry=ONCE)
        self._server = server

    async def post(self, path: str, body: Mapping[str, Any], deadline: Deadline) -> AsyncGenerator[bytes, None]:
        """As any endpoint's; the address changes with each start."""
        self.address = await self._server.ready(deadline)
        async with aclosing(super().post(path, body, deadline)) as parts:
            async for part in parts:
                yield part
