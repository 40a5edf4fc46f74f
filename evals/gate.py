"""Fit the answerability calibration: `python -m evals.gate --data FOLDER`.

The indexes must have been built by `python -m evals`.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.answering.answerability import WITH_VECTORS, WITHOUT_VECTORS, answerability_features
from evals.data import Row, clapnq_articles, rows
from retrieval.index import indexer
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from retrieval.ingest import local_files
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess
from retrieval.search.hybrid_search import Search

Floats = npt.NDArray[np.float64]
Labelled = list[tuple[dict[str, float], bool]]
"""Features of a question over one index, and whether that index can answer it."""

RIDGE = 3.3  # the larger, the smaller the coefficients
STEPS = 30  # of Newton's method; it has settled long before


def main() -> None:
    """Collect features, fit both calibrations and print them with their discrimination on each set."""
    parser = argparse.ArgumentParser(prog="python -m evals.gate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path(".evals"))
    parser.add_argument("--articles", type=int, default=6000)
    options = parser.parse_args()
    sets = _sets(options.data, options.work, options.articles)
    for name, calibration in (("WITH_VECTORS", WITH_VECTORS), ("BY_WORDS_ALONE", WITHOUT_VECTORS)):
        names = list(calibration.coefficients)
        weights = _fit(sets, names)
        print(
            name, round(weights[0], 2), {key: round(weight, 2) for key, weight in zip(names, weights[1:], strict=True)}
        )
        for key, labelled in sets.items():
            print(f"  {key:<10} answered {_share(labelled, names, weights, True):.3f}", end="")
            print(f"  refused {1 - _share(labelled, names, weights, False):.3f}")


def _sets(data: Path, work: Path, articles: int) -> dict[str, Labelled]:
    """Each index with its own questions and, as unanswerable ones, those of other indexes."""
    model = MiniLM()
    clapnq = rows(data / "answerable/clapnq.jsonl")
    trivia = [row["question"] for row in clapnq]
    multihop = rows(data / "multihop/queries.jsonl")
    hops = [row["query"] for row in multihop if row["gold"]]
    nulls = [row["query"] for row in multihop if not row["gold"]]
    quizzes = [row["question"] for row in rows(data / "news/questions.jsonl")]
    said = [row["question"] for row in rows(data / "quotes/questions.jsonl")]
    return {
        "multihop": _labelled(work / "multihop", model, hops[::2], nulls),
        "news": _labelled(work / f"news-{articles}", model, quizzes, [*trivia[::2], *nulls[::4]]),
        "quotes": _labelled(work / "quotes", model, said, [*trivia[1::2], *nulls[1::4], *quizzes[::4]]),
        "sample": _sample(work / "sample", model),
        "clapnq": [one for row in clapnq for one in _clapnq(work / "clapnq", model, row)],
    }


def _labelled(folder: Path, model: MiniLM, answerable: Sequence[str], foreign: Sequence[str]) -> Labelled:
    with Store(folder, lambda: model) as store:
        search = Search(store)
        asked = [(question, True) for question in answerable] + [(question, False) for question in foreign]
        found = [(question, search(question), can) for question, can in asked]
        search.close()
        return [
            (answerability_features(question, one.question, one.hits), can) for question, one, can in found if one.hits
        ]


def _sample(folder: Path, model: MiniLM) -> Labelled:
    """The sample articles: a very small index with short questions."""
    here = Path(__file__).parent
    with Store(folder, lambda: model) as store, ParserProcess() as parser:
        indexer.add_articles(store, local_files.read_files(str(here.parent / "articles"), parser))
        indexer.index_pending(store)
    asked = rows(here / "sample.jsonl")
    sides = ([row["question"] for row in asked if row["answerable"] is can] for can in (True, False))
    return _labelled(folder, model, *sides)


def _clapnq(folder: Path, model: MiniLM, row: Row) -> Labelled:
    question, can = str(row["question"]), str(row["answerable"]) == "True"
    with Store(folder / str(row["id"]), lambda: model) as store:
        indexer.add_articles(store, clapnq_articles(row))
        indexer.index_pending(store)
    return _labelled(folder / str(row["id"]), model, [question] if can else [], [] if can else [question])


def _matrix(labelled: Labelled, names: Sequence[str]) -> Floats:
    return np.array([[1.0, *(found[name] for name in names)] for found, _ in labelled])


def _fit(sets: dict[str, Labelled], names: Sequence[str]) -> list[float]:
    """Ridge logistic regression by Newton's method; sets have equal weight, and so have the two classes of each."""
    inputs = np.vstack([_matrix(labelled, names) for labelled in sets.values()])
    truth = np.array([can for labelled in sets.values() for _, can in labelled], dtype=np.float64)
    counts = np.concatenate([_balance(labelled) for labelled in sets.values()])
    counts *= len(truth) / counts.sum()
    ridge = np.diag([0.0, *[RIDGE] * len(names)])
    weights = np.zeros(inputs.shape[1])
    for _ in range(STEPS):
        guess = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (counts * (guess - truth)) + ridge @ weights
        curve = (inputs.T * (counts * guess * (1 - guess))) @ inputs + ridge
        weights -= np.linalg.solve(curve, slope)
    return [float(weight) for weight in weights]


def _balance(labelled: Labelled) -> Floats:
    sides = {can: sum(one == can for _, one in labelled) for can in (True, False)}
    return np.array([1 / sides[can] for _, can in labelled])


def _share(labelled: Labelled, names: Sequence[str], weights: Sequence[float], can: bool) -> float:
    side = [(found, one) for found, one in labelled if one == can]
    return float(np.mean(_matrix(side, names) @ np.array(weights) > 0))


if __name__ == "__main__":
    main()
