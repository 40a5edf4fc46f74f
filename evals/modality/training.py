"""Train the modality model: `python -m evals.modality.training --data FOLDER --out FILE`.

The package reads `retrieval/quotes/modality/modality.npz`. Needs `pip install -e ".[train]"`; takes some minutes. The
file holds numbers only.
"""

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from evals.modality.examples import Example, training_examples
from retrieval.quotes.attribution.token_features import Floats
from retrieval.quotes.modality.classifier import MODALITIES
from retrieval.quotes.modality.cue_contexts import CONTEXT_COLUMNS

NETWORKS, HIDDEN, DROPOUT = 6, 48, 0.3
EPOCHS, BATCH, RATE, DECAY, SMOOTHING = 8, 64, 4e-3, 0.02, 0.02
WORD_COLUMNS, HIDDEN_WORDS = 64, 0.05  # a share of words is hidden, so that none is learned by heart
POLNEAR_EXAMPLES = 3_000


class ContextNetwork(nn.Module):
    """A network that `retrieval.quotes.modality.context_networks` runs on numpy."""

    def __init__(self, columns: int, classes: int) -> None:
        super().__init__()
        self.inner = nn.Linear(columns, HIDDEN)
        self.near = nn.Conv1d(HIDDEN, HIDDEN, 3, padding=1)
        self.far = nn.Conv1d(HIDDEN, HIDDEN, 3, padding=2, dilation=2)
        self.out = nn.Linear(4 * HIDDEN, classes)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, rows: Tensor, exists: Tensor) -> Tensor:
        """The logits of each context."""
        hidden = torch.relu(self.inner(self.dropout(rows))) * exists
        for layer in (self.near, self.far):
            hidden = (hidden + torch.relu(layer(hidden.transpose(1, 2)).transpose(1, 2))) * exists
        columns = rows[:, :, -CONTEXT_COLUMNS:]
        means = [
            (hidden * weight).sum(1) / weight.sum(1).clamp(min=1)
            for weight in (exists, columns[..., :1], columns[..., 1:2])
        ]
        logits: Tensor = self.out(self.dropout(torch.cat([hidden.amax(1), *means], 1)))
        return logits


def main() -> None:
    """Train the networks and write their weights."""
    parser = argparse.ArgumentParser(prog="python -m evals.modality.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    options = parser.parse_args()
    examples = training_examples(options.data, POLNEAR_EXAMPLES)
    print(f"{len(examples)} examples")
    write_weights(train_networks(examples, len(MODALITIES), EPOCHS), options.out)


def train_networks(examples: Sequence[Example], classes: int, epochs: int) -> dict[str, Floats]:
    """Train NETWORKS of them, each from another seed; return their weights as the package takes them."""
    return _weights([_train(examples, classes, seed, epochs) for seed in range(NETWORKS)])


def write_weights(weights: dict[str, Floats], file: Path) -> None:
    """Write weights as the package reads them."""
    with file.open("wb") as out:
        np.savez_compressed(out, allow_pickle=False, **weights)


def _train(examples: Sequence[Example], classes: int, seed: int, epochs: int) -> ContextNetwork:
    """Train one network."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # steps are too small to be worth dividing
    chance = random.Random(seed)
    network, order = ContextNetwork(examples[0].features.shape[1], classes), list(examples)
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    steps = epochs * (len(order) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, steps + 1)
    for epoch in range(epochs):
        chance.shuffle(order)
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            labels = torch.tensor([example.label for example in batch])
            loss = F.cross_entropy(network(*_padded(batch)), labels, label_smoothing=SMOOTHING)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        print(f"network {seed + 1}, epoch {epoch + 1}: loss {loss.item():.3f}", flush=True)
    network.eval()
    return network


def _padded(batch: Sequence[Example]) -> tuple[Tensor, Tensor]:
    """The features of contexts of several lengths, some words hidden, and which rows exist."""
    length = max(len(example.features) for example in batch)
    rows = torch.zeros(len(batch), length, batch[0].features.shape[1])
    exists = torch.zeros(len(batch), length, 1)
    for at, example in enumerate(batch):
        size = len(example.features)
        rows[at, :size], exists[at, :size] = torch.from_numpy(example.features), 1
    rows[:, :, :WORD_COLUMNS] *= torch.rand(len(batch), length, 1) >= HIDDEN_WORDS
    return rows, exists


def _weights(networks: Sequence[ContextNetwork]) -> dict[str, Floats]:
    """The weights as the package takes them, half precision, the networks along the first axis."""
    found = {
        "in": [network.inner.weight.T for network in networks],
        "inb": [network.inner.bias for network in networks],
        "c1": [network.near.weight.permute(2, 1, 0) for network in networks],
        "b1": [network.near.bias for network in networks],
        "c2": [network.far.weight.permute(2, 1, 0) for network in networks],
        "b2": [network.far.bias for network in networks],
        "out": [network.out.weight.T for network in networks],
        "outb": [network.out.bias for network in networks],
    }
    return {
        name: np.stack([part.detach().numpy() for part in parts if part is not None]).astype(np.float16)
        for name, parts in found.items()
    }


if __name__ == "__main__":
    main()
