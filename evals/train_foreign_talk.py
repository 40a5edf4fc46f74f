"""Train what tells small talk in other languages: `python -m evals.train_foreign_talk [--data FOLDER] [--out FILE]`.

`foreign_turns.jsonl` has small talk and questions in each language; English turns and questions over news are examples
of neither. Printed are figures by cross-validation and, with --data, the readers' questions (`asked`) that are taken
for small talk.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evals.data import Row, rows
from evals.train_turns import EXAMPLES, NEWS_QUESTIONS
from retrieval.models.foreign_talk import (
    CLASSES,
    TALK_LANGUAGES,
    FloatArray,
    ForeignTalkClassifier,
    letter_features,
)
from retrieval.models.turn_kinds import QUESTION

FOREIGN = Path("evals/foreign_turns.jsonl")
OUT = Path("retrieval/models/foreign_talk.npz")
NEWS_EXAMPLES = 700
ENGLISH_WEIGHT = 0.2  # of an English example's loss
FOLDS, SEED = 5, 7
STEPS, RATE, DECAY = 120, 0.3, 2e-5  # of Adam; more steps change nothing by cross-validation

Labels = npt.NDArray[np.int64]


def main() -> None:
    """Print the figures, train on all examples, and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m evals.train_foreign_talk", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with the labelled sets")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    written = rows(FOREIGN)
    english = [row["text"] for row in rows(EXAMPLES) if "{" not in row["text"]]
    english += [row["question"] for row in rows(NEWS_QUESTIONS)[:: len(rows(NEWS_QUESTIONS)) // NEWS_EXAMPLES]]
    features, others = _features([row["text"] for row in written]), _features(english)
    labels = np.array([_label(row) for row in written])
    _print_cross_validation(written, features, labels, others)
    matrix, bias = _fit(features, labels, others)
    np.savez_compressed(options.out, matrix=matrix.astype(np.float16), bias=bias.astype(np.float16))
    if options.data:
        classify = ForeignTalkClassifier(matrix, bias)
        for row in rows(options.data / "asked/questions.jsonl"):
            if row["kind"] != "small-talk" and (talk := classify(row["question"])):
                print(f"  taken for {talk.language} {talk.kind}: {row['question']}")


def _label(row: Row) -> int:
    return 0 if row["kind"] == QUESTION else CLASSES.index((row["language"], row["kind"]))


def _features(texts: Sequence[str]) -> FloatArray:
    return np.array([letter_features(text) for text in texts], dtype=np.float32)


def _fit(features: FloatArray, labels: Labels, others: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weights, shape (FEATURES, classes), and biases: softmax regression by Adam on all examples at once."""
    inputs = np.concatenate([features, others])
    inputs = np.hstack([inputs, np.ones((len(inputs), 1), dtype=np.float32)])
    targets = np.eye(len(CLASSES), dtype=np.float32)[np.concatenate([labels, np.zeros(len(others), dtype=int)])]
    weight = np.ones((len(inputs), 1), dtype=np.float32)
    weight[len(labels) :] = ENGLISH_WEIGHT
    weight /= weight.sum()
    solved, first, second = (np.zeros((inputs.shape[1], len(CLASSES)), dtype=np.float32) for _ in range(3))
    for step in range(1, STEPS + 1):
        logits = inputs @ solved
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        gradient = inputs.T @ (weight * (shares - targets)) + DECAY * solved
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        solved -= RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return solved[:-1], solved[-1]


def _print_cross_validation(written: Sequence[Row], features: FloatArray, labels: Labels, others: FloatArray) -> None:
    """Print by language how much small talk is recognised, and each question that is taken for some."""
    folds = np.random.default_rng(SEED).permutation(len(written)) % FOLDS
    told = dict[int, tuple[str, str] | None]()
    for fold in range(FOLDS):
        classify = ForeignTalkClassifier(*_fit(features[folds != fold], labels[folds != fold], others))
        for at in np.flatnonzero(folds == fold).tolist():
            talk = classify(written[at]["text"])
            told[at] = (talk.language, talk.kind) if talk else None
    for language in TALK_LANGUAGES:
        own = [at for at, row in enumerate(written) if row["language"] == language and row["kind"] != QUESTION]
        found = [at for at in own if told[at]]
        right = sum(told[at] == (language, written[at]["kind"]) for at in found)
        print(f"{language}: of {len(own)} turns of small talk {len(found)} are told, {right} of the right kind")
    for at, row in enumerate(written):
        if row["kind"] == QUESTION and told[at]:
            print(f"  question taken for {told[at]}: {row['text']}")


if __name__ == "__main__":
    main()
