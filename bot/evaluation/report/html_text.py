"""Build the HTML of the report: escaped text, links, tables, templates."""

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from string import Template

from bot.formatting import printable


def escape_text(text: str) -> str:
    """Escape a text for HTML and remove control characters."""
    return escape(printable(text))


def link(text: str, url: str) -> str:
    """Link a text where the URL is an HTTP one, else return the escaped text."""
    if not url.startswith(("http://", "https://")):
        return escape_text(text)
    return f'<a href="{escape_text(url)}" rel="noopener noreferrer">{escape_text(text)}</a>'


def shorten(text: str, longest: int) -> str:
    """Put a text on one line and cut it between words where it is longer than `longest` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else f"{flat[:longest].rpartition(' ')[0] or flat[:longest]} …"


def pluralize(count: int, noun: str) -> str:
    """Format a count with its noun: `1 question`, `2 questions`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def format_percent(share: float) -> str:
    """Format a share (0 to 1) as a percentage: 62 %."""
    return f"{share * 100:.0f} %"


def html_table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Render a table whose rows begin with their heading; cells are HTML."""
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>' for first, *rest in rows
    )
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def fill_template(template: str, /, **values: str) -> str:
    """Fill one of the report's templates; values are HTML."""
    return Template(read_template(template)).substitute(values)


def read_template(name: str) -> str:
    """Read one of the report's template files."""
    return (files("bot.evaluation.report") / "templates" / name).read_text("utf-8")
