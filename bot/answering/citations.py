"""Citations: the exact span, the facts of its article, and a link that opens the article at the words.

The link is a URL with a text fragment (https://wicg.github.io/scroll-to-text-fragment/).
"""

import re
from dataclasses import replace
from urllib.parse import quote, urldefrag

from bot.answering.messages import Citation
from retrieval.catalog.reader import CatalogReader
from retrieval.catalog.versions import last_corrected
from retrieval.documents import Article
from retrieval.text.sentences import Span

MAX_WHOLE_QUOTE = 60  # characters; a longer passage is named by its first and last words
MIN_WORDS, MAX_WORDS = 4, 14
MAX_WHOLE_WORDS = 60  # words, where no shorter opening stands only once


def cite_from_catalog(catalog: CatalogReader, number: int, article: str, span: Span, speaker: str = "") -> Citation:
    """The citation of one span of a stored article, with what the catalog knows besides. Raises UnknownArticle."""
    bare = cite_article(number, catalog.article(article), span, speaker)
    return replace(bare, copies=catalog.copies(article), corrected=last_corrected(catalog, article))


def cite_article(number: int, article: Article, span: Span, speaker: str = "") -> Citation:
    """The citation of one span of an article."""
    start, end = span
    return Citation(
        number=number,
        article=article.id,
        url=article.url,
        deep_link=deep_link(article.url, article.text, span),
        title=article.title,
        outlet=article.outlet,
        authors=article.authors,
        published=article.published,
        updated=article.updated,
        quote=article.text[start:end],
        start=start,
        end=end,
        speaker=speaker,
    )


def deep_link(url: str, text: str, span: Span) -> str:
    """The URL that opens the page scrolled to `text[span]`; empty where the article has no URL."""
    if not url:
        return ""
    return f"{urldefrag(url).url}#:~:text={_text_fragment(text, span)}"


def _text_fragment(text: str, span: Span) -> str:
    """`start` or `start,end`: a term must not cross a block, and the first must stand only once in the article."""
    quoted = text[slice(*span)]
    parts = [part.split() for part in re.split(r"\n\s*\n", quoted) if part.strip()]
    opening, closing = parts[0], parts[-1]
    if len(parts) == 1 and (len(quoted) <= MAX_WHOLE_QUOTE or len(opening) <= 2 * MIN_WORDS):
        return _percent_encode(" ".join(opening))
    whole = " ".join(text.split()).casefold()
    most = min(MAX_WORDS, len(opening) - MIN_WORDS) if len(parts) == 1 else MAX_WORDS
    head = _shortest_unique(whole, [" ".join(opening[:count]) for count in range(MIN_WORDS, most + 1)])
    if len(parts) == 1 and whole.count(head.casefold()) > 1 and len(opening) <= MAX_WHOLE_WORDS:
        return _percent_encode(" ".join(opening))
    flat = " ".join(quoted.split()).casefold()
    left = len(opening) - len(head.split()) if len(parts) == 1 else len(closing)
    tail = _shortest_unique(flat, [" ".join(closing[-count:]) for count in range(MIN_WORDS, min(MAX_WORDS, left) + 1)])
    return f"{_percent_encode(head or ' '.join(opening))},{_percent_encode(tail or ' '.join(closing))}"


def _shortest_unique(text: str, candidates: list[str]) -> str:
    """The shortest candidate that stands only once in the text, the longest if none does."""
    return next(
        (words for words in candidates if text.count(words.casefold()) == 1), candidates[-1] if candidates else ""
    )


def _percent_encode(part: str) -> str:
    """Percent-encoded, with the three characters that mean something in a fragment."""
    return quote(part, safe="").replace("-", "%2D")
