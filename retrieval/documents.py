"""The words of OnRecord as types: article, passage, quote, hit."""

import hashlib
from dataclasses import dataclass, field
from typing import Literal

from retrieval.text.sentences import Span


@dataclass(frozen=True, slots=True)
class Article:
    """One published text; dates are ISO 8601 (`2025-03-11` or with a time), empty where unknown."""

    id: str
    source: str
    url: str
    title: str
    text: str
    authors: tuple[str, ...] = ()
    outlet: str = ""
    published: str = ""
    updated: str = ""
    language: str = ""
    section: str = ""
    headings: tuple[Span, ...] = field(default=(), repr=False)

    @property
    def content_hash(self) -> str:
        """Changes when anything a reader would see changes."""
        facts = (self.url, self.title, self.text, *self.authors, self.outlet, self.published, self.updated)
        return digest("\x1f".join(facts))


@dataclass(frozen=True, slots=True)
class Copy:
    """Where else the text of an article stands."""

    article: str
    outlet: str
    url: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of one article's text, the unit of retrieval and citation."""

    id: str
    article: str
    start: int
    end: int
    text: str
    heading: str = ""


QuoteKind = Literal["direct", "mixed", "indirect"]


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody says in an article; all spans are characters of its text.

    `speaker` is the fullest name the article has for the source, empty where it does not tell; `words` are the texts
    of `spans`, joined by ` … ` where something stands between them.
    """

    speaker: str
    role: str
    is_person: bool
    kind: QuoteKind
    words: str
    spans: tuple[Span, ...]
    source: Span | None = None
    cue: Span | None = None
    is_speech: bool = True  # whether the cue reports words or thoughts, where `opened the bridge` reports a deed

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]


@dataclass(frozen=True, slots=True)
class QuoteHit:
    """A quote found, with the facts of its article."""

    quote: Quote
    article: str
    title: str
    url: str
    outlet: str
    published: str
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for one question, with the facts of its article and where its score comes from."""

    passage: Passage
    title: str
    url: str
    outlet: str
    authors: tuple[str, ...]
    published: str
    updated: str
    score: float
    dense: float = 0.0
    bm25: float = 0.0
    quote_score: float = 0.0  # how well a quote in it is what was asked for
    copies: tuple[str, ...] = ()


def indexed_text(hit: Hit) -> str:
    """What both indexes hold of a passage: headline and heading give it its context, the cited span stays bare."""
    return "\n".join(part for part in (hit.title, hit.passage.heading, hit.passage.text) if part)


def digest(text: str) -> str:
    """The first 16 hexadecimal digits of the text's SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
