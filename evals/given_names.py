"""Train the model that tells a given name's gender: `python -m evals.given_names --data FOLDER`.

It learns from the births registered in the United Kingdom (OpenGenderTracking/globalnamedata, Open Government Licence),
in which names of all the world occur, and is measured on names of other lists that are not among them.
"""

import argparse
import csv
import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.quotes.speakers.given_names import (
    BUCKETS,
    FILTER_BITS,
    WEIGHTS,
    filter_places,
    gender_features,
    modelled_gender,
)
from retrieval.quotes.speakers.names import fold

EPOCHS, LEARNING_RATE, DECAY, SEED = 12, 0.15, 2e-6, 1
LARGEST = 127  # of a weight that is stored in one byte
MIN_BIRTHS = 20  # of a name in the filter
Floats = NDArray[Any]
Labelled = tuple[str, float, float]
"""A folded given name, the share of women who bear it, how much it counts."""


def registered(data: Path) -> list[Labelled]:
    """Names with the share of girls among those who were given them; a common one counts more than a rare one."""
    births: dict[str, list[float]] = {}
    for row in _rows(data / "reading/names_uk.tsv.gz"):
        counts = births.setdefault(fold(row["name"]), [0.0, 0.0])
        counts[0] += float(row["male"])
        counts[1] += float(row["female"])
    return [
        (name, f / (m + f), 1 + float(np.log1p(m + f))) for name, (m, f) in births.items() if m + f and len(name) > 1
    ]


def train(names: Iterable[Labelled]) -> Floats:
    """Weights of the hashed letter groups, by stochastic gradient descent on the logistic loss, averaged."""
    examples = [(np.array(gender_features(name)), share, weight) for name, share, weight in names]
    weights, total = np.zeros(BUCKETS), np.zeros(BUCKETS)
    draw = np.random.default_rng(SEED)
    for epoch in range(EPOCHS):
        for at in draw.permutation(len(examples)):
            found, share, weight = examples[at]
            probability = 1 / (1 + np.exp(-weights[found].sum()))
            step = LEARNING_RATE / (1 + epoch) * min(weight, 6.0) / 3
            weights[found] += step * ((share - probability) - DECAY * weights[found])
        total += weights
    return total / EPOCHS


def name_filter(names: Iterable[Labelled]) -> Floats:
    """The Bloom filter of names that are not rarest of all: a bit for each hash of each of them."""
    bits = np.zeros(FILTER_BITS, dtype=bool)
    for name, _, weight in names:
        if weight >= 1 + np.log1p(MIN_BIRTHS):
            bits[filter_places(name)] = True
    return np.packbits(bits)


def save(weights: Floats, names: Floats, path: Path) -> None:
    """Write the weights as bytes, the scale that gives them back, and the filter."""
    scale = np.abs(weights).max() / LARGEST
    small = np.round(weights / scale).astype(np.int8)
    path.write_bytes(gzip.compress(np.float32(scale).tobytes() + small.tobytes() + names.tobytes(), mtime=0))


def measure(data: Path) -> None:
    """Print how many unseen names of other lists are told, and how many of those rightly."""
    seen = {name for name, *_ in registered(data)}
    rows = [(fold(row["name"]), row["gender"]) for row in _rows(data / "reading/names_gender.tsv.gz")]
    for title, some in (
        ("unseen", [row for row in rows if row[0] not in seen]),
        ("seen", [row for row in rows if row[0] in seen]),
    ):
        told = [(modelled_gender(name), kind.lower()) for name, kind in some if kind in ("M", "F") and "+" not in name]
        decided = [(found, kind) for found, kind in told if found]
        right = sum(found == kind for found, kind in decided)
        print(f"{title}: {len(told)} names, told {len(decided) / len(told):.3f}, right {right / len(decided):.3f}")


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def main() -> None:
    """Train, store the weights in the package, measure."""
    parser = argparse.ArgumentParser(prog="python -m evals.given_names", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    options = parser.parse_args()
    names = registered(options.data)
    save(train(names), name_filter(names), WEIGHTS)
    measure(options.data)


if __name__ == "__main__":
    main()
