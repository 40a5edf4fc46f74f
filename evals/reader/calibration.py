"""Fit what turns readings into an answer: `python -m evals.reader.calibration --data FOLDER [--work .evals]`.

Prints the weights of a sentence's score and the calibration of the answerability, over questions whose articles the
reader was not trained on. The indexes must have been built by `python -m evals`.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.answering.reading.answerability import reading_features
from bot.answering.reading.passage_reading import read_question
from bot.answering.reading.read_sentences import ReadSentence, context_terms, coverage
from evals.asked import HELD_OUT
from evals.data import Row, rows
from evals.reader.asked_examples import PASSED_OVER
from evals.reader.examples import holds_gold, trigrams
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from retrieval.search.hybrid_search import Search, SearchResult

Floats = npt.NDArray[np.float64]

RIDGE = 1.0  # the larger, the smaller the coefficients
STEPS = 30  # of Newton's method; it has settled long before
ASCENTS, RATE = 3_000, 0.05  # of the gradient, for the weights of sentences


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was read: features of its sentences and which of them answer, features of the whole."""

    answerable: bool
    sentences: Floats  # (sentences, 5): logit, passage, place, cosine, coverage
    right: npt.NDArray[np.bool_]
    whole: tuple[float, ...]


def main() -> None:
    """Read the questions, fit, and print the weights with what is answered and refused on each set."""
    parser = argparse.ArgumentParser(prog="python -m evals.reader.calibration", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path(".evals"))
    options = parser.parse_args()
    asked = list(_read(options.work / "asked", _asked(options.data)))
    sets = {"asked": asked, "multihop": list(_read(options.work / "multihop", _multihop(options.data)))}
    print("SentenceWeights", fit_sentences([one for one in asked if one.right.any()]).round(2))
    weights = fit_answerability(list(sets.values()))
    print("Calibration", weights.round(2))
    for name, questions in sets.items():
        shares = [_probability(weights, one) >= 0.5 for one in questions]
        answered = [share for share, one in zip(shares, questions, strict=True) if one.answerable]
        refused = [not share for share, one in zip(shares, questions, strict=True) if not one.answerable]
        print(f"  {name:<10} answered {np.mean(answered):.3f}  refused {np.mean(refused):.3f}")


def fit_sentences(questions: Sequence[Question]) -> Floats:
    """Weights of the features, the logit's being 1, that make the sentences that answer the likeliest (softmax)."""
    beta = np.array([1.0, 0.5, 0.5, 1.0, 1.0])
    for _ in range(ASCENTS):
        gradient = sum((_listwise_gradient(beta, one) for one in questions), np.zeros(len(beta)))
        beta = beta + RATE * gradient / len(questions)
    scaled: Floats = beta / beta[0]
    return scaled


def _listwise_gradient(beta: Floats, question: Question) -> Floats:
    scores = question.sentences @ beta
    everything = np.exp(scores - scores.max())
    right = everything * question.right
    gradient: Floats = (right / right.sum() - everything / everything.sum()) @ question.sentences
    return gradient


def fit_answerability(sets: Sequence[Sequence[Question]]) -> Floats:
    """Logistic regression by Newton's method; of each set both kinds of question have the same weight."""
    x = np.array([(1.0, *one.whole) for questions in sets for one in questions])
    y = np.array([float(one.answerable) for questions in sets for one in questions])
    weight = np.concatenate([_balance(questions) for questions in sets])
    beta, penalty = np.zeros(x.shape[1]), RIDGE * np.eye(x.shape[1])
    penalty[0, 0] = 0.0
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (weight * (p - y)) + penalty @ beta
        beta = beta - np.linalg.solve((x.T * (weight * p * (1 - p))) @ x + penalty, gradient)
    fitted: Floats = np.array(beta)
    return fitted


def _balance(questions: Sequence[Question]) -> Floats:
    can = np.array([one.answerable for one in questions])
    weights: Floats = np.where(can, 0.5 / max(1, can.sum()), 0.5 / max(1, (~can).sum())) * 400
    return weights


def _probability(weights: Floats, question: Question) -> float:
    return float(1 / (1 + np.exp(-(weights[0] + weights[1:] @ np.array(question.whole)))))


def _read(folder: Path, asked: Sequence[tuple[Row, bool]]) -> Iterator[Question]:
    model = MiniLM()
    with Store(folder, lambda: model) as store:
        search = Search(store)
        for row, can in asked:
            today = date.fromisoformat(row["today"]) if row.get("today") else None
            question = row.get("question") or row["query"]
            found = search(question, today=today)
            read = read_question(question, found, store.catalog)[0].sentences
            if read:
                gold = [trigrams(item["text"]) for item in row.get("sentences") or []]
                features = np.array([_features(sentence, found) for sentence in read])
                right = np.array([holds_gold(sentence.text, gold) for sentence in read])
                yield Question(can, features, right, reading_features(read))


def _features(sentence: ReadSentence, found: SearchResult) -> tuple[float, ...]:
    places = [1 / at for at, hit in enumerate(found.hits, start=1) if hit.passage.id == sentence.hit.passage.id]
    covered = coverage(found.question.idf, sentence.text, context_terms(sentence.hit))
    return sentence.logit, sentence.passage, sum(places), sentence.hit.dense, covered


def _asked(data: Path) -> list[tuple[Row, bool]]:
    found = [row for row in rows(data / "asked/questions.jsonl") if row["slice"] in HELD_OUT]
    return [(row, row["answerable"]) for row in found if row["kind"] not in (*PASSED_OVER, "follow-up")]


def _multihop(data: Path) -> list[tuple[Row, bool]]:
    queries = rows(data / "multihop/queries.jsonl")
    can = [(row, True) for row in queries if row["type"] != "null_query"]
    return can[::5] + [(row, False) for row in queries if row["type"] == "null_query"][::2]


if __name__ == "__main__":
    main()
