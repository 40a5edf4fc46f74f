"""Time and log the stages of one answer.

Each stage is one INFO line of the logger `onrecord.stages`: its name, its duration and counts or decisions as
`key=value`. The lines never hold text of a question, an answer or an article; ids of articles are allowed.
"""

import logging
import time

from bot.formatting import printable

STAGE_LOGGER = "onrecord.stages"

_logger = logging.getLogger(STAGE_LOGGER)


class Stopwatch:
    """Measures one answer from its creation: named marks, kept once each, and laps between stages."""

    def __init__(self) -> None:
        self._started = self._lap_started = time.perf_counter()
        self._marks: dict[str, float] = {}

    def mark(self, name: str) -> None:
        """Record when a point was first reached; later marks of the same name are ignored."""
        self._marks.setdefault(name, round((time.perf_counter() - self._started) * 1000, 1))

    def timings(self) -> dict[str, float]:
        """Milliseconds since the start by mark."""
        return dict(self._marks)

    def lap(self) -> float:
        """Milliseconds since the last lap, or since the start; begins the next lap."""
        now = time.perf_counter()
        milliseconds, self._lap_started = (now - self._lap_started) * 1000, now
        return milliseconds


def log_stage(stage: str, milliseconds: float, **facts: object) -> None:
    """Log one stage; a fact is a count, a decision, a setting's value or ids, never text that was asked or written."""
    if _logger.isEnabledFor(logging.INFO):
        pairs = "".join(f" {name}={_format(value)}" for name, value in facts.items())
        _logger.info("%s %.1f ms%s", stage, milliseconds, pairs)


def _format(value: object) -> str:
    """A value without white space or control characters, so that a line stays one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ",".join(f"{key}:{count}" for key, count in value.items()).replace(" ", "_") or "-"
    if isinstance(value, tuple):
        return ",".join(map(_format, value)) or "-"
    if isinstance(value, float):
        return f"{value:.3f}"
    return printable("_".join(str(value).split())) or "-"
