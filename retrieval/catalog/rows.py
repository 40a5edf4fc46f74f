"""Convert articles and passages to rows of the catalog and back."""

import json
import sqlite3
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from retrieval.catalog.database import utc_now
from retrieval.documents import Article, Hit, Passage, Quote, digest
from retrieval.text.sentences import Span

CURRENT_VERSIONS_SQL = "SELECT v.* FROM articles a JOIN versions v ON v.article = a.id AND v.number = a.version"
HIT_COLUMNS = (
    "p.id, p.article, p.start, p.end, p.text, p.heading, v.title, v.url, v.outlet, v.authors, v.published, v.updated"
)


class SegmentedArticle(NamedTuple):
    """An article cut into passages: their spans, each with its heading, and the article's quotes."""

    article: Article
    passages: Sequence[tuple[Span, str]]
    quotes: Sequence[Quote] = ()

    @property
    def body(self) -> str:
        """The texts of the passages, joined by blank lines: the article without boilerplate and headings."""
        return "\n\n".join(self.article.text[start:end] for (start, end), _ in self.passages)


def version_row(article: Article, number: int) -> dict[str, Any]:
    """One row of `versions`, as column names and values."""
    return {
        "article": article.id,
        "number": number,
        "added": utc_now(),
        "source": article.source,
        "url": article.url,
        "title": article.title,
        "authors": json.dumps(article.authors, ensure_ascii=False),
        "outlet": article.outlet,
        "published": article.published,
        "updated": article.updated,
        "language": article.language,
        "headings": json.dumps(article.headings),
        "text": article.text,
        "section": article.section,
    }


def passage_rows(segmented: SegmentedArticle, number: int) -> Iterator[list[Any]]:
    """The columns of each row of `passages`, without its index state.

    A passage's id is the hash of everything the indexes hold of it, not of its position, so that passages which a
    correction leaves unchanged stay in both indexes.
    """
    article, occurrences = segmented.article, Counter[tuple[str, str]]()
    quotes = sorted(segmented.quotes, key=lambda quote: quote.start)
    facts = (article.id, article.title, article.outlet, *article.authors, article.published)
    for (start, end), heading in segmented.passages:
        text = article.text[start:end]
        occurrences[heading, text] += 1
        first, last = (bisect_left(quotes, at, key=lambda quote: quote.start) for at in (start, end))
        quoted = [part for quote in quotes[first:last] for part in (quote.speaker, quote.words)]
        key = digest("\x1f".join((*facts, heading, text, str(occurrences[heading, text]), *quoted)))
        yield [key, article.id, number, start, end, heading, text, article.published]


def article_from_row(row: sqlite3.Row) -> Article:
    """Build the article from a row of `versions`."""
    return Article(
        id=row["article"],
        source=row["source"],
        url=row["url"],
        title=row["title"],
        text=row["text"],
        authors=tuple(json.loads(row["authors"])),
        outlet=row["outlet"],
        published=row["published"],
        updated=row["updated"],
        language=row["language"],
        section=row["section"],
        headings=tuple((start, end) for start, end in json.loads(row["headings"])),
    )


def passage_from_row(row: sqlite3.Row) -> Passage:
    """Build the passage from a row of `passages`."""
    return Passage(row["id"], row["article"], row["start"], row["end"], row["text"], row["heading"])


def hit_from_row(row: sqlite3.Row) -> Hit:
    """Build a hit without scores from a row of HIT_COLUMNS."""
    key, article, start, end, text, heading, title, url, outlet, authors, published, updated = row
    return Hit(
        passage=Passage(key, article, start, end, text, heading),
        title=title,
        url=url,
        outlet=outlet,
        authors=_parse_authors(authors),
        published=published,
        updated=updated,
        score=0.0,
    )


@lru_cache(maxsize=1_024)
def _parse_authors(stored: str) -> tuple[str, ...]:
    return tuple(json.loads(stored))
