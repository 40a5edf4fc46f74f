"""Measure how often OnRecord declines unanswerable questions; the peers have no such step."""

from pathlib import Path

from evals import answers
from evals.data import evidence_articles
from evals.systems import build
from retrieval.index.vectors.minilm import MiniLM


def abstaining(data: Path, work: Path) -> dict[str, float]:
    """The shares of unanswerable questions declined and of answerable ones answered."""
    model = MiniLM()
    with build(work / "multihop", model, evidence_articles(data)) as store:
        lines = {"MultiHop": answers.multihop(data, store)}
    lines["CLAP NQ"] = answers.clapnq(data, model)
    figures = dict[str, float]()
    for name, (line,) in lines.items():
        figures[f"{name}, unanswerable refused"] = line.figures["refused"]
        figures[f"{name}, answerable answered"] = line.figures["answered"]
    return figures
