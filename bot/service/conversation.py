"""The one service that every surface calls: a question in, a cited answer out, sentence by sentence if streamed."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property, partial
from typing import Unpack

from bot.answering.archive.archive_answers import answer_archive_question
from bot.answering.archive.digest import answer_with_digest
from bot.answering.composition import declined_language_answer
from bot.answering.generation.writer import GenerationState, Writer
from bot.answering.messages import Answer, Turn, Understanding, validate_question
from bot.answering.questions.planning import needs_plan, plan_turn
from bot.answering.questions.question_rewriting import is_headline, rewrite_question
from bot.answering.questions.reader_strings import Strings
from bot.answering.questions.small_talk import talk_answer
from bot.answering.questions.turn_kind import talk_kind
from bot.answering.questions.understanding import understand, without_small_talk
from bot.service.history import ConversationHistory
from bot.service.suggestions import ExampleQuestions
from bot.service.turns.archive_turn import archive_request, tell_of_archive
from bot.service.turns.article_turn import answer_from_articles, is_language_missing
from bot.service.turns.stages import Stopwatch, log_stage
from bot.service.turns.turn import AnswerEvent, AnsweringSteps, AnswerTrace, AskedTurn, AskOptions, ProcessorSlots
from retrieval.catalog.archive import languages
from retrieval.catalog.reader import CatalogReader
from retrieval.errors import DatabaseUnavailable, StorageError, UnknownArticle
from retrieval.index.store import Store
from retrieval.models.endpoints.cancellation import Cancellation
from retrieval.search.hybrid_search import Search, no_search
from retrieval.text.language import ENGLISH, question_language

_log = logging.getLogger(__name__)


class Conversation:
    """Answers questions over one store; safe to share between threads.

    `make_writer` is called at the first question, so that commands that answer nothing load no model. `strings` are
    what is said to turns that are no questions.
    """

    def __init__(
        self,
        store: Store,
        search: Search,
        history: ConversationHistory,
        make_writer: Callable[[], Writer | None] = lambda: None,
        *,
        strings: Strings | None = None,
    ) -> None:
        self._store, self._search, self._history, self._make_writer = store, search, history, make_writer
        self._strings, self._examples = strings or Strings(), ExampleQuestions(search, store.catalog)
        self._slots = ProcessorSlots()

    @cached_property
    def _writer(self) -> Writer | None:
        return self._make_writer()

    def warm(self) -> None:
        """Make the writer and load its judge before the first question needs them. Raises UsageError."""
        if self._writer:
            self._writer.judge.support(())

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
        text = validate_question(question)
        cancellation = options.get("cancellation") or Cancellation()
        generation = self._writer.start(cancellation) if self._writer else None
        yield "searching"
        turns, is_read = self._turns(conversation, options)
        language = self._language(text, turns)

        understood, searches = self._understand(text, turns, language, options, generation)
        rewritten = understood.standalone_question != text
        log_stage("understand", watch.lap(), kind=understood.kind, turns=len(turns), rewritten=rewritten)
        asked = AskedTurn(
            text,
            understood,
            turns,
            options,
            self._store,
            self._search,
            self._writer,
            generation,
            self._slots,
            cancellation,
            watch,
            self._strings.of(understood.language),
            searches,
        )
        answer, found = yield from self._answer(asked)
        watch.mark("total")
        answer = replace(
            answer,
            conversation_id=conversation,
            timings_ms=watch.timings(),
            tokens=_token_counts(generation),
            notes=answer.notes if is_read else (*answer.notes, asked.phrases.say("unread_history")),
        )
        yield AnswerTrace(self._remember(answer, conversation, watch), found, generation)

    def _understand(
        self,
        text: str,
        turns: Sequence[Turn],
        language: str,
        options: AskOptions,
        generation: GenerationState | None,
    ) -> tuple[Understanding, tuple[str, ...]]:
        """Understand a turn by rule, or by the model where rules are not sure; return what to search for beside it."""
        by_rule = partial(rewrite_question, text_of=self._text_of, is_quoted=self._is_quoted)
        rewrite = by_rule if language == ENGLISH else _unchanged
        understood = understand(text, turns, self._store.packaged_vector, rewrite, language)
        if self._writer is None or generation is None or not needs_plan(text, turns, understood):
            return understood, ()
        today = options.get("today") or date.today()
        plan = plan_turn(text, turns, languages(self._store.catalog), today, self._writer, generation)
        if plan is None:
            return understood, ()
        return replace(understood, kind=plan.kind, standalone_question=plan.question), plan.searches

    def _is_quoted(self, name: str) -> bool:
        """Whether articles quote somebody of this name, so spelt."""
        match = self._search.quote_search().find_speaker(name)
        return bool(match.people) and not match.misspelt

    def _answer(self, asked: AskedTurn) -> AnsweringSteps:
        """Answer a turn by its kind; a question about the archive that nothing there fits is answered like any."""
        if kind := talk_kind(asked.understood.kind):
            # Examples would tell of articles that the caller's filters hide.
            examples = tuple if asked.filters.restricts_articles else self._examples
            answer = talk_answer(asked.text, kind, asked.phrases, examples)
            return replace(answer, understood=asked.understood), no_search(asked.text)
        with self._store.catalog.snapshot() as catalog:  # one snapshot: the articles searched are the articles cited
            if not asked.searches and is_language_missing(asked.understood.language, catalog):
                return _decline_language(asked, catalog), no_search(asked.text)
            request = archive_request(asked, catalog)
            of_sentences = request is not None and request.asks_for_sentences
            # A model summarises what was found by itself.
            if request and not (of_sentences and self._writer):
                tell = answer_with_digest if of_sentences else answer_archive_question
                if told := (yield from tell_of_archive(tell, request, asked, catalog)):
                    return told, no_search(asked.text)
            answer, found = yield from answer_from_articles(asked, catalog)
            if answer.status == "no_answer" and self._may_read_as_written(asked):
                answer, found = yield from answer_from_articles(asked.as_written(), catalog)
            if request and of_sentences and request.kind == "latest" and answer.status == "no_answer":
                answer = (yield from tell_of_archive(answer_archive_question, request, asked, catalog)) or answer
            return answer, found

    def _may_read_as_written(self, asked: AskedTurn) -> bool:
        """Whether a turn was taken for a question of somebody's words and may be another; a model reads it once."""
        return self._writer is None and asked.standalone != asked.text and is_headline(asked.text)

    def forget(self, conversation: str) -> bool:
        """Delete a conversation's turns; return whether there were any."""
        return self._history.forget(conversation)

    def _turns(self, conversation: str, options: AskOptions) -> tuple[Sequence[Turn], bool]:
        """The earlier turns, and whether they could be read."""
        if (turns := options.get("turns")) or not conversation:
            return without_small_talk(turns or (), self._store.packaged_vector), True
        try:
            return self._history.turns(conversation), True
        except (StorageError, DatabaseUnavailable) as exc:
            _log.error("A conversation could not be read: %s", exc)
            return (), False

    def _text_of(self, article: str) -> str:
        """Headline and text of an article, empty where it has been removed since it was cited."""
        try:
            found = self._store.catalog.article(article)
            return f"{found.title}\n{found.text}"
        except UnknownArticle:
            return ""

    def _language(self, question: str, turns: Sequence[Turn]) -> str:
        """The language of a question after the earlier turns."""
        known = languages(self._store.catalog)
        spoken = question_language(turns[-1].question, known) if turns else ENGLISH
        return question_language(question, known, spoken)

    def _remember(self, answer: Answer, conversation: str, watch: Stopwatch) -> Answer:
        """Store the turn and return the answer with its number; unchanged where there is none or it cannot be."""
        if conversation:
            try:
                answer = replace(answer, turn=self._history.remember(conversation, answer))
            except (StorageError, DatabaseUnavailable) as exc:
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


def _unchanged(question: str, turns: Sequence[Turn]) -> str:
    """The question: without a model only one in English can be rewritten."""
    return question


def _decline_language(asked: AskedTurn, catalog: CatalogReader) -> Answer:
    answer = declined_language_answer(asked.text, asked.understood.language, catalog, asked.phrases)
    return replace(answer, understood=asked.understood, indexed_at=catalog.last_run())


def _token_counts(generation: GenerationState | None) -> dict[str, int]:
    if generation is None or not generation.tokens.total:
        return {}
    return {"read": generation.tokens.read, "written": generation.tokens.written}
