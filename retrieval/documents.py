"""The domain's data types: article, passage, quote and search hit."""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Literal

from retrieval.text.language import ENGLISH
from retrieval.text.sentences import Span

RECOGNISED_SECTION = "Scan, read by machine"  # of an article whose text was recognised in pictures of pages
TIMECODE = re.compile(r"\d+:[0-5]\d:[0-5]\d")  # a heading of a transcript: hours, minutes, seconds


@dataclass(frozen=True, slots=True)
class Article:
    """One published text; dates are ISO 8601 (`2025-03-11`, with a time or as `2025-03` or `2025`), empty if unknown.

    `warnings` are sentences for the user about facts that could not be read, with the article as their subject; they
    are not stored.
    """

    id: str
    source: str
    url: str
    title: str
    text: str
    authors: tuple[str, ...] = ()
    outlet: str = ""
    published: str = ""
    updated: str = ""
    language: str = ""  # as the page declares it until the article is ingested, then as told from the text
    section: str = ""
    headings: tuple[Span, ...] = field(default=(), repr=False)
    warnings: tuple[str, ...] = field(default=(), repr=False, compare=False)

    @property
    def content_hash(self) -> str:
        """A hash that changes when anything changes that a reader would see."""
        facts = (self.url, self.title, self.text, *self.authors, self.outlet, self.published, self.updated)
        return digest("\x1f".join(facts))

    @property
    def is_recognised(self) -> bool:
        """Whether a machine read the text in pictures of pages, so that it may not be what they say word for word."""
        return self.section == RECOGNISED_SECTION

    def time_at(self, position: int) -> str:
        """The time in the recording, `0:04:10`, above a character of a transcript; empty for other articles."""
        above = [self.text[start:end] for start, end in self.headings if start < position]
        return next((heading for heading in reversed(above) if TIMECODE.fullmatch(heading)), "")


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article with the same text."""

    article: str
    outlet: str
    url: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of one article's text, the unit of retrieval and citation; `start` and `end` count characters."""

    id: str
    article: str
    start: int
    end: int
    text: str
    heading: str = ""


QuoteKind = Literal["direct", "mixed", "indirect"]
Modality = Literal["said", "denied", "reported", "asked", "hypothetical"]
"""Whether the article holds that the source said the words.

`denied`: the source denies them, never said them or declines to say them. `reported`: others claim that the source said
them, or made them up. `asked`: somebody asks whether the source said them. `hypothetical`: the source might say them.
"""


@dataclass(frozen=True, slots=True)
class Quote:
    """A direct or reported statement in an article; all spans are character offsets in the article's text.

    `speaker` is the fullest name that the article has for the source, empty if it has none. `words` are the texts of
    `spans`, joined by ` … `. `source` is the span that names the speaker, `cue` that of the reporting verb.
    """

    speaker: str
    role: str
    is_person: bool
    kind: QuoteKind
    words: str
    spans: tuple[Span, ...]
    source: Span | None = None
    cue: Span | None = None
    is_speech: bool = True  # the cue reports words or thoughts; `opened the bridge` reports a deed
    modality: Modality = "said"  # always `said` of a deed

    @property
    def is_said(self) -> bool:
        """Whether these are words that the speaker said, which may be listed under the speaker's name."""
        return self.is_speech and self.modality == "said"

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]


@dataclass(frozen=True, slots=True)
class QuoteHit:
    """A quote found by a search, with the metadata of its article."""

    quote: Quote
    article: str
    title: str
    url: str
    outlet: str
    published: str
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question, with the metadata of its article and the parts of its score.

    `dense` is the cosine similarity, `bm25` the BM25 score, `copies` are ids of articles with the same text.
    """

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
    language: str = ENGLISH  # of the article
    quote_score: float = 0.0  # how well a quote in the passage matches the question
    copies: tuple[str, ...] = ()


def indexed_text(hit: Hit) -> str:
    """The text that both indexes hold of a passage: headline and heading add context to the span that is cited."""
    return "\n".join(part for part in (hit.title, hit.passage.heading, hit.passage.text) if part)


def digest(text: str) -> str:
    """The first 16 hexadecimal digits of the text's SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
