"""How the processor time of a step grows with the size of its input."""

import gc
import math
import os
import time
from collections.abc import Callable, Iterable

MAX_GROWTH = 2.4  # for twice the input: linear, and the noise of a busy machine
ATTEMPTS = 5  # of which the fastest of each size counts
FACTORS = (1, 2, 3)  # times the size at which a growth is looked at again
NOISE_SECONDS = 0.01  # a step that takes less is not measured
# All pairs take minutes. Every sixth has each step and each shape several times, which finds what is worse for all.
ONE_IN = 1 if os.environ.get("ONRECORD_TEST_GROWTH") else 6


def growth_cases(steps: Iterable[str], shapes: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs of a step and a shape that are measured: one in six, all with ONRECORD_TEST_GROWTH."""
    kinds = list(shapes)
    return [
        (step, shape)
        for row, step in enumerate(steps)
        for column, shape in enumerate(kinds)
        if (row + column) % ONE_IN == 0
    ]


def cpu_seconds(step: Callable[[], object]) -> float:
    """The processor time of a step, without a collection of garbage, which would look at what all tests have left."""
    gc.disable()
    try:
        started = time.process_time()
        step()
        return time.process_time() - started
    finally:
        gc.enable()


def cpu_growth(step: Callable[[str], object], text: Callable[[int], str], size: int) -> float:
    """How many times as long a step takes for twice `size` characters.

    A growth beyond MAX_GROWTH is looked at again with larger texts: what is not linear shows there all the more, what
    was the noise of the machine does not.
    """
    growth = math.inf
    for factor in FACTORS:
        growth = min(growth, _growth(step, text(factor * size), text(2 * factor * size)))
        if growth <= MAX_GROWTH:
            break
    return growth


def _growth(step: Callable[[str], object], single: str, double: str) -> float:
    before = after = math.inf
    for _ in range(ATTEMPTS):
        before = min(before, cpu_seconds(lambda: step(single)))
        after = min(after, cpu_seconds(lambda: step(double)))
        if after <= max(NOISE_SECONDS, MAX_GROWTH * before):
            break
    return after / before if after > NOISE_SECONDS else 1.0
