"""Read the labelled sets from a folder outside of the project."""

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.documents import Article
from retrieval.errors import SourceError
from retrieval.ingest.parsing.files.rows.article_row import article_from_row
from retrieval.text.sentences import Span

Row = dict[str, Any]
FOLDS = 5  # of the articles with marked attributions


def rows(path: Path) -> list[Row]:
    """Read JSON lines, gzipped or not."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in content.decode("utf-8").splitlines() if line]


def news_rows(data: Path, limit: int) -> list[Row]:
    """All gold articles, filled up to `limit` with others drawn with a fixed seed."""
    every = rows(data / "news/articles.jsonl.gz")
    gold = {key for question in rows(data / "news/questions.jsonl") for key in question["gold"]}
    others = [row["id"] for row in every if row["id"] not in gold]
    random.Random(1).shuffle(others)
    kept = gold | set(others[: max(0, limit - len(gold))])
    return [row for row in every if row["id"] in kept]


def news_articles(data: Path, limit: int) -> Iterator[Article | SourceError]:
    """The rows of `news_rows` as articles."""
    return (article_from_row(f"news:{row['id']}", row) for row in news_rows(data, limit))


def quote_articles(data: Path) -> Iterator[Article | SourceError]:
    """The articles of PolNeAR."""
    return (article_from_row(f"quotes:{row['id']}", row) for row in rows(data / "quotes/articles.jsonl.gz"))


def evidence_articles(data: Path) -> Iterator[Article | SourceError]:
    """MultiHop-RAG's evidence, one sentence an article."""
    for row in rows(data / "multihop/evidence.jsonl"):
        yield article_from_row(
            f"multihop:{row['id']}", row | {"outlet": row.get("source"), "date": row.get("published_at")}
        )


def followup_articles(data: Path) -> Iterator[Article | SourceError]:
    """MTRAG's passages, one an article."""
    for row in rows(data / "followups/passages.jsonl.gz"):
        yield article_from_row(f"followups:{row['id']}", row)


def asked_articles(data: Path) -> Iterator[Article | SourceError]:
    """The articles that readers' questions were written over."""
    return (article_from_row(f"asked:{row['id']}", row) for row in rows(data / "asked/articles.jsonl.gz"))


def clapnq_articles(row: Row) -> Iterator[Article | SourceError]:
    """The passages of one CLAP NQ question."""
    for at, passage in enumerate(row["passages"]):
        yield article_from_row(f"clapnq:{at}", passage | {"id": str(at)})


@dataclass(frozen=True, slots=True)
class Attributed:
    """One annotated attribution, in characters of its article."""

    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]
    direct: bool


def attributed(data: Path) -> dict[str, tuple[str, list[Attributed]]]:
    """PolNeAR's articles by id: the text and its annotated attributions."""
    marked: dict[str, tuple[str, list[Attributed]]] = {
        row["id"]: (row["text"], []) for row in rows(data / "quotes/articles.jsonl.gz")
    }
    for row in rows(data / "quotes/attributions.jsonl.gz"):
        spans = {name: _spans(row[name]) for name in ("source", "cue", "content")}
        marked[row["article"]][1].append(Attributed(**spans, direct=row["direct"]))
    return marked


def _spans(parts: list[Row]) -> tuple[Span, ...]:
    return tuple((start, end) for part in parts for start, end in part["spans"])


def fold(articles: list[str], number: int) -> list[str]:
    """The articles kept out of training in one of FOLDS; none for a negative number."""
    shuffled = random.Random(7).sample(sorted(articles), len(articles))
    return shuffled[number::FOLDS] if number >= 0 else []
