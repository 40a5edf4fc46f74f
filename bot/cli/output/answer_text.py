"""An answer as text for a terminal: numbered citations, its sources, how old they are, and links to click on."""

from collections.abc import Sequence
from datetime import datetime

from bot.answering.messages import Answer, Citation, Highlight, highlighted_parts
from bot.cli.output.terminal_style import TerminalStyle, wrap
from bot.formatting import format_date, printable
from bot.service.freshness import freshness_line, publication_notes


def format_answer(answer: Answer, style: TerminalStyle, now: datetime | None = None) -> str:
    """The whole answer with its sources or, where the articles do not say, with the nearest articles."""
    return "\n\n".join(part for part in (format_body(answer, style), format_footer(answer, style, now)) if part)


def format_body(answer: Answer, style: TerminalStyle) -> str:
    """The answer's text, without its sources."""
    text = wrap(format_words(answer.text, answer.highlights, style), style)
    return style.bold(text) if answer.status == "no_answer" else text


def format_words(text: str, highlights: Sequence[Highlight], style: TerminalStyle) -> str:
    """The text with the words that answer in bold, not yet wrapped."""
    parts = ((printable(part), answers) for part, answers in highlighted_parts(text, highlights))
    return "".join(style.bold(part) if answers else part for part, answers in parts)


def format_footer(answer: Answer, style: TerminalStyle, now: datetime | None = None) -> str:
    """What is shown below the text: the sources or the nearest articles, how fresh they are, notes."""
    parts = list[str]()
    if answer.citations:
        parts.append(format_sources(answer.citations, style))
    elif answer.nearest:
        parts.append(style.dim("Nearest articles:") + "\n" + format_sources(answer.nearest, style))
    parts.extend(style.dim(line) for line in (freshness_line(answer, now), *map(printable, answer.notes)) if line)
    return "\n\n".join(parts)


def format_sources(citations: Sequence[Citation], style: TerminalStyle) -> str:
    """The sources, one paragraph for each article: its citation numbers and facts, and a link for each number."""
    by_article: dict[str, list[Citation]] = {}
    for citation in citations:
        by_article.setdefault(citation.article, []).append(citation)
    return "\n".join(_source(cited, style) for cited in by_article.values())


def _source(cited: Sequence[Citation], style: TerminalStyle) -> str:
    first = cited[0]
    facts = [first.outlet, first.title, " and ".join(first.authors), format_date(first.published)]
    facts += publication_notes(first)
    marks = " ".join(_linked(f"[{citation.number}]", citation.deep_link, style) for citation in cited)
    line = f"{marks} {_linked(printable(', '.join(fact for fact in facts if fact)), first.deep_link, style)}"
    if style.links:
        return line
    links = (style.dim(f"    {printable(citation.deep_link)}") for citation in cited if citation.deep_link)
    return "\n".join([line, *links])


def _linked(text: str, link: str, style: TerminalStyle) -> str:
    link = printable(link)
    return f"\x1b]8;;{link}\x1b\\{text}\x1b]8;;\x1b\\" if style.links and link else text
