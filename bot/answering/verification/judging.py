"""Hold a sentence against the passages that it cites, in their context.

A judge gives the log-odds that evidence supports a claim. The embedded one is a network of the package; what its
log-odds must reach was fitted by `python -m evals.judge.calibration`.
"""

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from retrieval.errors import EmbeddingUnavailable
from retrieval.models.claims import CitedClaim

if TYPE_CHECKING:
    from retrieval.models.minilm.judge import Judge

_log = logging.getLogger(__name__)

Support = Callable[[Sequence[CitedClaim]], Sequence[float]]
"""Gives the log-odds of each claim's being supported by its evidence."""


@dataclass(frozen=True, slots=True)
class ClaimJudge:
    """What judges claims, and the log-odds that a claim must reach; `objection` more where a hard check objects.

    One that `is_remote` takes long for a call, and about as long for many claims as for one.
    """

    support: Support
    bar: float
    objection: float
    is_remote: bool = False

    def required(self, objection: object) -> float:
        """The log-odds that a claim must reach; more where something is objected to it."""
        return self.bar + (self.objection if objection else 0.0)


def embedded_support(claims: Sequence[CitedClaim]) -> list[float]:
    """Judge by the packaged network; where it is missing no claim is supported."""
    judge = _load_judge()
    if judge is None:
        return [-math.inf] * len(claims)
    return [math.log(max(1e-6, one.supported) / max(1e-6, 1 - one.supported)) for one in judge(claims)]


EMBEDDED = ClaimJudge(embedded_support, bar=-1.25, objection=0.75)


@cache
def _load_judge() -> "Judge | None":
    """The packaged judge, loaded once; None, with one warning, where the packaged network is missing."""
    from retrieval.models.minilm.judge import packaged_judge

    try:
        return packaged_judge()
    except EmbeddingUnavailable as exc:
        _log.warning("No sentence of a model can be judged: %s", exc)
        return None
