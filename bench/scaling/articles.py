"""Generate any number of articles: the real ones first, then new ones of their reshuffled paragraphs."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple

from evals.data import Row, news_rows
from retrieval.catalog.quote_table import quotes_of_article
from retrieval.catalog.reader import CatalogReader
from retrieval.catalog.rows import SegmentedArticle
from retrieval.documents import Article, Quote
from retrieval.ingest.parsing.files.rows.article_row import article_from_row
from retrieval.text.boilerplate import split_blocks
from retrieval.text.chunking import chunk_article
from retrieval.text.sentences import Span

REAL = 6_000
SEED = 8
BREAK = "\n\n"


class Paragraph(NamedTuple):
    """A paragraph and its quotes, whose spans count from its beginning."""

    text: str
    quotes: tuple[Quote, ...] = ()


def articles(data: Path, first: int, last: int) -> Iterator[Article]:
    """The articles from number `first` up to `last`, the same in every run."""
    rows = news_rows(data, REAL)
    yield from map(_article, rows[first:last])
    made = _reshuffled(rows, [[Paragraph(text) for _, text in _parts(row["text"])] for row in rows])
    for row, paragraphs in islice(made, max(0, first - REAL), max(0, last - REAL)):
        yield _article(row | {"text": BREAK.join(one.text for one in paragraphs)})


def segmented_articles(data: Path, known: CatalogReader, first: int, last: int) -> Iterator[SegmentedArticle]:
    """The generated articles as segmented for a catalog, with the quotes that `known` has of the real ones.

    Attributing quotes again would take most of a day; quotes that cross paragraphs are lost.
    """
    rows = news_rows(data, REAL)
    paragraphs = [_paragraphs(row["text"], [hit.quote for hit in quotes_of_article(known, row["id"])]) for row in rows]
    for row, drawn in islice(_reshuffled(rows, paragraphs), first - REAL, last - REAL):
        article = _article(row | {"text": BREAK.join(one.text for one in drawn)})
        yield SegmentedArticle(
            article, chunk_article(article.text, split_blocks(article.text, article.title)), tuple(_quotes(drawn))
        )


def _reshuffled(
    rows: Sequence[Row], paragraphs: Sequence[Sequence[Paragraph]]
) -> Iterator[tuple[Row, list[Paragraph]]]:
    """One article's headline, date and outlet with random paragraphs, as many as another article has."""
    every = [one for some in paragraphs for one in some]
    for number in count():
        drawn = random.Random(f"{SEED}:{number}")
        head, length = drawn.choice(rows), len(drawn.choice(paragraphs))
        yield head | {"id": f"reshuffled-{number}", "url": ""}, drawn.choices(every, k=length)


def _paragraphs(text: str, quotes: Sequence[Quote]) -> list[Paragraph]:
    return [
        Paragraph(
            part, tuple(_moved(one, -start) for one in quotes if start <= _begin(one) and one.end <= start + len(part))
        )
        for start, part in _parts(text)
    ]


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The paragraphs of a text and where they begin."""
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield start, line
        start += len(line) + 1


def _quotes(paragraphs: Iterable[Paragraph]) -> Iterator[Quote]:
    start = 0
    for paragraph in paragraphs:
        yield from (_moved(one, start) for one in paragraph.quotes)
        start += len(paragraph.text) + len(BREAK)


def _begin(quote: Quote) -> int:
    return min(start for start, _ in filter(None, (*quote.spans, quote.source, quote.cue)))


def _moved(quote: Quote, by: int) -> Quote:
    return replace(
        quote,
        spans=tuple(_shifted(span, by) for span in quote.spans),
        source=quote.source and _shifted(quote.source, by),
        cue=quote.cue and _shifted(quote.cue, by),
    )


def _shifted(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by


def _article(row: Row) -> Article:
    return article_from_row(f"scaling:{row['id']}", row)
