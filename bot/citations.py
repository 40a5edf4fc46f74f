"""Citations: the exact span, the facts of its article, and a link that opens the article at the words.

The link is a URL with a text fragment (https://wicg.github.io/scroll-to-text-fragment/).
"""

import re
from urllib.parse import quote, urldefrag

from bot.messages import Citation
from retrieval.documents import Article, Hit
from retrieval.sentences import Span

WHOLE_UP_TO = 60  # characters; a longer passage is named by its first and last words
FEWEST_WORDS, MOST_WORDS = 4, 14


def cite(number: int, article: Article, span: Span, speaker: str = "") -> Citation:
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


def cite_hit(number: int, article: Article, hit: Hit) -> Citation:
    """The citation of a whole passage."""
    return cite(number, article, (hit.passage.start, hit.passage.end))


def deep_link(url: str, text: str, span: Span) -> str:
    """The URL that opens the page scrolled to `text[span]`; empty where the article has no URL."""
    if not url:
        return ""
    return f"{urldefrag(url).url}#:~:text={_fragment(text, span)}"


def _fragment(text: str, span: Span) -> str:
    start, end = span
    words = text[start:end].split()
    first, last = _paragraph(text, start, end, first=True), _paragraph(text, start, end, first=False)
    if end - start <= WHOLE_UP_TO and first == last:
        return _encode(" ".join(words))
    opening, closing = first.split(), last.split()
    if first == last and len(words) <= 2 * FEWEST_WORDS:
        return _encode(" ".join(words))
    half = len(words) // 2 if first == last else MOST_WORDS
    head = _unique_head(text, opening, min(half, MOST_WORDS))
    tail = _unique_tail(text[start:end], closing, min(half, MOST_WORDS))
    return f"{_encode(head)},{_encode(tail)}"


def _paragraph(text: str, start: int, end: int, *, first: bool) -> str:
    """The part of the span in its first or last paragraph: a term of the fragment must not cross a block."""
    parts = [part for part in re.split(r"\n\s*\n", text[start:end]) if part.strip()]
    return parts[0 if first else -1]


def _unique_head(text: str, words: list[str], most: int) -> str:
    """As many first words as it takes to stand only once in the article."""
    flat = " ".join(text.split()).casefold()
    for count in range(min(FEWEST_WORDS, most), most):
        head = " ".join(words[:count])
        if flat.count(head.casefold()) == 1:
            return head
    return " ".join(words[:most])


def _unique_tail(span: str, words: list[str], most: int) -> str:
    """As many last words as it takes to stand only once in the span, which the browser reads from its start."""
    flat = " ".join(span.split()).casefold()
    for count in range(min(FEWEST_WORDS, most), most):
        tail = " ".join(words[-count:])
        if flat.count(tail.casefold()) == 1:
            return tail
    return " ".join(words[-most:])


def _encode(part: str) -> str:
    """Percent-encoded, with the three characters that mean something in a fragment."""
    return quote(part, safe="").replace("-", "%2D")
