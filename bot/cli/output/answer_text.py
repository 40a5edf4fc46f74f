"""An answer as text for a terminal: numbered citations, its sources, how old they are, and links to click on."""

from collections.abc import Sequence
from datetime import datetime

from bot.answering.messages import Answer, Citation, Highlight, highlighted_parts
from bot.answering.questions.reader_strings import Phrases, english_phrases, packaged_strings
from bot.cli.output.terminal_style import TerminalStyle, wrap
from bot.formatting import format_date, printable
from bot.service.freshness import freshness_line, publication_notes


def format_answer(answer: Answer, style: TerminalStyle, now: datetime | None = None) -> str:
    """The whole answer with its sources or, where the articles do not say, with the nearest articles."""
    return "\n\n".join(part for part in (format_body(answer, style), format_footer(answer, style, now)) if part)


def format_body(answer: Answer, style: TerminalStyle) -> str:
    """The answer's text, without its sources."""
    text = wrap(format_words(answer.text, answer.highlights, style), style)
    text = style.bold(text) if answer.status == "no_answer" else text
    return "\n".join([text, *(f"  {printable(question)}" for question in answer.suggestions)])


def format_words(text: str, highlights: Sequence[Highlight], style: TerminalStyle) -> str:
    """The text with the words that answer in bold, not yet wrapped."""
    parts = ((printable(part), answers) for part, answers in highlighted_parts(text, highlights))
    return "".join(style.bold(part) if answers else part for part, answers in parts)


def format_footer(answer: Answer, style: TerminalStyle, now: datetime | None = None) -> str:
    """What is shown below the text: the sources or the nearest articles, how fresh they are, notes."""
    parts, phrases = list[str](), packaged_strings().of(answer.understood.language)
    if answer.citations:
        parts.append(format_sources(answer.citations, style, phrases))
    elif answer.nearest:
        lead = style.dim(f"{phrases.say('nearest_articles')}:")
        parts.append(f"{lead}\n{format_sources(answer.nearest, style, phrases)}")
    told = (freshness_line(answer, now), *map(printable, answer.notes))
    parts.extend(wrap(style.dim(line), style) for line in told if line)
    return "\n\n".join(parts)


def format_sources(citations: Sequence[Citation], style: TerminalStyle, phrases: Phrases | None = None) -> str:
    """The sources, one paragraph for each article: its citation numbers and facts, each number a link to its words.

    A terminal without links gets the article's address instead, once: links to the words are 150 characters long.
    """
    phrases = phrases or english_phrases()
    by_article: dict[str, list[Citation]] = {}
    for citation in citations:
        by_article.setdefault(citation.article, []).append(citation)
    return "\n".join(_source(cited, style, phrases) for cited in by_article.values())


def _source(cited: Sequence[Citation], style: TerminalStyle, phrases: Phrases) -> str:
    first = cited[0]
    authors = f" {phrases.say('and')} ".join(first.authors)
    facts = [first.outlet, first.title, authors, format_date(first.published, phrases.language)]
    facts += publication_notes(first, phrases.language)
    marks = " ".join(_linked(f"[{citation.number}]", citation.deep_link, style) for citation in cited)
    told = _linked(printable(", ".join(fact for fact in facts if fact)), first.deep_link, style)
    line = wrap(f"{marks} {told}", style)
    if style.links or not first.url:
        return line
    return f"{line}\n{style.dim(f'    {printable(first.url)}')}"


def _linked(text: str, link: str, style: TerminalStyle) -> str:
    link = printable(link)
    return f"\x1b]8;;{link}\x1b\\{text}\x1b]8;;\x1b\\" if style.links and link else text
