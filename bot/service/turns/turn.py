"""One turn of a conversation while it is answered: what was asked and understood, and what answers it."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from threading import Semaphore
from typing import Literal, TypedDict

from bot.answering.generation.writer import GenerationState, Writer
from bot.answering.messages import Answer, Sentence, Turn, Understanding
from bot.answering.questions.reader_strings import Phrases
from bot.service.turns.stages import Stopwatch
from retrieval.catalog.filters import Filters
from retrieval.errors import Cancelled
from retrieval.index.store import Store
from retrieval.models.endpoints.cancellation import Cancellation
from retrieval.search.hybrid_search import Search, SearchResult

# Searches and extractions keep the processor busy: more of them at once end no sooner, and keep the interpreter from
# other threads (health checks, as measured by `python -m bench.serving`). Waiting for a model takes no slot.
MAX_CONCURRENT_SEARCHES = 2

Stage = Literal["searching", "writing"]
AnswerSteps = Generator[Stage | Sentence, None, Answer]
"""Yields the stages that begin and the sentences as they are ready, and returns the answer."""
AnsweringSteps = Generator[Stage | Sentence, None, tuple[Answer, SearchResult]]
"""The same, and returns what the answer was made from, too."""


@dataclass(frozen=True, slots=True)
class AnswerTrace:
    """An answer with what it was made from: the search's result and, where a model wrote, its generation."""

    answer: Answer
    search_result: SearchResult
    generation: GenerationState | None = None


AnswerEvent = Stage | Sentence | AnswerTrace
"""What happens while a question is answered. The last event is the AnswerTrace; its answer has all the sentences."""


class AskOptions(TypedDict, total=False):
    """Options of a question.

    `k` is the number of passages; `today` is the day that `this week` is counted from; `turns` are earlier turns of a
    conversation that the history does not know; `first_article` is the id or URL of an article that is searched before
    all others are, and is ignored where it is unknown.
    """

    filters: Filters | None
    k: int
    today: date | None
    cancellation: Cancellation
    turns: Sequence[Turn]
    first_article: str


class ProcessorSlots:
    """Slots for work that keeps the processor busy; safe to share between threads."""

    def __init__(self, slots: int = MAX_CONCURRENT_SEARCHES) -> None:
        self._semaphore = Semaphore(slots)

    @contextmanager
    def hold(self, cancellation: Cancellation) -> Iterator[None]:
        """Wait for a slot and hold it. Raises Cancelled when the answer was cancelled in the meantime."""
        with self._semaphore:
            if cancellation.is_cancelled:
                raise Cancelled("Nobody waits for this answer any more.")
            yield


@dataclass(frozen=True, slots=True)
class AskedTurn:
    """A turn with its options and what answers it; `writer` and `generation` are None without a model.

    `turns` are the earlier ones. `phrases` are what is said to the reader, in the reader's language. `searches` are the
    questions that the model has planned to search for.
    """

    text: str
    understood: Understanding
    turns: Sequence[Turn]
    options: AskOptions
    store: Store
    search: Search
    writer: Writer | None
    generation: GenerationState | None
    slots: ProcessorSlots
    cancellation: Cancellation
    watch: Stopwatch
    phrases: Phrases
    searches: tuple[str, ...] = ()

    @property
    def filters(self) -> Filters:
        """The caller's filters."""
        return self.options.get("filters") or Filters()

    @property
    def standalone(self) -> str:
        """The question on its own."""
        return self.understood.standalone_question

    def as_written(self) -> "AskedTurn":
        """The turn, to be answered as it stands."""
        return replace(self, understood=replace(self.understood, standalone_question=self.text))

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold a slot of the processor. Raises Cancelled."""
        with self.slots.hold(self.cancellation):
            yield
