"""The judge: says whether evidence supports a claim, contradicts it or does not hold it.

A cross-encoder of the reader's make with adapters of its own, trained by `python -m evals.judge.training`; `judge.npz`
holds adapters and head. It reads the claim with its evidence and the evidence's context: headline, day, speakers.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from retrieval.models.claims import CitedClaim, Verdict
from retrieval.models.minilm.adapters import read_adapted, two_layer_head
from retrieval.models.minilm.encoder import graph_encoder, release_memory, side_by_side
from retrieval.models.minilm.tokens import TokenPair, encode_pair, encode_question, wordpiece_tokenizer
from retrieval.models.minilm.weights import FloatArray, Weights
from retrieval.text.sentences import sentence_spans

CLAIM_TOKENS, CONTEXT_TOKENS, MAX_TOKENS = 64, 40, 320
HEAD_PREFIXES = ("verdict.",)


class Judge:
    """Judges claims, several at once; safe to share between threads."""

    def __init__(self, weights: Weights, trained: Mapping[str, FloatArray]) -> None:
        self._encode = graph_encoder(weights)
        self._head = {name: value for name, value in trained.items() if name.startswith(HEAD_PREFIXES)}

    def __call__(self, claims: Sequence[CitedClaim]) -> list[Verdict]:
        """One verdict a claim, in their order."""
        return side_by_side(self._judge, claims)

    def _judge(self, claim: CitedClaim) -> Verdict:
        pair = encode_claim(claim)
        hidden = self._encode(pair.ids, pair.types)
        stated = np.array(pair.types) == 0
        vector = np.concatenate([hidden[0], hidden[stated].mean(0)])
        logits = two_layer_head(self._head, "verdict", vector[None])[0]
        shares = np.exp(logits - logits.max())
        return Verdict(*(float(share) for share in shares / shares.sum()))


def packaged_judge() -> Judge:
    """The judge of this package. Raises EmbeddingUnavailable where the packaged MiniLM is missing or damaged."""
    judge = Judge(*read_adapted("judge.npz"))
    release_memory()
    return judge


def encode_claim(claim: CitedClaim) -> TokenPair:
    """`[CLS] claim [SEP] context [SEP] evidence [SEP]`, at most MAX_TOKENS.

    Of evidence that is longer, the sentences stay that share most words with the claim, in their order.
    """
    tokenizer = wordpiece_tokenizer()
    stated = encode_question(tokenizer, claim.claim, CLAIM_TOKENS)
    evidence = _nearest_sentences(stated, claim.evidence, MAX_TOKENS - CONTEXT_TOKENS - len(stated) - 2)
    return encode_pair(tokenizer, stated, claim.context, evidence, (), context_tokens=CONTEXT_TOKENS, most=MAX_TOKENS)


def _nearest_sentences(stated: Sequence[int], evidence: str, room: int) -> str:
    """The sentences of a text that share the rarest tokens with a claim, as many as `room` tokens hold."""
    tokenizer = wordpiece_tokenizer()
    if len(evidence) < room or len(tokenizer.encode(evidence, add_special_tokens=False).ids) <= room:
        return evidence
    texts = [evidence[slice(*span)] for span in sentence_spans(evidence)]
    tokens = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    counts, wanted = Counter(token for ids in tokens for token in set(ids)), set(stated)
    shared = [sum(1 / counts[token] for token in wanted & set(ids)) for ids in tokens]
    kept, used = list[int](), 0
    for at in sorted(range(len(texts)), key=lambda at: -shared[at]):
        if used + len(tokens[at]) <= room or not kept:
            kept.append(at)
            used += len(tokens[at])
    return " ".join(texts[at] for at in sorted(kept))
