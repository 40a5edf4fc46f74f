"""What travels between the steps of one question: claims, citations, the answer, a turn."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from retrieval.documents import Copy
from retrieval.errors import UsageError
from retrieval.text.sentences import Span

Status = Literal["answered", "partial", "no_answer"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of a draft and what it rests on: spans of articles, by the article's id."""

    text: str
    support: tuple[tuple[str, Span], ...]
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where one claim stands; `quote` is `article.text[start:end]`.

    `copies` are other places with the same article, `corrected` is when its text was last changed (ISO 8601, or empty).
    """

    number: int
    article: str
    url: str
    deep_link: str
    title: str
    outlet: str
    authors: tuple[str, ...]
    published: str
    updated: str
    quote: str
    start: int
    end: int
    speaker: str = ""
    copies: tuple[Copy, ...] = ()
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A verified claim as it is shown while the rest is still written; all texts joined are the answer's text."""

    text: str
    citations: tuple[Citation, ...]  # those that no sentence before has cited


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader gets; `text` carries [1] markers, `nearest` are offered when the articles do not answer."""

    question: str
    standalone_question: str
    status: Status
    text: str
    citations: tuple[Citation, ...] = ()
    conversation_id: str = ""
    turn: int = 0  # its number in the conversation, from 1; 0 where it was not remembered
    answered_by: str = "extract"
    newest_source: str = ""
    indexed_at: str = ""
    dropped: dict[str, int] = field(default_factory=dict)
    timings_ms: dict[str, float] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    nearest: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = ()
    evidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation and its answer."""

    question: str
    standalone: str
    answer: str
    status: Status
    articles: tuple[str, ...] = ()


def as_dict(answer: Answer) -> dict[str, Any]:
    """The answer as JSON carries it, on the command line and over HTTP alike."""
    return asdict(answer)


LONGEST_QUESTION = 2_000  # characters


def validate_question(question: str) -> str:
    """The question on one line. Raises UsageError when there is none or too much of one."""
    text = " ".join(question.split())
    if not text:
        raise UsageError("The question is empty; ask something like 'What did Rubio say about concessions?'.")
    if len(text) > LONGEST_QUESTION:
        raise UsageError(f"The question has {len(text)} characters; at most {LONGEST_QUESTION} are read.")
    return text


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """One sentence of a draft without its markers, and the numbers they name, each once."""

    text: str
    numbers: tuple[int, ...] = ()
