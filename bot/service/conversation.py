"""The one service every surface calls: a question in, a cited answer out, sentence by sentence where it is wanted."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from threading import Semaphore
from typing import Literal, TypedDict, Unpack

from bot.answering.answerability import ENOUGH, FITTED_TO, answer_probability, unmentioned_names
from bot.answering.composition import SPACE, Composition, decline, decline_speaker
from bot.answering.extractive import extract_sentences
from bot.answering.generation.writer import GenerationState, Writer
from bot.answering.messages import Answer, Claim, Sentence, Turn, validate_question
from bot.answering.question_rewriting import rewrite_question
from bot.answering.speaker_quotes import asks_only_for_words, quote_claims
from bot.service.history import ConversationHistory
from bot.service.stopwatch import Stopwatch
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader, find_article
from retrieval.endpoints.cancellation import Cancellation
from retrieval.errors import Cancelled, ModelError
from retrieval.index import pending
from retrieval.index.store import Store
from retrieval.search.hybrid_search import DEFAULT_HITS, Search, SearchResult

# Searches and extractions keep the processor busy: more of them side by side end no sooner, and keep the interpreter
# from whatever else waits for it (`python -m bench.serving`: health checks). Waiting for a model takes no place.
AT_WORK = 2
SPOKEN = 0.75  # the evidence that somebody's own words on the topic are

Stage = Literal["searching", "writing"]


@dataclass(frozen=True, slots=True)
class AnswerTrace:
    """One question that was answered: what was understood, found and written, for those who look behind the answer."""

    answer: Answer
    found: SearchResult
    writing: GenerationState | None = None


AnswerEvent = Stage | Sentence | AnswerTrace
"""What happens while a question is answered; the last one is the Asking, and its answer has all the sentences."""


class AskOptions(TypedDict, total=False):
    """What may be said beside a question.

    `today` is the day that `this week` is counted from, `turns` are what was said before where no history knows it,
    `first` is the id or URL of an article that is asked before the archive is; one that is not known changes nothing.
    """

    filters: Filters | None
    k: int
    today: date | None
    cancellation: Cancellation
    turns: Sequence[Turn]
    first: str


class Conversation:
    """Answers questions over one store; safe to share between threads.

    `writer` makes what writes answers, at the first question: what needs no answers needs no model either.
    """

    def __init__(
        self,
        store: Store,
        search: Search,
        history: ConversationHistory,
        writer: Callable[[], Writer | None] = lambda: None,
    ) -> None:
        self._store, self._search, self._history, self._make_writer = store, search, history, writer
        self._at_work = Semaphore(AT_WORK)

    @cached_property
    def _writer(self) -> Writer | None:
        return self._make_writer()

    def warm(self) -> None:
        """Make what writes answers before the first question needs it. Raises UsageError."""
        _ = self._writer

    def ask(self, question: str, conversation: str = "", **options: Unpack[AskOptions]) -> Answer:
        """The answer; a conversation's id makes follow-ups understood and the turn remembered. Raises UsageError."""
        return self.look(question, conversation, **options).answer

    def look(self, question: str, conversation: str = "", **options: Unpack[AskOptions]) -> AnswerTrace:
        """The same with what the answer was made from."""
        return next(event for event in self.stream(question, conversation, **options) if isinstance(event, AnswerTrace))

    def stream(self, question: str, conversation: str = "", **options: Unpack[AskOptions]) -> Iterator[AnswerEvent]:
        """The same as it comes about. Closing the iterator ends what is under way, and nothing is remembered.

        Raises Cancelled where another thread does that by the cancellation.
        """
        watch = Stopwatch()
        question = validate_question(question)
        cancellation = options.get("cancellation") or Cancellation()
        writing = self._writer.begin(cancellation) if self._writer else None
        yield "searching"
        turns = options.get("turns") or (self._history.turns(conversation) if conversation else ())
        standalone = self._standalone(question, turns, writing)
        search = partial(self._search, standalone, options.get("k", DEFAULT_HITS), today=options.get("today"))
        with self._store.catalog.reading() as catalog:  # one moment: what is found is what is cited
            for filters in _places(catalog, options):
                with self._working(cancellation):
                    found = search(filters=filters, catalog=catalog)
                watch.mark("search")
                inquiry = _AnswerContext(question, standalone, found, writing, watch, cancellation, catalog)
                answer = yield from self._answer(inquiry)
                if answer.status != "no_answer":
                    break
        watch.mark("total")
        answer = replace(answer, conversation_id=conversation, timings_ms=watch.timings(), tokens=_tokens(writing))
        if conversation:
            answer = replace(answer, turn=self._history.remember(conversation, answer))
        yield AnswerTrace(answer, found, writing)

    def forget(self, conversation: str) -> bool:
        """Delete what was said; whether there was anything."""
        return self._history.forget(conversation)

    @contextmanager
    def _working(self, cancellation: Cancellation) -> Iterator[None]:
        """A place for what keeps the processor busy. Raises Cancelled where nobody wants it any more."""
        with self._at_work:
            if cancellation.is_cancelled:
                raise Cancelled("Nobody waits for this answer any more.")
            yield

    def _standalone(self, question: str, turns: Sequence[Turn], writing: GenerationState | None) -> str:
        if self._writer and writing:
            return self._writer.standalone(question, turns, writing)
        return rewrite_question(question, turns)

    def _answer(self, inquiry: "_AnswerContext") -> Generator[AnswerEvent, None, Answer]:
        catalog, found, writing = inquiry.catalog, inquiry.found, inquiry.writing
        # Counting what is owed reads a small index, the share reads every passage: only when there is something to say.
        share = pending.index_coverage(catalog) if pending.count_pending(catalog, "vectors") else None
        all_embedded = not found.without_vectors and (share is None or share.vectors >= share.passages)
        embedding = catalog.fact("embedding") or FITTED_TO
        weight = answer_probability(
            inquiry.standalone, found.asked, found.hits, all_embedded=all_embedded, embedding=embedding
        )
        claims = quote_claims(found, catalog)
        weight = max(weight, SPOKEN) if claims else weight
        if not claims and asks_only_for_words(found):
            answer = decline_speaker(inquiry.question, inquiry.standalone, found, catalog)
        elif claims or weight >= ENOUGH:
            answer = yield from self._affirm(inquiry, claims)
        else:
            answer = self._decline(inquiry)
        return replace(
            answer,
            evidence=round(weight, 3),
            indexed_at=catalog.last_run(),
            dropped=writing.reasons() if writing else {},
            notes=(*answer.notes, *_notes(found, share)),
        )

    def _affirm(self, inquiry: "_AnswerContext", claims: Sequence[Claim]) -> Generator[AnswerEvent, None, Answer]:
        """A speaker's own words as they are, else the model's answer where it holds, else the articles' sentences."""
        catalog, found, writing = inquiry.catalog, inquiry.found, inquiry.writing
        composition, by, note = Composition(catalog), "extract", ""
        if self._writer and writing and not claims:
            by = self._writer.name
            note = yield from self._written(self._writer, inquiry, writing, composition)
            if writing.declined:
                return replace(self._decline(inquiry), answered_by=by)
        if not composition.has_text:
            with self._working(inquiry.cancellation):
                by, claims = (
                    "extract",
                    claims or extract_sentences(inquiry.standalone, found.asked, found.hits, catalog),
                )
            for claim in claims:
                yield inquiry.said(composition.add(claim))
        if not composition.has_text:
            return self._decline(inquiry)
        missing = () if found.match.misspelt else unmentioned_names(inquiry.standalone, found.asked)
        answer = composition.answer(inquiry.question, inquiry.standalone, missing)
        return replace(answer, answered_by=by, notes=(*answer.notes, note) if note else answer.notes)

    def _written(
        self, writer: Writer, inquiry: "_AnswerContext", writing: GenerationState, composition: Composition
    ) -> Generator[AnswerEvent, None, str]:
        """The model's sentences that hold; returns what a reader should know of how it went."""
        yield "writing"
        writing.declined, writing.draft = False, ""  # an article asked first may have declined
        try:
            for claim in writer.write(inquiry.standalone, inquiry.found, inquiry.catalog, writing):
                yield inquiry.said(composition.add(claim, after=SPACE))
        except ModelError as exc:
            rest = "The answer ends here." if composition.has_text else "These are the articles' own sentences."
            return f"{exc} {rest}"
        if composition.has_text or writing.declined:
            return ""
        return "Nothing the model wrote could be verified; these are the articles' own sentences."

    def _decline(self, inquiry: "_AnswerContext") -> Answer:
        return decline(inquiry.question, inquiry.standalone, inquiry.found.hits, inquiry.catalog)


