"""What a reader of a file format returns: the text of one article and what the file says about it."""

from dataclasses import dataclass, field

from retrieval.text.sentences import Span


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """Text and metadata; what the file does not say is empty. Dates are ISO 8601.

    `anchor` tells the chapters of an e-book apart, `section` is the title of the whole they belong to.
    """

    text: str = field(repr=False)
    headings: tuple[Span, ...] = field(default=(), repr=False)
    title: str = ""
    authors: tuple[str, ...] = ()
    outlet: str = ""
    published: str = ""
    language: str = ""
    section: str = ""
    anchor: str = ""
