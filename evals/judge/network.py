"""The judge in PyTorch: MiniLM with low-rank adapters and a head of three verdicts."""

import torch
from torch import Tensor, nn

from evals.reader.network import AdaptedMiniLM
from retrieval.models.minilm.weights import HIDDEN, Weights


class JudgeNetwork(AdaptedMiniLM):
    """Reads a claim with its evidence; logits of supported, contradicted and absent."""

    def __init__(self, weights: Weights, frozen: int = 0) -> None:
        super().__init__(weights, frozen)
        self.verdict = nn.Sequential(nn.Linear(2 * HIDDEN, HIDDEN), nn.GELU(), nn.Dropout(0.1), nn.Linear(HIDDEN, 3))

    def verdicts(self, hidden: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """Logits (batch, 3) from `[CLS]` beside the mean of the claim's tokens."""
        stated = ((types == 0) & (mask == 1)).unsqueeze(-1).float()
        mean = (hidden * stated).sum(1) / stated.sum(1)
        logits: Tensor = self.verdict(torch.cat([hidden[:, 0], mean], -1))
        return logits
