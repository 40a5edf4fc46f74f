"""Extract the paragraphs of an article from a page, or from HTML that a listing or a file has of it."""

import re
from collections.abc import Iterator, Sequence

import trafilatura
from lxml.html import HtmlElement, tostring
from trafilatura.settings import Document

from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.ingest.parsing.markup.html import element_paragraphs, parse_html, plain_paragraphs
from retrieval.ingest.parsing.markup.paragraphs import Paragraph, join_paragraphs
from retrieval.ingest.parsing.pages import json_ld
from retrieval.ingest.parsing.pages.cleaning.elements import is_sentence, text_of
from retrieval.ingest.parsing.pages.cleaning.prune import prune
from retrieval.ingest.parsing.pages.farewells import without_farewell
from retrieval.ingest.parsing.pages.metadata import PageMetadata
from retrieval.ingest.parsing.pages.rejection import rejection_reason
from retrieval.text.boilerplate import is_boilerplate
from retrieval.text.sentences import Span

_BLOCK_TAGS = frozenset("p head list item quote table row div".split())
_BREAK_TAGS = frozenset(("lb", "cell"))
_LINE_SEPARATOR = "\u2028"
_EMPTY_LINE = re.compile(rf"{_LINE_SEPARATOR}\s*{_LINE_SEPARATOR}")  # how old pages separate paragraphs
_PARAGRAPH_TAG = re.compile(r"<(?:p|br|div|h[1-6]|li|blockquote|t[dhr])\b", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")  # what divides paragraphs where only words are marked up
_MAX_END_PARAGRAPHS = 3  # in which a page says that there is more for subscribers
_MIN_LENGTH = 250  # characters of an article; for a shorter one the page is searched for a longer text
_MIN_PRECISE_SHARE = 0.6  # of the page's prose; if less was extracted, a wider extraction is tried
_MIN_GAIN = 1.5  # how many times longer the wider one has to be


def article_text(
    page: HtmlElement, metadata: PageMetadata, further: Sequence[HtmlElement] = ()
) -> tuple[str, tuple[Span, ...]]:
    """The text of a page's article and the spans of its headings. Raises ValueError with the reason if it has none.

    `further` are the later pages of the same article.
    """
    try:
        extracted = extract_paragraphs(page)
        for one in further:
            known = {text for text, _ in extracted}
            extracted += [part for part in extract_paragraphs(one) if part[0] not in known]
        if _length(extracted) < _MIN_LENGTH and metadata.is_free:
            extracted = max((extracted, _hidden_paragraphs(page, metadata)), key=_length)
    except RecursionError as exc:
        raise ValueError("is nested too deeply to be read") from exc
    paragraphs = clean_paragraphs(extracted, metadata.title, metadata.authors)
    end = " ".join(text for text, _ in extracted[-_MAX_END_PARAGRAPHS:])
    text, headings = join_paragraphs(paragraphs)
    if reason := rejection_reason(page, metadata, paragraphs, (text, headings), end=end):
        raise ValueError(reason)
    return text, headings


def fragment_paragraphs(html: str) -> list[Paragraph]:
    """The paragraphs of an article's body in HTML, or the lines of plain text. Raises ValueError.

    All of it is the article, so nothing is searched for; what a page around it would lose, it loses too.
    """
    if "<" not in html:
        return plain_paragraphs(html)
    if not _PARAGRAPH_TAG.search(html):
        html = _BLANK_LINE.sub("<br><br>", html)
    return element_paragraphs(prune(parse_html(f"<article>{html}</article>")))


def extract_paragraphs(page: HtmlElement) -> list[Paragraph]:
    """Paragraphs and headings in order; empty when trafilatura finds no article. Raises RecursionError.

    When the precise extraction leaves out much of the page's prose, the default one is taken if it is far longer.
    """
    pruned = prune(page)
    precise = _extract(pruned, favor_precision=True)
    prose = sum(len(text_of(p)) for p in pruned.iter("p") if is_sentence(text_of(p)))
    if _length(precise) >= _MIN_PRECISE_SHARE * prose:
        return precise
    wider = _extract(pruned, favor_precision=False)
    is_prose = sum(is_sentence(text) for text, is_heading in wider if not is_heading) >= len(wider) / 2
    return wider if is_prose and _length(wider) >= _MIN_GAIN * _length(precise) else precise


def clean_paragraphs(paragraphs: list[Paragraph], title: str, authors: Sequence[str] = ()) -> list[Paragraph]:
    """Remove boilerplate, the repeated headline at the top, and links and farewells after the last paragraph."""
    kept = [part for part in paragraphs if not is_boilerplate(part[0])]
    return without_farewell(_without_headline(kept, title), authors)


def _extract(pruned: HtmlElement, *, favor_precision: bool) -> list[Paragraph]:
    document = trafilatura.bare_extraction(
        pruned, include_comments=False, include_tables=True, favor_precision=favor_precision
    )
    if not isinstance(document, Document) or document.body is None:
        return []
    return list(_tree_paragraphs(document.body))


def _hidden_paragraphs(page: HtmlElement, metadata: PageMetadata) -> list[Paragraph]:
    """The text that a page without one has for machines, or for browsers without JavaScript."""
    bodies = [text for item in metadata.objects for text in json_ld.body_texts(item)]
    found = [fragment_paragraphs(storable(text)) for text in bodies]
    unscripted = ["".join(tostring(child, encoding="unicode") for child in one) for one in page.iter("noscript")]
    found += [fragment_paragraphs(html) for html in unscripted if html]
    return max(found, key=_length, default=[])


def _length(paragraphs: Sequence[Paragraph]) -> int:
    return sum(len(text) for text, _ in paragraphs)


def _without_headline(parts: list[Paragraph], title: str) -> list[Paragraph]:
    """Remove the title above the text: it is a field of its own."""
    title_letters = _letters(title)
    first = 0
    while title_letters and first < len(parts) - 1 and _letters(parts[first][0]) == title_letters:
        first += 1
    return parts[first:]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _tree_paragraphs(body: HtmlElement) -> Iterator[Paragraph]:
    """The paragraphs of trafilatura's tree."""
    for element in body:
        if any(child.tag in _BLOCK_TAGS for child in element):
            yield from _paragraph(element.text or "", is_heading=False)
            yield from _tree_paragraphs(element)
        else:
            for text in _EMPTY_LINE.split(_inline_text(element)):
                yield from _paragraph(text, is_heading=element.tag == "head")
        yield from _paragraph(element.tail or "", is_heading=False)


def _paragraph(text: str, *, is_heading: bool) -> Iterator[Paragraph]:
    flat = " ".join(text.split())
    if flat:
        yield flat, is_heading


def _inline_text(element: HtmlElement) -> str:
    """All text of an element, with a line separator at each line break and table cell."""
    pieces = [element.text or ""]
    for child in element:
        pieces.append(_LINE_SEPARATOR if child.tag in _BREAK_TAGS else "")
        pieces.append(_inline_text(child))
        pieces.append(child.tail or "")
    return "".join(pieces)
