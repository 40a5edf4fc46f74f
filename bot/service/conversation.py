"""The one service that every surface calls: a question in, a cited answer out, sentence by sentence if streamed."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from typing import TypedDict, Unpack

from bot.answering.generation.writer import GenerationState, Writer
from bot.answering.messages import Answer, Sentence, Turn, validate_question
from bot.answering.questions.question_rewriting import rewrite_question
from bot.service.answer_pipeline import AnswerContext, ProcessorSlots, Stage, answer_question
from bot.service.history import ConversationHistory
from bot.service.stages import Stopwatch, log_stage
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader, find_article
from retrieval.errors import StorageError
from retrieval.index.store import Store
from retrieval.models.endpoints.cancellation import Cancellation
from retrieval.search.hybrid_search import DEFAULT_HITS, Search, SearchResult

UNREAD_HISTORY = "What was said before cannot be read right now, so this answers the question on its own."

_log = logging.getLogger(__name__)


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


class Conversation:
    """Answers questions over one store; safe to share between threads.

    `make_writer` is called at the first question, so that commands that answer nothing load no model.
    """

    def __init__(
        self,
        store: Store,
        search: Search,
        history: ConversationHistory,
        make_writer: Callable[[], Writer | None] = lambda: None,
    ) -> None:
        self._store, self._search, self._history, self._make_writer = store, search, history, make_writer
        self._slots = ProcessorSlots()

    @cached_property
    def _writer(self) -> Writer | None:
        return self._make_writer()

    def warm(self) -> None:
        """Make the writer before the first question needs it. Raises UsageError."""
        _ = self._writer

    def ask(self, question: str, conversation: str = "", **options: Unpack[AskOptions]) -> Answer:
        """Answer a question; with a conversation's id, follow-ups are understood and the turn is stored.

        An answer that cannot be stored is given with turn 0, as a failing disk is no reason to withhold it. Raises
        UsageError.
        """
        return self.ask_with_trace(question, conversation, **options).answer

    def ask_with_trace(self, question: str, conversation: str = "", **options: Unpack[AskOptions]) -> AnswerTrace:
        """Answer a question as `ask` does and return what the answer was made from, too."""
        return next(event for event in self.stream(question, conversation, **options) if isinstance(event, AnswerTrace))

    def stream(self, question: str, conversation: str = "", **options: Unpack[AskOptions]) -> Iterator[AnswerEvent]:
        """Answer a question as `ask` does, event by event. Closing the iterator cancels the answer; no turn is stored.

        Raises Cancelled when another thread cancels the answer.
        """
        watch = Stopwatch()
        question = validate_question(question)
        cancellation = options.get("cancellation") or Cancellation()
        generation = self._writer.start(cancellation) if self._writer else None
        yield "searching"
        turns, note = self._turns(conversation, options)
        standalone = self._rewrite(question, turns, generation)
        log_stage("understand", watch.lap(), turns=len(turns), rewritten=standalone != question)
        search = partial(self._search, standalone, options.get("k", DEFAULT_HITS), today=options.get("today"))
        with self._store.catalog.snapshot() as catalog:  # one snapshot: the articles searched are the articles cited
            for filters in _search_scopes(catalog, options):
                with self._slots.hold(cancellation):
                    found = search(filters=filters, catalog=catalog)
                _log_search(found, filters, watch)
                context = AnswerContext(
                    question, standalone, found, catalog, self._writer, generation, self._slots, cancellation, watch
                )
                answer = yield from answer_question(context)
                if answer.status != "no_answer":
                    break
        watch.mark("total")
        answer = replace(
            answer,
            conversation_id=conversation,
            timings_ms=watch.timings(),
            tokens=_token_counts(generation),
            notes=(*answer.notes, note) if note else answer.notes,
        )
        yield AnswerTrace(self._remember(answer, conversation, watch), found, generation)

    def forget(self, conversation: str) -> bool:
        """Delete a conversation's turns; return whether there were any."""
        return self._history.forget(conversation)

    def _turns(self, conversation: str, options: AskOptions) -> tuple[Sequence[Turn], str]:
        """The earlier turns, and a note for the reader where they cannot be read."""
        if (turns := options.get("turns")) or not conversation:
            return turns or (), ""
        try:
            return self._history.turns(conversation), ""
        except StorageError as exc:
            _log.error("A conversation could not be read: %s", exc)
            return (), UNREAD_HISTORY

    def _rewrite(self, question: str, turns: Sequence[Turn], generation: GenerationState | None) -> str:
        """Rewrite a follow-up question so that it stands alone."""
        if self._writer and generation:
            return self._writer.rewrite(question, turns, generation)
        return rewrite_question(question, turns)

    def _remember(self, answer: Answer, conversation: str, watch: Stopwatch) -> Answer:
        """Store the turn and return the answer with its number; unchanged where there is none or it cannot be."""
        if conversation:
            try:
                answer = replace(answer, turn=self._history.remember(conversation, answer))
            except StorageError as exc:
                _log.error("An answer was given but not stored: %s", exc)
        log_stage(
            "remember",
            watch.lap(),
            turn=answer.turn,
            status=answer.status,
            answered_by=answer.answered_by,
            articles=tuple(dict.fromkeys(citation.article for citation in answer.citations)),
        )
        return answer


def _search_scopes(catalog: CatalogReader, options: AskOptions) -> Iterator[Filters]:
    """The filters to search with, one after the other until one answers: `first_article`, then the filters asked for.

    The second is tried only where the first yielded no sentence.
    """
    filters = options.get("filters") or Filters()
    first = find_article(catalog, options.get("first_article", ""))
    if first and not filters.article:
        yield replace(filters, article=first)
    yield filters


def _log_search(found: SearchResult, filters: Filters, watch: Stopwatch) -> None:
    watch.mark("search")
    log_stage(
        "search",
        watch.lap(),
        scope="article" if filters.article else "filtered" if filters != Filters() else "all",
        passages=len(found.hits),
        quotes=len(found.speaker_quotes),
        vectors=not found.why_no_vectors,
    )


def _token_counts(generation: GenerationState | None) -> dict[str, int]:
    if generation is None or not generation.tokens.total:
        return {}
    return {"read": generation.tokens.read, "written": generation.tokens.written}
