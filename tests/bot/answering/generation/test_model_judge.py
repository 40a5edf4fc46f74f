"""A model judges several claims in one call, and where it gives no verdict nothing is supported."""

import json
import math

import pytest

from bot.answering.generation.model_judge import SURE, ModelJudge
from bot.models.token_ledger import TokenLedger
from prompts import Prompts
from retrieval.index.store import Store
from retrieval.models.claims import CitedClaim
from tests.support.chat_requests import model
from tests.support.endpoint_standin import HOLD, Answer, Script, Standin, failing, talking
from tests.support.model_answers import COST, conversing

pytestmark = pytest.mark.usefixtures("loopback")

CLAIMS = [CitedClaim(f"Claim {at} holds.", "Quay Gazette", f"Evidence {at}.") for at in range(3)]


def judged(store: Store, script: Script, within: float = 10.0) -> tuple[list[float], int]:
    with Standin(script).serving() as server:
        ledger = TokenLedger(store.folder / "spent.db", 0)
        judge = ModelJudge(model(server.url), "judge", Prompts(), ledger, within)
        return judge.support(CLAIMS), len(server.asked)


def verdicts(*words: str) -> str:
    return json.dumps({"verdicts": [{"claim": at, "verdict": word} for at, word in enumerate(words, start=1)]})


def test_one_call_judges_all_claims(store: Store) -> None:
    found, calls = judged(store, talking(verdicts("supported", "contradicted", "absent")))
    assert found == [SURE, -SURE, -SURE] and calls == 1


def test_json_in_a_fence_is_read_and_a_claim_without_a_verdict_is_not_supported(store: Store) -> None:
    found, _ = judged(store, talking(f"```json\n{verdicts('supported')}\n```"))
    assert found == [SURE, -SURE, -SURE]


@pytest.mark.parametrize("script", [talking("I think so."), failing(401, "no")])
def test_without_a_verdict_nothing_is_supported(store: Store, script: Script) -> None:
    assert judged(store, script)[0] == [-math.inf] * 3


def test_sentences_that_are_ready_together_are_judged_in_one_call(store: Store) -> None:
    told = ("Each lorry is charged 14 crowns a trip", "The councillors said yes to the toll", "It has been a long wait")
    draft = talking(" ".join(f"{text}. [1]" for text in told))
    judged = verdicts("supported", "supported"), verdicts("absent", "absent")
    with conversing(store, draft, *map(talking, judged), judged_by_model=True) as (conversation, server):
        answer = conversation.ask(COST)
    assert answer.text.count("[") == 2 and told[2] not in answer.text
    assert ["Claim 2:" in asked.body["messages"][-1]["content"] for asked in server.asked[:3]] == [False, True, False]


def test_a_verdict_is_not_waited_for_longer_than_set(store: Store) -> None:
    assert judged(store, Answer([HOLD]), within=0.5)[0] == [-math.inf] * 3
