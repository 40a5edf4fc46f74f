"""Examples that the judge is trained on and measured with: a claim, its evidence, and the verdicts that are right."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from retrieval.models.claims import CitedClaim

LABELS = {"supported": (0,), "contradicted": (1,), "absent": (2,), "not_supported": (1, 2)}
"""The outputs of the judge that are right for a label; sets that do not tell the last two apart allow both."""


@dataclass(frozen=True, slots=True)
class JudgeExample:
    """A claim with its evidence; `slice` tells apart what is held out, `kind` what was done to the claim."""

    source: str
    claim: str
    context: str
    evidence: str
    label: str
    slice: int = 0
    kind: str = ""

    @property
    def cited(self) -> CitedClaim:
        return CitedClaim(self.claim, self.context, self.evidence)


def write_examples(path: Path, examples: Iterable[JudgeExample]) -> int:
    """Write examples as gzipped JSON lines; return how many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = list(examples)
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(asdict(example), ensure_ascii=False) + "\n" for example in kept)
    return len(kept)


def read_examples(path: Path) -> list[JudgeExample]:
    """Read what `write_examples` wrote."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [JudgeExample(**json.loads(line)) for line in lines]
