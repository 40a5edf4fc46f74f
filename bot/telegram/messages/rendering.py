"""An answer as rich text: numbered links, its sources, the words they rest on, how fresh they are."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.answering.citations import deep_link
from bot.answering.messages import Answer, Citation
from bot.formatting import day
from bot.service.freshness import freshness, since_published
from bot.telegram.messages.rich_text import RichText, bold, italic, joined, link, plain
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Article, Hit, QuoteHit

LONGEST_FACT = 300  # characters of a headline, a name; what is longer is none
LONGEST_QUOTE = 1_000  # characters of a passage shown as it stands

_MARKER = re.compile(r"\[(\d+)\]")


def answer_to_rich(answer: Answer, now: datetime | None = None) -> RichText:
    """The whole answer with its sources, or the refusal with the nearest articles."""
    if answer.status == "no_answer":
        said = bold(answer.text)
        below = joined([bold("Nearest articles"), sources(answer.nearest)], "\n") if answer.nearest else RichText()
    else:
        said = linked(answer.text, answer.citations)
        below = joined([bold("Sources"), sources(answer.citations, beside=answer.text)], "\n")
    notes = (italic(line) for line in (freshness(answer, now), *answer.notes))
    return joined([said, below, joined(notes, "\n")])


def linked(text: str, citations: Iterable[Citation]) -> RichText:
    """Text whose markers open the article at the words."""
    links = {str(citation.number): citation.deep_link for citation in citations}
    result, at = RichText(), 0
    for marker in _MARKER.finditer(text):
        if marker[1] in links:
            result += plain(text[at : marker.start()]) + link(marker[0], links[marker[1]])
            at = marker.end()
    return result + plain(text[at:])


def sources(citations: Sequence[Citation], beside: str | None = None) -> RichText:
    """One line an article with its numbers; the words that do not stand in the text `beside` them unfold below."""
    parts = list[RichText]()
    for cited in _by_article(citations).values():
        parts.append(_source(cited))
        missing = (one for one in cited if beside is not None and _squeezed(one.quote) not in _squeezed(beside))
        parts.extend(_quotation(citation) for citation in missing)
    return joined(parts, "\n")


def quotes_to_rich(citations: Sequence[Citation]) -> RichText:
    """The exact words of every citation, below the article they stand in."""
    return joined(joined([_source(cited), *map(_quotation, cited)], "\n") for cited in _by_article(citations).values())


def remarks_to_rich(found: Sequence[QuoteHit], catalog: CatalogReader, most: int) -> RichText:
    """What somebody says, each with who, where and when, linked to the words."""
    parts = [remark_to_rich(hit, catalog.article(hit.article)) for hit in found[:most]]
    if len(found) > most:
        parts.append(italic(f"{len(found) - most} more; say about what: /quotes NAME about WORDS."))
    return joined(parts)


def remark_to_rich(hit: QuoteHit, article: Article) -> RichText:
    """One quote with its speaker and its source."""
    who = ", ".join(part for part in (hit.quote.speaker, hit.quote.role) if part) or "Somebody unnamed"
    url = deep_link(article.url, article.text, hit.quote.spans[0])
    words = plain(_shortened(hit.quote.words, LONGEST_QUOTE)).within("expandable_blockquote")
    return joined([bold(who), words, _facts(hit.outlet, hit.title, (), hit.published, url)], "\n")


def passage_to_rich(hit: Hit, article: Article) -> RichText:
    """One passage with its source."""
    url = deep_link(article.url, article.text, (hit.passage.start, hit.passage.end))
    words = plain(_shortened(hit.passage.text, LONGEST_QUOTE)).within("expandable_blockquote")
    return joined([words, _facts(hit.outlet, hit.title, hit.authors, hit.published, url)], "\n")


def articles_to_rich(articles: Iterable[Article]) -> RichText:
    """One line an article."""
    return joined((_facts(one.outlet, one.title, one.authors, one.published, one.url) for one in articles), "\n")


def _by_article(citations: Sequence[Citation]) -> Mapping[str, Sequence[Citation]]:
    found: dict[str, list[Citation]] = {}
    for citation in citations:
        found.setdefault(citation.article, []).append(citation)
    return found


def _source(cited: Sequence[Citation]) -> RichText:
    first = cited[0]
    marks = joined((link(f"[{one.number}]", one.deep_link) for one in cited), " ")
    line = marks + RichText(" ") + _facts(first.outlet, first.title, first.authors, first.published, first.deep_link)
    return line + plain("".join(f", {fact}" for fact in since_published(first)))


def _facts(outlet: str, title: str, authors: Sequence[str], published: str, url: str) -> RichText:
    """Outlet, headline, author, date."""
    names = _shortened(" and ".join(authors), LONGEST_FACT)
    parts = [
        plain(_shortened(outlet, LONGEST_FACT)),
        link(_shortened(title, LONGEST_FACT), url),
        plain(names),
        plain(day(published)),
    ]
    return joined(parts, ", ")


def _quotation(citation: Citation) -> RichText:
    return plain(_shortened(citation.quote, LONGEST_QUOTE)).within("expandable_blockquote")


def _shortened(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _squeezed(text: str) -> str:
    return " ".join(text.split())
