"""A model file as an endpoint: a child process serves it on loopback while OnRecord runs."""

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

from retrieval.errors import ModelUnreachable, UsageError
from retrieval.models.endpoints.address import Address, SettingNames, parse_address
from retrieval.models.endpoints.endpoint import Endpoint
from retrieval.models.endpoints.retry import Deadline, RetryPolicy

SETTING = "ONRECORD_LOCAL_GGUF"
LOCAL_ADDRESS = SettingNames("local model", SETTING, SETTING, SETTING)
GGUF_MAGIC = b"GGUF"
POLL_SECONDS = 0.05
SHUTDOWN_SECONDS = 1.0  # a process that takes longer to end is killed
# llama.cpp's threads otherwise spin while they wait, and starve other processes on the same cores.
SERVER_ENVIRONMENT = {"OMP_WAIT_POLICY": "passive"}
NO_RETRY = RetryPolicy(attempts=1)


def validate_model_file(file: Path) -> Path:
    """Return the absolute path of a GGUF model file. Raises UsageError where it is none."""
    try:
        with file.open("rb") as stream:
            head = stream.read(len(GGUF_MAGIC))
    except OSError as exc:
        raise UsageError(f"{SETTING} is {file}, which cannot be read: {exc.strerror}.") from exc
    if head != GGUF_MAGIC:
        raise UsageError(f"{SETTING} is {file}, which is no GGUF file; take a model in llama.cpp's format.")
    return file.absolute()


def server_command(file: Path, context_tokens: int) -> list[str]:
    """The command line that serves a model file; `-P` keeps modules of the current folder from being imported."""
    return [sys.executable, "-P", "-m", "bot.models.local_server", str(file), str(context_tokens)]


class LocalModelServer:
    """A process that serves a model, started when first needed and restarted after it ended; safe between threads.

    The process reads a key from stdin, writes its address to stdout once it is ready, and ends when stdin ends. Its
    stderr goes to `log`, which is overwritten at each start.
    """

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self._command, self._log = list(command), log
        self._key = secrets.token_urlsafe()
        self._lock = threading.Lock()
        self._process: _Process | None = None

    def start(self) -> None:
        """Start loading the model without waiting for it."""
        with suppress(ModelUnreachable):  # `wait_until_ready` raises it again
            self._ensure_running()

    async def wait_until_ready(self, deadline: Deadline) -> Address:
        """Wait for the server and return its address. Raises ModelUnreachable; the model then goes on loading."""
        try:
            async with deadline.timeout():
                while not (url := self._ensure_running()):
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError as exc:
            raise ModelUnreachable("The local model is still being loaded.") from exc
        return parse_address(url, self._key, setting_names=LOCAL_ADDRESS)

    def close(self) -> None:
        """End the process if it runs."""
        with self._lock:
            if self._process:
                self._process.end()
            self._process = None

    def _ensure_running(self) -> str:
        """Start the process unless it runs; return its URL, empty until it is ready. Raises ModelUnreachable."""
        with self._lock:
            process = self._process
            if process is None or (process.url and process.has_ended()):
                self._process = process = _Process(self._command, self._key, self._log)
            if not process.url and process.has_ended():
                self._process = None
                raise ModelUnreachable(f"The local model cannot be loaded; {self._log} says why.")
            return process.url


class _Process:
    """A running server process; `url` is empty until the process has reported it."""

    def __init__(self, command: Sequence[str], key: str, log: Path) -> None:
        self.url = ""
        with log.open("wb") as stderr:
            # Python lets no other child inherit these pipes: when this process dies they close and the server ends.
            self._popen = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=os.environ | SERVER_ENVIRONMENT,
                text=True,
            )
        threading.Thread(target=self._exchange_key_for_url, args=[key], name="local model", daemon=True).start()

    def has_ended(self) -> bool:
        return self._popen.poll() is not None

    def end(self) -> None:
        assert self._popen.stdin
        self._popen.stdin.close()
        try:
            self._popen.wait(SHUTDOWN_SECONDS)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()

    def _exchange_key_for_url(self, key: str) -> None:
        stdin, stdout = self._popen.stdin, self._popen.stdout
        assert stdin and stdout
        try:
            stdin.write(f"{key}\n")
            stdin.flush()
        except OSError:  # the process has ended already; `has_ended` reports that
            return
        self.url = stdout.readline().strip()


class LocalModelEndpoint(Endpoint):
    """The endpoint of a model server process; a request starts the process and waits until it is ready."""

    def __init__(self, server: LocalModelServer) -> None:
        super().__init__(Address("", setting_names=LOCAL_ADDRESS), retry=NO_RETRY)
        self._server = server

    async def post(self, path: str, body: Mapping[str, Any], deadline: Deadline) -> AsyncGenerator[bytes, None]:
        """Post as any endpoint does, to the address of the current process."""
        self.address = await self._server.wait_until_ready(deadline)
        async with aclosing(super().post(path, body, deadline)) as parts:
            async for part in parts:
                yield part
