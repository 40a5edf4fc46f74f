"""Articles and passages as rows of the catalog, and back."""

import json
import sqlite3
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
    """An article taken apart: the spans of its passages with their headings, and its quotes."""

    article: Article
    passages: Sequence[tuple[Span, str]]
    quotes: Sequence[Quote] = ()

    @property
    def body(self) -> str:
        """The text of its passages."""
        return "\n\n".join(self.article.text[start:end] for (start, end), _ in self.passages)


def version_row(article: Article, number: int) -> dict[str, Any]:
    """The columns of one version."""
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


def passage_rows(cut: SegmentedArticle, number: int) -> Iterator[list[Any]]:
    """The columns of each passage, without its state.

    A passage's id is made of all that an index holds of it, not of its place: what a correction leaves as it was keeps
    its place in both indexes.
    """
    article, seen = cut.article, Counter[tuple[str, str]]()
    facts = (article.id, article.title, article.outlet, *article.authors, article.published)
    for (start, end), heading in cut.passages:
        text = article.text[start:end]
        seen[heading, text] += 1
        said = [part for quote in cut.quotes if start <= quote.start < end for part in (quote.speaker, quote.words)]
        name = digest("\x1f".join((*facts, heading, text, str(seen[heading, text]), *said)))
        yield [name, article.id, number, start, end, heading, text, article.published]


def article_from_row(row: sqlite3.Row) -> Article:
    """The article of one version."""
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
    """One passage."""
    return Passage(row["id"], row["article"], row["start"], row["end"], row["text"], row["heading"])


def hit_from_row(row: sqlite3.Row) -> Hit:
    """One passage with its article's facts and no scores."""
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
