"""Convert articles and passages to rows of the catalog and back."""

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from retrieval.catalog.database.engine import AnyRow
from retrieval.catalog.database.tables import articles, passages, versions
from retrieval.documents import Article, Hit, Passage, Quote, digest
from retrieval.text.dates.clock import utc_now
from retrieval.text.language import ENGLISH
from retrieval.text.sentences import Span

# To be raised whenever the same page gives another text than before, so that the difference does not pass for a
# correction by its publisher. Versions that were stored before there was a number have 0.
EXTRACTION_VERSION = 1
CURRENT = articles.join(versions, (versions.c.article == articles.c.id) & (versions.c.number == articles.c.version))
PASSAGE_COLUMNS = [passages.c[name] for name in ("id", "article", "start", "end", "text", "heading")]
HIT_COLUMNS = [
    *PASSAGE_COLUMNS,
    *(versions.c[name] for name in ("title", "url", "outlet", "authors", "published", "updated", "language")),
]


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
        "extraction": EXTRACTION_VERSION,
    }


def passage_rows(segmented: SegmentedArticle, number: int) -> Iterator[dict[str, Any]]:
    """The rows of `passages` as column names and values, each in no index yet.

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
        yield {
            "id": key,
            "article": article.id,
            "version": number,
            "start": start,
            "end": end,
            "heading": heading,
            "text": text,
            "published": article.published,
            "live": 1,
            "words": 0,
            "vectors": 0,
        }


def article_from_row(row: AnyRow) -> Article:
    """Build the article from a row of `versions`."""
    return Article(
        id=row.article,
        source=row.source,
        url=row.url,
        title=row.title,
        text=row.text,
        authors=tuple(json.loads(row.authors)),
        outlet=row.outlet,
        published=row.published,
        updated=row.updated,
        language=row.language,
        section=row.section,
        headings=tuple((start, end) for start, end in json.loads(row.headings)),
    )


def passage_from_row(row: AnyRow) -> Passage:
    """Build the passage from a row of PASSAGE_COLUMNS."""
    return Passage(*row)


def hit_from_row(row: AnyRow) -> Hit:
    """Build a hit without scores from a row of HIT_COLUMNS."""
    key, article, start, end, text, heading, title, url, outlet, authors, published, updated, language = row
    return Hit(
        passage=Passage(key, article, start, end, text, heading),
        title=title,
        url=url,
        outlet=outlet,
        authors=_parse_authors(authors),
        published=published,
        updated=updated,
        score=0.0,
        language=language or ENGLISH,
    )


@lru_cache(maxsize=1_024)
def _parse_authors(stored: str) -> tuple[str, ...]:
    return tuple(json.loads(stored))
