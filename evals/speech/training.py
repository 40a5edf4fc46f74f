"""Train what tells words from deeds: `python -m evals.speech.training --data FOLDER --out FILE`.

The package reads `retrieval/quotes/modality/speech.npz`. Needs `pip install -e ".[train]"`; takes some minutes. The
file holds numbers only. Prints precision and recall of `words` on the held-out slice at each bar.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evals.modality.examples import Example
from evals.modality.training import train_networks, write_weights
from evals.speech.examples import HELD_OUT, own_examples, speech_examples
from retrieval.quotes.modality.context_networks import ContextWeights, probabilities

EPOCHS, CLASSES = 10, 2
BARS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9)


def main() -> None:
    """Train the networks, write their weights, measure them."""
    parser = argparse.ArgumentParser(prog="python -m evals.speech.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    options = parser.parse_args()
    examples = list(speech_examples(options.data))
    known = [example for row, example in examples if row["slice"] != HELD_OUT] + list(own_examples())
    held_out = [(row["kind"], example) for row, example in examples if row["slice"] == HELD_OUT]
    print(f"{len(known)} examples, {len(held_out)} held out")
    weights = train_networks(known, CLASSES, EPOCHS)
    write_weights(weights, options.out)
    in_float = {name: value.astype(np.float32) for name, value in weights.items()}
    for kind in ("direct", "mixed", "indirect"):
        measure(kind, in_float, [example for of_kind, example in held_out if of_kind == kind])


def measure(name: str, weights: ContextWeights, examples: Sequence[Example]) -> None:
    """Print what passes at each bar."""
    chances = probabilities(weights, [one.features for one in examples])[:, 0]
    is_words = np.array([one.label == 0 for one in examples])
    print(f"{name}: {len(examples)}, {is_words.mean():.3f} words")
    for bar in BARS:
        passed = chances >= bar
        right = (passed & is_words).sum()
        print(f"  {bar:.2f} precision {right / max(1, passed.sum()):.3f} recall {right / is_words.sum():.3f}")


if __name__ == "__main__":
    main()
