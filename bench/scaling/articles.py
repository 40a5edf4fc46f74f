"""As many articles as one likes: the real ones first, then new ones of their paragraphs, reshuffled."""

import random
from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import Path

from evals.data import Row, news_rows
from retrieval.documents import Article
from retrieval.sources.jsonl import article_of

REAL = 6_000
SEED = 8


def articles(data: Path, first: int, last: int) -> Iterator[Article]:
    """The articles from number `first` up to `last`, the same in every run."""
    rows = news_rows(data, REAL)
    found = (article_of(f"scaling:{row['id']}", row) for row in islice(_endless(rows), first, last))
    return (article for article in found if isinstance(article, Article))


def _endless(rows: Sequence[Row]) -> Iterator[Row]:
    yield from rows
    paragraphs = [part for row in rows for part in _paragraphs(row)]
    for number in count():
        yield _reshuffled(rows, paragraphs, number)


def _reshuffled(rows: Sequence[Row], paragraphs: Sequence[str], number: int) -> Row:
    """The headline, day and outlet of one article over as many paragraphs, drawn from all, as another one has."""
    drawn = random.Random(f"{SEED}:{number}")
    head, length = drawn.choice(rows), len(_paragraphs(drawn.choice(rows)))
    text = "\n\n".join(drawn.choices(paragraphs, k=length))
    return head | {"id": f"reshuffled-{number}", "url": "", "text": text}


def _paragraphs(row: Row) -> list[str]:
    return [part for part in row["text"].split("\n") if part.strip()]
