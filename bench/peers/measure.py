"""Everything about one system: how well it finds, how fast, with how much memory and disk."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.clock import percentile
from bench.peers.answering import Chunk, Row
from bench.peers.environment import python
from bench.peers.judging import article_rank, hit, mean_reciprocal, quote_rank
from bench.peers.process import Process, started
from bench.peers.systems import System

WARM = 5  # questions before anything is timed
STARTS = 3
THREADS = (1, 8)

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Sets:
    """Articles and questions; `timed` are the articles whose ingest is timed."""

    news: list[Row]
    timed: list[Row]
    news_questions: list[Row]
    quotes: list[Row]
    quote_questions: list[Row]


def measure(system: System, sets: Sets, work: Path) -> Figures:
    """All figures of one system, by their names in the table."""
    command = [str(python(system.folder, work)), "-m", system.module, system.way]
    vectors = work.absolute() / "vectors.db"
    ingest, first = _ingest(command, sets.timed, work)
    news, second = _news(command, sets, work, vectors)
    return _start(command) | ingest | news | _quotes(command, sets, work, vectors) | {"peak memory": max(first, second)}


def _start(command: Sequence[str]) -> Figures:
    nothing = [command[0], "-c", f"import {command[2]}"]
    return {"start": percentile([started(nothing) for _ in range(STARTS + 1)][1:], 0.5)}


def _ingest(command: Sequence[str], articles: Sequence[Row], work: Path) -> tuple[Figures, float]:
    """With every vector computed."""
    with _process(command, work) as peer:
        done = peer.ask(do="ingest", articles=articles)
        rates = {
            "ingest, passages/s": done["passages"] / done["seconds"],
            "ingest, articles/s": len(articles) / done["seconds"],
        }
    return rates, peer.peak


def _news(command: Sequence[str], sets: Sets, work: Path, vectors: Path) -> tuple[Figures, float]:
    questions = [row["question"] for row in sets.news_questions]
    with _process(command, work, vectors) as peer:
        done = peer.ask(do="ingest", articles=sets.news)
        for question in questions[:WARM]:
            peer.ask(do="search", question=question)
        figures = {"passages": float(done["passages"])} | _times(peer, questions)
        memory = peer.peak
        ranks = _ranks(peer, sets.news_questions, article_rank)
        peer.ask(do="keep")
    shown = {f"news, hit@{depth}": hit(ranks, depth) for depth in (1, 5, 10)}
    return figures | shown | {"news, MRR@10": mean_reciprocal(ranks), "disk": _megabytes(work / "index")}, memory


def _times(peer: Process, questions: Sequence[str]) -> Figures:
    figures = Figures()
    for threads in THREADS:
        done = peer.ask(do="time", questions=questions, threads=threads)
        name = f"search, {threads} thread{'s' if threads > 1 else ''}"
        figures |= {f"{name}, p50": percentile(done["ms"], 0.5), f"{name}, p95": percentile(done["ms"], 0.95)}
        figures[f"{name}, questions/s"] = len(questions) / done["seconds"]
    return figures


def _quotes(command: Sequence[str], sets: Sets, work: Path, vectors: Path) -> Figures:
    texts = {row["id"]: row["text"] for row in sets.quotes}
    with _process(command, work, vectors) as peer:
        peer.ask(do="ingest", articles=sets.quotes)
        ranks = _ranks(peer, sets.quote_questions, lambda found, row: quote_rank(found, row, texts))
    return {f"quotes, hit@{depth}": hit(ranks, depth) for depth in (1, 5)}


def _ranks(peer: Process, rows: Sequence[Row], rank: Callable[[list[Chunk], Row], int]) -> list[int]:
    return [rank(peer.ask(do="search", question=row["question"])["found"], row) for row in rows]


def _process(command: Sequence[str], work: Path, *remembered: Any) -> Process:
    """A peer over an empty folder."""
    folder = work.absolute() / "index"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return Process([*command, str(folder), *map(str, remembered)], work / "errors.log")


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
