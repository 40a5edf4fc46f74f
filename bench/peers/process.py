"""Run a peer as a process, query it over pipes and track the memory of it and its children."""

import json
import os
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

import psutil

ROOT = Path(__file__).parents[2]
EVERY = 0.05  # seconds between two looks at the memory

# No peer may reach for a model hub or report to anybody; threads are left to each library's defaults.
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "TOKENIZERS_PARALLELISM": "true",
    "LANGSMITH_TRACING": "false",
}


class Process:
    """A peer's process. Raises RuntimeError where it ends or does not reply."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
            )
        self._log, self._over, self.peak = log, Event(), 0.0
        self._watch = Thread(target=self._look, daemon=True)
        self._watch.start()

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request and return the reply."""
        assert self._process.stdin
        assert self._process.stdout
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        if not (line := self._process.stdout.readline()):
            raise RuntimeError(f"The peer ended; {self._log} says why.")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _look(self) -> None:
        with suppress(psutil.Error):
            tree = psutil.Process(self._process.pid)
            while not self._over.wait(EVERY):
                self.peak = max(self.peak, sum(map(_resident, [tree, *tree.children(recursive=True)])) / 2**20)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._watch.join()
        with suppress(BrokenPipeError):
            self._process.communicate()


def start_seconds(command: Sequence[str]) -> float:
    """The seconds of a process that only starts and ends."""
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment(), check=True, capture_output=True)
    return time.perf_counter() - began


def environment() -> dict[str, str]:
    return os.environ | OFFLINE | {"PYTHONPATH": str(ROOT)}


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
