"""The labelled sets, read from a folder that is not part of the project."""

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from retrieval.documents import Article
from retrieval.errors import SourceError
from retrieval.sources.jsonl import article_of

Row = dict[str, Any]


def rows(path: Path) -> list[Row]:
    """JSON lines, gzipped or not."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in content.decode("utf-8").splitlines() if line]


def news_articles(data: Path, limit: int) -> Iterator[Article | SourceError]:
    """All gold articles and as many others, drawn with a fixed seed, as make `limit`."""
    every = rows(data / "news/articles.jsonl.gz")
    gold = {key for question in rows(data / "news/questions.jsonl") for key in question["gold"]}
    others = [row["id"] for row in every if row["id"] not in gold]
    random.Random(1).shuffle(others)
    kept = gold | set(others[: max(0, limit - len(gold))])
    return (article_of(f"news:{row['id']}", row) for row in every if row["id"] in kept)


def quote_articles(data: Path) -> Iterator[Article | SourceError]:
    """The articles of PolNeAR."""
    return (article_of(f"quotes:{row['id']}", row) for row in rows(data / "quotes/articles.jsonl.gz"))


def evidence_articles(data: Path) -> Iterator[Article | SourceError]:
    """MultiHop-RAG's evidence, one sentence an article."""
    for row in rows(data / "multihop/evidence.jsonl"):
        yield article_of(f"multihop:{row['id']}", row | {"outlet": row.get("source"), "date": row.get("published_at")})


def followup_articles(data: Path) -> Iterator[Article | SourceError]:
    """MTRAG's passages, one an article."""
    for row in rows(data / "followups/passages.jsonl.gz"):
        yield article_of(f"followups:{row['id']}", row)


def clapnq_articles(row: Row) -> Iterator[Article | SourceError]:
    """The passages of one CLAP NQ question."""
    for at, passage in enumerate(row["passages"]):
        yield article_of(f"clapnq:{at}", passage | {"id": str(at)})
