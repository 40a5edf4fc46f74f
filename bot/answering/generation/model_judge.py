"""Have a model judge claims against their evidence: one structured call for all that are asked at once."""

import logging
import math
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from bot.answering.generation.model_stream import TokenMeter, stream_with_timeout
from bot.answering.generation.output_format import json_object, json_options, object_schema
from bot.answering.verification.judging import ClaimJudge
from bot.models.token_ledger import TokenLedger
from prompts import Prompts
from retrieval.errors import ModelError
from retrieval.models.claims import CitedClaim

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

SURE = 4.0  # log-odds of a claim that the model takes for supported; minus that of any other
FENCE = "-----"

_log = logging.getLogger(__name__)


class _ClaimVerdict(BaseModel):
    claim: int
    verdict: str


class _Verdicts(BaseModel):
    verdicts: list[_ClaimVerdict]


@dataclass(frozen=True, slots=True)
class ModelJudge:
    """A model that judges, the seconds it may take for one call, and the ledger of its tokens."""

    model: "BaseChatModel"
    name: str
    prompts: Prompts
    ledger: TokenLedger
    seconds: float

    def support(self, claims: Sequence[CitedClaim]) -> list[float]:
        """Log-odds of each claim's being supported; where no judgement comes in time none is (minus infinity)."""
        if not claims:
            return []
        try:
            verdicts = _Verdicts.model_validate_json(json_object(self._ask(claims))).verdicts
        except (ModelError, ValidationError) as exc:
            _log.warning("The judge gave no verdict: %s", type(exc).__name__)
            return [-math.inf] * len(claims)
        found = {verdict.claim: verdict.verdict.strip().lower() for verdict in verdicts}
        return [SURE if found.get(number) == "supported" else -SURE for number in range(1, len(claims) + 1)]

    def _ask(self, claims: Sequence[CitedClaim]) -> str:
        text = "\n\n".join(_described(number, claim) for number, claim in enumerate(claims, start=1))
        messages = self.prompts.messages("judge", claims=text)
        meter = TokenMeter("\n\n".join(content for _, content in messages))
        chunks = stream_with_timeout(self.model, messages, lambda: self.seconds, _options(len(claims)))
        try:
            with closing(chunks):
                return "".join(map(meter.text_of, chunks))
        finally:
            self.ledger.add(self.name, meter.usage())


def model_judge(judge: ModelJudge) -> ClaimJudge:
    """A judge whose word counts, whatever rules object: it reads figures and names better than they do."""
    return ClaimJudge(partial(ModelJudge.support, judge), bar=0.0, objection=0.0, is_remote=True)


def _described(number: int, claim: CitedClaim) -> str:
    evidence = claim.evidence.replace(FENCE, " ")
    return f"Claim {number}: {claim.claim}\nEvidence ({claim.context}):\n{FENCE}\n{evidence}\n{FENCE}"


def _options(claims: int) -> dict[str, object]:
    verdict = {"type": "string", "enum": ["supported", "contradicted", "absent"]}
    entry = object_schema({"claim": {"type": "integer", "enum": list(range(1, claims + 1))}, "verdict": verdict})
    schema = object_schema({"verdicts": {"type": "array", "items": entry}})
    return json_options("verdicts", schema)
