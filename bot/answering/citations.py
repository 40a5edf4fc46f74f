"""Cite spans of articles: the exact span, facts of its article, and a link that opens the article at the quote.

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

MAX_WHOLE_QUOTE = 60  # characters; the link to a longer quote has only its first and last words
MIN_WORDS, MAX_WORDS = 4, 14  # of the first and the last words
MAX_WHOLE_WORDS = 60  # of a quote that is given whole because its first words are not unique in the article


def cite_from_catalog(catalog: CatalogReader, number: int, article: str, span: Span, speaker: str = "") -> Citation:
    """Cite a span of a stored article, with the article's copies and last correction. Raises UnknownArticle."""
    citation = cite_article(number, catalog.article(article), span, speaker)
    return replace(citation, copies=catalog.copies(article), corrected=last_corrected(catalog, article))


def cite_article(number: int, article: Article, span: Span, speaker: str = "") -> Citation:
    """Cite a span of an article."""
    start, end = span
    return Citation(
        number=number,
        article=article.id,
        url=article.url,
        deep_link=deep_link(article.url, article.text, span),
        title=_cited_title(article, start),
        outlet=article.outlet,
        authors=article.authors,
        published=article.published,
        updated=article.updated,
        quote=article.text[start:end],
        start=start,
        end=end,
        speaker=speaker,
    )


def _cited_title(article: Article, start: int) -> str:
    """The title, with the time in the recording for a transcript, and for a scan that a machine read it."""
    if article.is_recognised:
        return f"{article.title} ({article.section[:1].lower()}{article.section[1:]})"
    time = article.time_at(start)
    return f"{article.title}, {time}" if time else article.title


def deep_link(url: str, text: str, span: Span) -> str:
    """Return the URL that opens the page scrolled to `text[span]`; empty where the article has no URL."""
    if not url:
        return ""
    return f"{urldefrag(url).url}#:~:text={_text_fragment(text, span)}"


def _text_fragment(text: str, span: Span) -> str:
    """Return `start` or `start,end`: neither may cross a paragraph, and `start` must be unique in the article."""
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
    """The shortest candidate that occurs only once in the text, else the last one."""
    return next(
        (words for words in candidates if text.count(words.casefold()) == 1), candidates[-1] if candidates else ""
    )


def _percent_encode(part: str) -> str:
    """Percent-encode a term, including `-`, `,` and `&`, which have a meaning in a text fragment."""
    return quote(part, safe="").replace("-", "%2D")
