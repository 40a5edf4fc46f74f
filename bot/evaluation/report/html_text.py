"""What others wrote, as it may stand in the page."""

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from string import Template

from bot.formatting import printable


def shown(text: str) -> str:
    """Escaped, without control characters."""
    return escape(printable(text))


def linked(text: str, url: str) -> str:
    """A link where the address is one on the web, else the text alone."""
    if not url.startswith(("http://", "https://")):
        return shown(text)
    return f'<a href="{shown(url)}" rel="noopener noreferrer">{shown(text)}</a>'


def shortened(text: str, longest: int) -> str:
    """The text on one line, cut between words where it is longer than so many characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else f"{flat[:longest].rpartition(' ')[0] or flat[:longest]} …"


def counted(count: int, thing: str) -> str:
    """`1 question`, `2 questions`."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def percent(share: float) -> str:
    """A share (0 to 1) as people say it: 62 %."""
    return f"{share * 100:.0f} %"


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose rows begin with their heading; cells are HTML."""
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>' for first, *rest in rows
    )
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def filled(template: str, /, **values: str) -> str:
    """One of the templates beside this file; values are HTML."""
    return Template(read(template)).substitute(values)


def read(name: str) -> str:
    """One of the files beside this one."""
    return (files("bot.evaluation.report") / "templates" / name).read_text("utf-8")
