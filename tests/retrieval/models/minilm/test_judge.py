"""The judge tells claims that evidence supports from those that it contradicts or does not hold."""

import pytest

from retrieval.models.claims import CitedClaim
from retrieval.models.minilm.judge import MAX_TOKENS, Judge, encode_claim, packaged_judge

EVIDENCE = (
    "The bridge over the Orla opened on 4 May 2021 after nine years of planning. The council paid 31 million crowns "
    "for it, a third more than it had promised. Engineer Ada Brook, who designed it, said the railings were too low."
)
CONTEXT = "The new bridge · 5 May 2021 · quotes Ada Brook"


@pytest.fixture(scope="module")
def judge() -> Judge:
    return packaged_judge()


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("The council paid 31 million crowns for the bridge.", "The council paid 13 million crowns for the bridge."),
        ("Ada Brook designed the bridge.", "Ada Brook opposed the bridge."),
        ("The council paid more than it had promised.", "The council paid less than it had promised."),
        ("The bridge was opened in May 2021.", "The bridge was closed in May 2021."),
        ("Planning the bridge took nine years.", "A storm damaged the bridge last winter."),
    ],
)
def test_a_supported_claim_is_likelier_than_a_false_one(judge: Judge, true: str, false: str) -> None:
    one, other = judge([CitedClaim(claim, CONTEXT, EVIDENCE) for claim in (true, false)])
    assert one.supported > other.supported


def test_a_verdict_is_three_probabilities(judge: Judge) -> None:
    (verdict,) = judge([CitedClaim("Ada Brook designed the bridge.", CONTEXT, EVIDENCE)])
    assert verdict.supported + verdict.contradicted + verdict.absent == pytest.approx(1)


def test_verdicts_come_in_the_order_of_the_claims(judge: Judge) -> None:
    claims = [
        CitedClaim(claim, CONTEXT, EVIDENCE) for claim in ("The bridge opened.", "Penguins nest here.", "It rained.")
    ]
    assert judge(claims) == [judge([claim])[0] for claim in claims]


def test_of_long_evidence_the_sentences_near_the_claim_are_read() -> None:
    filler = " ".join(f"Street number {at} was swept on a quiet morning by two men." for at in range(60))
    claim = CitedClaim("Ada Brook designed the bridge.", CONTEXT, f"{filler} {EVIDENCE} {filler}")
    pair, near = encode_claim(claim), encode_claim(CitedClaim(claim.claim, CONTEXT, EVIDENCE))
    assert len(pair.ids) <= MAX_TOKENS
    assert set(near.ids) <= set(pair.ids)
