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
from evals.logistic import Floats, fit_logistic
from evals.reader.examples import holds_gold, trigrams
from evals.reader.news_examples import news_question_rows
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from retrieval.search.hybrid_search import Search, SearchResult

ANSWERABLE = 0.6  # readers ask more of what the articles answer
RIDGE = 1.0  # the larger, the smaller the coefficients
ASCENTS, RATE = 3_000, 0.05  # of the gradient, for the weights of sentences


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was read: features of its sentences and which of them answer, features of the whole."""

    answerable: bool
    sentences: Floats  # (sentences, 4): logit, place, cosine, coverage
    right: npt.NDArray[np.bool_]
    whole: tuple[float, ...]


def main() -> None:
    """Read the questions, fit, and print the weights with what is answered and refused on each set."""
    parser = argparse.ArgumentParser(prog="python -m evals.reader.calibration", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path(".evals"))
    options = parser.parse_args()
    written = list(_read(options.work / "news-questions", _written(options.data)))
    sets = {"news questions": written, "multihop": list(_read(options.work / "multihop", _multihop(options.data)))}
    print("SentenceWeights", fit_sentences([one for one in written if one.right.any()]).round(2))
    weights = fit_answerability(list(sets.values()))
    print("Calibration", weights.round(2))
    for name, questions in sets.items():
        shares = [_probability(weights, one) >= 0.5 for one in questions]
        answered = [share for share, one in zip(shares, questions, strict=True) if one.answerable]
        refused = [not share for share, one in zip(shares, questions, strict=True) if not one.answerable]
        print(f"  {name:<10} answered {np.mean(answered):.3f}  refused {np.mean(refused):.3f}")


def fit_sentences(questions: Sequence[Question]) -> Floats:
    """Weights of the features, the logit's being 1, that make the sentences that answer the likeliest (softmax)."""
    beta = np.array([1.0, 0.5, 1.0, 1.0])
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
    """Logistic regression; of each set ANSWERABLE of the weight is on answerable questions."""
    every = [one for questions in sets for one in questions]
    weight = np.concatenate([_balance(questions) for questions in sets])
    right = np.array([one.answerable for one in every])
    return fit_logistic(np.array([one.whole for one in every]), right, weight, ridge=RIDGE)


def _balance(questions: Sequence[Question]) -> Floats:
    can = np.array([one.answerable for one in questions])
    weights: Floats = 400 * np.where(can, ANSWERABLE / max(1, can.sum()), (1 - ANSWERABLE) / max(1, (~can).sum()))
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
    return sentence.logit, sum(places), sentence.hit.dense, covered


def _written(data: Path) -> list[tuple[Row, bool]]:
    """Questions written over news, whose clusters of articles the reader was not trained on."""
    found = [row for row in news_question_rows(data) if row["slice"] in HELD_OUT]
    return [(row, row["answerable"]) for row in found if not row.get("history")]


def _multihop(data: Path) -> list[tuple[Row, bool]]:
    queries = rows(data / "multihop/queries.jsonl")
    can = [(row, True) for row in queries if row["type"] != "null_query"]
    return can[::5] + [(row, False) for row in queries if row["type"] == "null_query"][::2]


if __name__ == "__main__":
    main()
