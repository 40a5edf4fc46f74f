"""Measure one system: quality, speed, memory and disk space."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.clock import percentile
from bench.peers.answering import Row
from bench.peers.environment import peer_interpreter
from bench.peers.judging import article_rank, hit, mean_reciprocal, quote_rank
from bench.peers.process import Process, start_seconds
from bench.peers.systems import System

WARM = 5  # questions before anything is timed
STARTS = 3
THREADS = 8

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
    command = [str(peer_interpreter(system.folder, work)), "-m", system.module, system.way]
    vectors = work.absolute() / "vectors.db"
    ingest, first = _ingest(command, sets.timed, work)
    news, second = _news(command, sets, work, vectors)
    quotes = _quotes(command, sets, work, vectors)
    return _start(command) | ingest | news | quotes | {"peak memory": max(first, second), "load": os.getloadavg()[1]}


def _start(command: Sequence[str]) -> Figures:
    nothing = [command[0], "-c", f"import {command[2]}"]
    return {"start": percentile([start_seconds(nothing) for _ in range(STARTS + 1)][1:], 0.5)}


def _ingest(command: Sequence[str], articles: Sequence[Row], work: Path) -> tuple[Figures, float]:
    """With every vector computed."""
    with _process(command, work) as peer:
        done = peer.ask(do="ingest", articles=articles)
        rates = {
            "ingest, passages/s": done["passages"] / done["seconds"],
            "ingest, articles/s": len(articles) / done["seconds"],
            "ingest, CPU an article": done["cpu"] / len(articles) * 1000,
        }
    return rates, peer.peak


def _news(command: Sequence[str], sets: Sets, work: Path, vectors: Path) -> tuple[Figures, float]:
    questions = [row["question"] for row in sets.news_questions]
    with _process(command, work, vectors) as peer:
        done = peer.ask(do="ingest", articles=sets.news)
        for question in questions[:WARM]:
            peer.ask(do="search", question=question)
        ranks, figures = _asked(peer, sets.news_questions)
        figures |= {"passages": float(done["passages"])} | _side_by_side(peer, questions)
        memory = peer.peak
        peer.ask(do="keep")
    shown = {f"news, hit@{depth}": hit(ranks, depth) for depth in (1, 5, 10)}
    return figures | shown | {"news, MRR@10": mean_reciprocal(ranks), "disk": _megabytes(work / "index")}, memory


def _asked(peer: Process, rows: Sequence[Row]) -> tuple[list[int], Figures]:
    """The ranks, and the times of questions asked one after the other."""
    replies = [peer.ask(do="search", question=row["question"]) for row in rows]
    spent = [reply["seconds"] * 1000 for reply in replies]
    figures = {
        "search, p50": percentile(spent, 0.5),
        "search, p95": percentile(spent, 0.95),
        "search, CPU a question": sum(reply["cpu"] for reply in replies) / len(replies) * 1000,
    }
    return [article_rank(reply["found"], row) for reply, row in zip(replies, rows, strict=True)], figures


def _side_by_side(peer: Process, questions: Sequence[str]) -> Figures:
    done = peer.ask(do="time", questions=questions, threads=THREADS)
    return {
        f"search, {THREADS} threads, p50": percentile(done["ms"], 0.5),
        f"search, {THREADS} threads, p95": percentile(done["ms"], 0.95),
        f"search, {THREADS} threads, questions/s": len(questions) / done["seconds"],
    }


def _quotes(command: Sequence[str], sets: Sets, work: Path, vectors: Path) -> Figures:
    texts = {row["id"]: row["text"] for row in sets.quotes}
    with _process(command, work, vectors) as peer:
        peer.ask(do="ingest", articles=sets.quotes)
        ranks = [
            quote_rank(peer.ask(do="search", question=row["question"])["found"], row, texts)
            for row in sets.quote_questions
        ]
    return {f"quotes, hit@{depth}": hit(ranks, depth) for depth in (1, 5)}


def _process(command: Sequence[str], work: Path, *remembered: Any) -> Process:
    """A peer over an empty folder."""
    folder = work.absolute() / "index"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return Process([*command, str(folder), *map(str, remembered)], work / "errors.log")


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