@dataclass(frozen=True, slots=True)
class _AnswerContext:
    """One question on its way to an answer."""

    question: str
    standalone: str
    found: SearchResult
    writing: GenerationState | None
    watch: Stopwatch
    cancellation: Cancellation
    catalog: CatalogReader  # as it was when the question was asked

    def said(self, sentence: Sentence) -> Sentence:
        self.watch.mark("first_sentence")
        return sentence


def _places(catalog: CatalogReader, options: AskOptions) -> Iterator[Filters]:
    """Where to look, one after the other until something answers; no place answers after it has said anything."""
    filters = options.get("filters") or Filters()
    first = find_article(catalog, options.get("first", ""))
    if first and not filters.article:
        yield replace(filters, article=first)
    yield filters


def _tokens(writing: GenerationState | None) -> dict[str, int]:
    if writing is None or not writing.tokens.total:
        return {}
    return {"read": writing.tokens.read, "written": writing.tokens.written}


def _notes(found: SearchResult, share: pending.IndexCoverage | None) -> tuple[str, ...]:
    if found.match.misspelt and found.match.voices and found.asked.speech:
        return (f"Nobody called {found.asked.speech.name} is quoted; taken to mean {found.match.voices[0].name}.",)
    if found.without_vectors:
        return (f"Searched by words alone. {found.without_vectors}",)
    if share and share.vectors < share.passages:
        return (f"{share.vectors_percent} % of the passages are embedded so far; the rest is searched by words alone.",)
    return ()
