"""Answers, quotes, passages and articles as rich text: linked citation markers, sources, quotes, freshness."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from bot.answering.citations import deep_link
from bot.answering.messages import Answer, Citation, Highlight, highlighted_parts
from bot.answering.questions.reader_strings import Phrases, english_phrases, packaged_strings
from bot.formatting import format_date
from bot.service.freshness import freshness_line, publication_notes
from bot.telegram.messages.rich_text import RichText, bold, italic, join, link, plain
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Article, Hit, QuoteHit

MAX_FACT_LENGTH = 300  # characters of a headline or a name
MAX_QUOTE_LENGTH = 1_000  # characters of a quote or passage

_MARKER = re.compile(r"\[(\d+)\]")
_SPACES = re.compile(r"\s+")


def answer_to_rich(answer: Answer, now: datetime | None = None) -> RichText:
    """The complete answer with its sources, or the refusal with the nearest articles."""
    if answer.status == "no_question":
        return plain(answer.text)
    phrases = packaged_strings().of(answer.understood.language)
    if answer.status == "no_answer":
        body, nearest = bold(answer.text), source_list(answer.nearest, phrases=phrases)
        below = join([bold(phrases.say("nearest_articles")), nearest], "\n") if answer.nearest else RichText()
    else:
        body = claims_to_rich(answer.text, answer.highlights, answer.citations)
        cited = source_list(answer.citations, answer_text=answer.text, phrases=phrases)
        sources = join([bold(phrases.say("sources")), cited], "\n")
        below = sources if answer.citations else RichText()
    notes = (italic(line) for line in (freshness_line(answer, now), *answer.notes))
    return join([body, below, join(notes, "\n")])


def claims_to_rich(text: str, highlights: Sequence[Highlight], citations: Iterable[Citation]) -> RichText:
    """Text of an answer: the words that answer in bold, citation markers as links to the cited words in the article."""
    links = {str(citation.number): citation.deep_link for citation in citations}
    return _with_answers_in_bold(text, highlights, lambda part: _link_markers(part, links))


def _link_markers(text: str, links: Mapping[str, str]) -> RichText:
    result, at = RichText(), 0
    for marker in _MARKER.finditer(text):
        if marker[1] in links:
            result += plain(text[at : marker.start()]) + link(marker[0], links[marker[1]])
            at = marker.end()
    return result + plain(text[at:])


def source_list(
    citations: Sequence[Citation], answer_text: str | None = None, phrases: Phrases | None = None
) -> RichText:
    """One line per article with its citation numbers, followed by the quotes that `answer_text` does not contain."""
    parts, phrases = list[RichText](), phrases or english_phrases()
    for cited in _by_article(citations).values():
        parts.append(_source_line(cited, phrases))
        missing = (
            citation
            for citation in cited
            if answer_text is not None and _normalize_spaces(citation.quote) not in _normalize_spaces(answer_text)
        )
        parts.extend(_quote_block(citation) for citation in missing)
    return join(parts, "\n")


def citations_to_rich(citations: Sequence[Citation]) -> RichText:
    """The exact words of every citation, below the line of their article."""
    return join(
        join([_source_line(cited, english_phrases()), *map(_quote_block, cited)], "\n")
        for cited in _by_article(citations).values()
    )


def quote_hits_to_rich(found: Sequence[QuoteHit], catalog: CatalogReader, most: int) -> RichText:
    """Quotes with speaker, source and date, linked to the words; at most `most`, then the number of the rest."""
    parts = [quote_hit_to_rich(hit, catalog.article(hit.article)) for hit in found[:most]]
    if len(found) > most:
        parts.append(italic(f"{len(found) - most} more; say about what: /quotes NAME about WORDS."))
    return join(parts)


def quote_hit_to_rich(hit: QuoteHit, article: Article) -> RichText:
    """One quote with its speaker and source."""
    who = ", ".join(part for part in (hit.quote.speaker, hit.quote.role) if part) or "Somebody unnamed"
    url = deep_link(article.url, article.text, hit.quote.spans[0])
    words = plain(_truncate(hit.quote.words, MAX_QUOTE_LENGTH)).wrapped("expandable_blockquote")
    return join([bold(who), words, _article_line(hit.outlet, hit.title, (), hit.published, url)], "\n")


def passage_to_rich(hit: Hit, article: Article) -> RichText:
    """One passage with its source."""
    url = deep_link(article.url, article.text, (hit.passage.start, hit.passage.end))
    words = plain(_truncate(hit.passage.text, MAX_QUOTE_LENGTH)).wrapped("expandable_blockquote")
    return join([words, _article_line(hit.outlet, hit.title, hit.authors, hit.published, url)], "\n")


def articles_to_rich(articles: Iterable[Article]) -> RichText:
    """One line per article."""
    return join((_article_line(one.outlet, one.title, one.authors, one.published, one.url) for one in articles), "\n")


def _by_article(citations: Sequence[Citation]) -> Mapping[str, Sequence[Citation]]:
    grouped: dict[str, list[Citation]] = {}
    for citation in citations:
        grouped.setdefault(citation.article, []).append(citation)
    return grouped


def _source_line(cited: Sequence[Citation], phrases: Phrases) -> RichText:
    first = cited[0]
    markers = join((link(f"[{citation.number}]", citation.deep_link) for citation in cited), " ")
    line = (
        markers
        + RichText(" ")
        + _article_line(first.outlet, first.title, first.authors, first.published, first.deep_link, phrases)
    )
    return line + plain("".join(f", {fact}" for fact in publication_notes(first, phrases.language)))


def _article_line(
    outlet: str, title: str, authors: Sequence[str], published: str, url: str, phrases: Phrases | None = None
) -> RichText:
    """One line: outlet, linked headline, authors, date."""
    phrases = phrases or english_phrases()
    names = _truncate(f" {phrases.say('and')} ".join(authors), MAX_FACT_LENGTH)
    parts = [
        plain(_truncate(outlet, MAX_FACT_LENGTH)),
        link(_truncate(title, MAX_FACT_LENGTH), url),
        plain(names),
        plain(format_date(published, phrases.language)),
    ]
    return join(parts, ", ")


def _quote_block(citation: Citation) -> RichText:
    quote = _shorten(citation.quote, MAX_QUOTE_LENGTH)
    words = _with_answers_in_bold(quote, citation.highlights, lambda part: plain(_SPACES.sub(" ", part)))
    return words.wrapped("expandable_blockquote")


def _with_answers_in_bold(text: str, highlights: Sequence[Highlight], render: Callable[[str], RichText]) -> RichText:
    parts = ((render(part), answers) for part, answers in highlighted_parts(text, highlights))
    return sum((part.wrapped("bold") if answers else part for part, answers in parts), RichText())


def _truncate(text: str, most: int) -> str:
    return _shorten(_normalize_spaces(text), most)


def _shorten(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _normalize_spaces(text: str) -> str:
    return " ".join(text.split())
