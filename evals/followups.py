"""Measure follow-up questions: recall with the last turn alone, with our rewriting, with a human's rewriting."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from bot.answering.generation.writer import Writer
from bot.answering.messages import Turn
from bot.answering.questions.planning import plan_turn
from bot.answering.questions.question_rewriting import rewrite_question
from evals.data import Row, rows
from evals.table import Line
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search
from retrieval.text.language import ENGLISH

DEPTH = 5


def followups(data: Path, store: Store, writer: Writer | None = None, most: int = 0) -> list[Line]:
    """recall@5 of the relevant passages, over the questions with any relevant passage in the index.

    With a writer, its model's rewriting is measured too; `most` limits the questions, evenly drawn.
    """
    search = Search(store)
    indexed = {article.id for article in store.catalog.articles()}
    questions = [row for row in rows(data / "followups/rewrites.jsonl") if indexed & set(row["qrels"])]
    questions = questions[:: max(1, len(questions) // most)][:most] if most else questions
    ways: dict[str, Callable[[Row], str]] = {
        "last turn alone": lambda row: _turns(row["last_turn"])[-1],
        "OnRecord, by rule": _by_rule,
        "a person": lambda row: _turns(row["rewrite"])[-1],
    }
    if writer:
        ways[f"OnRecord, by {writer.name}"] = lambda row: _by_model(row, writer)
    lines = []
    for name, rewrite in ways.items():
        shares = [_recall(search, rewrite(row), indexed & set(row["qrels"])) for row in questions]
        lines.append(Line("followups", name, len(questions), {"recall@5": sum(shares) / len(shares)}))
    return lines


def _recall(search: Search, question: str, relevant: set[str]) -> float:
    found = dict.fromkeys(hit.passage.article for hit in search(question, 4 * DEPTH).hits)
    return len(set(list(found)[:DEPTH]) & relevant) / len(relevant)


def _by_rule(row: Row) -> str:
    earlier: list[Turn] = []
    for question in _turns(row["history"]):
        earlier.append(Turn(question, rewrite_question(question, earlier), "", "answered"))
    return earlier[-1].standalone


def _by_model(row: Row, writer: Writer) -> str:
    *before, last = _turns(row["history"])
    earlier: list[Turn] = []
    for question in before:
        earlier.append(Turn(question, rewrite_question(question, earlier), "", "answered"))
    plan = plan_turn(last, earlier, [ENGLISH], date.today(), writer, writer.start())
    return plan.question if plan else rewrite_question(last, earlier)


def _turns(history: str) -> list[str]:
    """The user's turns, in order."""
    return [turn.strip() for turn in re.split(r"\|user\|:", history) if turn.strip()]
