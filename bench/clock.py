"""Measure time and memory."""

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def call_milliseconds(action: Callable[[str], object], inputs: Sequence[str]) -> list[float]:
    """The milliseconds of each call."""
    spent = []
    for one in inputs:
        started = time.perf_counter()
        action(one)
        spent.append((time.perf_counter() - started) * 1000)
    return spent


def command_seconds(arguments: Sequence[str], repeats: int = 5) -> float:
    """The median seconds of a whole command, process start included."""
    spent = []
    for _ in range(repeats):
        started = time.perf_counter()
        subprocess.run([str(Path(sys.executable).parent / "onrecord"), *arguments], capture_output=True, check=True)
        spent.append(time.perf_counter() - started)
    return percentile(spent, 0.5)


def peak_megabytes() -> float:
    """The peak memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
