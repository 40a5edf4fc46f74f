"""Servers to test against, in processes of their own, which end without warning and are started again."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tests.support.endpoint_standin import free_port

PATIENCE = 60.0  # seconds until a server answers


class Server(Protocol):
    """What may be down for a while."""

    def start(self) -> None:
        """Start it and wait until it answers."""

    def kill(self) -> None:
        """End it without warning."""


@contextmanager
def outage(server: Server) -> Iterator[None]:
    """Has a server gone meanwhile."""
    server.kill()
    try:
        yield
    finally:
        server.start()


class ServerProcess:
    """A server on loopback, which can be killed and started again, with its data or without."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._number, self.port = folder, 0, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def command(self, folder: Path) -> list[str]:
        """How it is started, with its data in a folder."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether it can be asked."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = self.command(self._folder / str(self._number))
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            assert time.monotonic() < deadline and self._process.poll() is None, f"{command[0]} does not come up"
            time.sleep(0.05)

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process
        return self._process.pid

    def kill(self) -> None:
        """End it without warning."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def lose_everything(self) -> None:
        """Kill it and start it again with an empty folder."""
        self.kill()
        self._number += 1
        self.start()
