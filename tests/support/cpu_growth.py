"""How the processor time of a step grows with the size of its input."""

import time
from collections.abc import Callable

MAX_GROWTH = 2.4  # for twice the input: linear, and the noise of a busy machine
ATTEMPTS = 5  # of which the fastest counts
NOISE_SECONDS = 0.01  # a step that takes less is not measured


def cpu_seconds(step: Callable[[], object]) -> float:
    """The processor time of a step."""
    started = time.process_time()
    step()
    return time.process_time() - started


def cpu_growth(step: Callable[[str], object], text: Callable[[int], str], size: int) -> float:
    """How many times as long a step takes for twice `size` characters."""
    single, double = text(size), text(2 * size)
    growth = 0.0
    for _ in range(ATTEMPTS):
        before, after = cpu_seconds(lambda: step(single)), cpu_seconds(lambda: step(double))
        growth = min(growth or after / before, after / before) if after > NOISE_SECONDS else 1.0
        if growth <= MAX_GROWTH:
            break
    return growth
