"""Sample a twentieth of the labelled sets into a folder of the same layout, deterministically."""

import gzip
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from evals.data import Row, rows
from retrieval.documents import digest

ONE_IN = 20  # questions
OTHERS = 6  # articles to each that answers one


def sample(data: Path, into: Path) -> Path:
    """One question in twenty of each set, the articles that answer them, and some that do not; returns `into`."""
    news = _questions(data / "news/questions.jsonl", "question")
    _write(into / "news/questions.jsonl", news)
    _write(into / "news/articles.jsonl.gz", _around(rows(data / "news/articles.jsonl.gz"), _gold(news)))
    quotes = _questions(data / "quotes/questions.jsonl", "question")
    said = {gold["article"] for row in quotes for gold in row["gold"]}
    _write(into / "quotes/questions.jsonl", quotes)
    _write(into / "quotes/articles.jsonl.gz", _around(rows(data / "quotes/articles.jsonl.gz"), said))
    queries = _questions(data / "multihop/queries.jsonl", "query")
    _write(into / "multihop/queries.jsonl", queries)
    _write(into / "multihop/evidence.jsonl", _around(rows(data / "multihop/evidence.jsonl"), _gold(queries)))
    _write(into / "answerable/clapnq.jsonl", _questions(data / "answerable/clapnq.jsonl", "question"))
    return into


def _questions(path: Path, asked: str) -> list[Row]:
    return [row for row in rows(path) if _number(row[asked]) % ONE_IN == 0]


def _gold(questions: Iterable[Row]) -> set[str]:
    return {key for row in questions for key in row["gold"]}


def _around(every: Sequence[Row], gold: set[str]) -> list[Row]:
    others = sorted((row["id"] for row in every if row["id"] not in gold), key=_number)
    kept = gold | set(others[: OTHERS * len(gold)])
    return [row for row in every if row["id"] in kept]


def _number(text: str) -> int:
    """A number that depends on the text alone."""
    return int(digest(text), 16)


def _write(path: Path, found: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found).encode("utf-8", "surrogatepass")
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
