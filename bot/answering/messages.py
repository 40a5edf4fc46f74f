"""The values that pass between the stages of one question: claims, citations, answers and turns."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from retrieval.documents import Copy
from retrieval.errors import UsageError
from retrieval.models.turn_kinds import QUESTION, TurnKind
from retrieval.text.language import ENGLISH
from retrieval.text.sentences import Span

Status = Literal["answered", "partial", "no_answer", "no_question"]
"""The last is that of a turn which asks nothing, such as a greeting: it is neither answered nor declined."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """The words of a text that answer, as characters of it; those of one text are in order and do not overlap."""

    start: int
    end: int


def highlighted_parts(text: str, highlights: Sequence[Highlight]) -> Iterator[tuple[str, bool]]:
    """Divide a text into parts, each with whether its words answer; highlights beyond the end of a text are cut."""
    at = 0
    for highlight in highlights:
        yield text[at : highlight.start], False
        yield text[highlight.start : highlight.end], True
        at = highlight.end
    yield text[at:], False


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence and the spans that support it, each with its article's id.

    `answer` is the span of the words that answer within the text, `cited_answer` the same within the article that the
    first span is of; both are None where they are not known.
    """

    text: str
    support: tuple[tuple[str, Span], ...]
    speaker: str = ""
    answer: Span | None = None
    cited_answer: Span | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """The source of a claim; `quote` is `article.text[start:end]`.

    `copies` are the same article elsewhere; `corrected` is when its text last changed (ISO 8601, or empty).
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
    highlights: tuple[Highlight, ...] = ()  # of `quote`


@dataclass(frozen=True, slots=True)
class Sentence:
    """A claim as it is streamed while the rest is still written; the joined texts are the answer's text."""

    text: str
    citations: tuple[Citation, ...]  # those that no earlier sentence has
    highlights: tuple[Highlight, ...] = ()  # of `text`


@dataclass(frozen=True, slots=True)
class Understanding:
    """How a turn was understood: its kind, the question on its own, and what its words restrict the articles to.

    `since` and `until` are ISO days, both included, empty where open. `topic` is what a question about the archive asks
    for articles on, `language` the one that the reader is answered in, as far as there are strings in it.
    """

    kind: TurnKind = QUESTION
    standalone_question: str = ""
    since: str = ""
    until: str = ""
    outlet: str = ""
    author: str = ""
    topic: str = ""
    language: str = ENGLISH


NOT_UNDERSTOOD = Understanding()


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question; `text` has [1] markers, `nearest` are offered when the articles do not answer.

    `suggestions` are questions to ask instead, offered to turns that are no questions.
    """

    question: str
    standalone_question: str
    status: Status
    text: str
    citations: tuple[Citation, ...] = ()
    conversation_id: str = ""
    turn: int = 0  # its number in the conversation, from 1; 0 where it was not stored
    answered_by: str = "extract"
    newest_source: str = ""
    indexed_at: str = ""
    dropped: dict[str, int] = field(default_factory=dict)
    timings_ms: dict[str, float] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    nearest: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = ()
    evidence: float = 0.0
    highlights: tuple[Highlight, ...] = ()  # of `text`
    suggestions: tuple[str, ...] = ()
    understood: Understanding = NOT_UNDERSTOOD


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation and its answer."""

    question: str
    standalone: str
    answer: str
    status: Status
    articles: tuple[str, ...] = ()


def text_with_suggestions(answer: Answer) -> str:
    """The answer's text and, below it, the suggested questions, for surfaces that show text alone."""
    return "\n".join([answer.text, *(f"- {question}" for question in answer.suggestions)])


def answer_as_dict(answer: Answer) -> dict[str, Any]:
    """Represent an answer as JSON, on the command line and over HTTP alike."""
    return asdict(answer)


MAX_QUESTION_LENGTH = 2_000  # characters


def validate_question(question: str) -> str:
    """Return the question on one line. Raises UsageError where it is empty or too long."""
    text = " ".join(question.split())
    if not text:
        raise UsageError("The question is empty; ask something like 'What did Rubio say about concessions?'.")
    if len(text) > MAX_QUESTION_LENGTH:
        raise UsageError(f"The question has {len(text)} characters; at most {MAX_QUESTION_LENGTH} are read.")
    return text


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence of a draft without its citation markers, and the passage numbers that they name, each once.

    `places` are the sentences that they name, as numbers of passage and sentence, both from 1.
    """

    text: str
    numbers: tuple[int, ...] = ()
    places: tuple[tuple[int, int], ...] = ()
