"""What a judge of claims is given and what it says, importable without the network that judges."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CitedClaim:
    """A claim, the evidence it cites and the evidence's `context`: headline, day, who is quoted."""

    claim: str
    context: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The probabilities that the evidence supports the claim, contradicts it, or does not hold it; their sum is 1."""

    supported: float
    contradicted: float
    absent: float
