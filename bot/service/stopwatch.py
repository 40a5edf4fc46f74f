"""How long the steps of one answer took."""

import time


class Stopwatch:
    """Starts when it is made; each name is marked once, the first time."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._marks: dict[str, float] = {}

    def mark(self, name: str) -> None:
        """Remember when this was reached, unless it was before."""
        self._marks.setdefault(name, round((time.perf_counter() - self._started) * 1000, 1))

    def timings(self) -> dict[str, float]:
        """Milliseconds since the start for each name."""
        return dict(self._marks)
