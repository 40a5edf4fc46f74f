"""Answers that a model writes from numbered passages; only what was verified leaves this module."""

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING

from bot.answering.generation.output_format import PROSE, OutputFormat
from bot.answering.generation.passage_prompt import estimated_tokens, fitting, numbered, readable
from bot.answering.generation.sentence_stream import ModelRefusal
from bot.answering.generation.stream_timeout import stream_with_timeout
from bot.answering.messages import Claim, DraftSentence, Turn
from bot.answering.question_rewriting import rewrite_question
from bot.answering.verification.evidence import Quotes
from bot.answering.verification.lexical.boilerplate_phrases import is_refusal
from bot.answering.verification.verify import DroppedSentence, verify
from bot.models.token_ledger import TokenLedger, TokenUsage
from prompts import Message, Prompts
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit
from retrieval.endpoints.cancellation import Cancellation
from retrieval.endpoints.circuit_breaker import CircuitBreaker
from retrieval.errors import ModelError, ModelRefused, ModelUnreachable
from retrieval.quotes import quote_table
from retrieval.search.hybrid_search import SearchResult

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

MOST_SENTENCES = 6
LONGEST_DRAFT = 8_000  # characters; who has not said it by then goes on for ever
FOR_THE_ANSWER = 600  # tokens of the model's context that are left to it
TURNS, LONGEST_TURN = 4, 400  # of the conversation that the model is told, characters of an answer
LONGEST_QUESTION = 300  # characters; a longer rewriting is no question


@dataclass(slots=True)
class GenerationState:
    """One answer being written: how long it may take, what was asked and drafted, what was dropped, what it cost."""

    until: float  # by the monotonic clock, for the first sentence that holds
    cancellation: Cancellation
    messages: list[Message] = field(default_factory=list)
    draft: str = ""
    kept: list[str] = field(default_factory=list)
    dropped: list[DroppedSentence] = field(default_factory=list)
    declined: bool = False
    tokens: TokenUsage = field(default_factory=TokenUsage)

    @property
    def prompt(self) -> str:
        """What was asked, as one text."""
        return _text(self.messages)

    def left(self) -> float:
        """Seconds until a first sentence has to hold."""
        return self.until - time.monotonic()

    def reasons(self) -> dict[str, int]:
        """How many sentences were dropped for which reason."""
        found = [dropped.reason for dropped in self.dropped]
        return {reason: found.count(reason) for reason in dict.fromkeys(found)}


@dataclass(frozen=True, slots=True)
class Writer:
    """A model with its prompts, its limits and what watches over it.

    `first_within` are the seconds until a first sentence holds, `context` the tokens that the model takes.
    """

    model: "BaseChatModel"
    name: str
    prompts: Prompts
    first_within: float
    breaker: CircuitBreaker
    ledger: TokenLedger
    context: int
    form: OutputFormat = PROSE

    def begin(self, cancellation: Cancellation | None = None) -> GenerationState:
        """An answer whose time runs from now."""
        return GenerationState(time.monotonic() + self.first_within, cancellation or Cancellation())

    def write(
        self, question: str, found: SearchResult, catalog: CatalogReader, writing: GenerationState
    ) -> Iterator[Claim]:
        """The sentences that hold, as they come.

        Raises ModelError when the model cannot be asked, breaks off or takes too long; what came before holds.
        """
        if self.ledger.is_spent():
            raise ModelRefused(f"The day's {self.ledger.daily} tokens are spent.")
        if not self.breaker.allows():
            raise ModelUnreachable("The model failed several times and is left alone for a while.")
        try:
            yield from self._write(question, found, catalog, writing)
        except ModelError:
            self.breaker.failed()
            raise
        self.breaker.succeeded()

    def _write(
        self, question: str, found: SearchResult, catalog: CatalogReader, writing: GenerationState
    ) -> Iterator[Claim]:
        quotes = cache(partial(quote_table.of_article, catalog.db))  # each sentence is held against the same articles
        passages = self._given(question, readable(found, catalog, self.form.passages), quotes, writing)
        with closing(self._drafted(writing, len(passages))) as draft:
            for written in draft:
                if not writing.kept and _declines(written):
                    writing.declined = True
                if isinstance(written, ModelRefusal) or writing.declined:
                    return
                claim = _judged(written, passages, question, quotes, writing)
                if claim:
                    yield claim
                if len(writing.kept) == MOST_SENTENCES:
                    return
                if not writing.kept and writing.left() < 0:
                    raise ModelUnreachable("The model wrote no sentence that holds in time.")

    def _given(self, question: str, passages: Sequence[Hit], quotes: Quotes, writing: GenerationState) -> Sequence[Hit]:
        """The passages that fit, put into the prompt."""
        blank = _text(self.prompts.messages(self.form.prompt, question=question, passages=""))
        fitted = fitting(numbered(passages, quotes), self.context - FOR_THE_ANSWER - estimated_tokens(blank))
        writing.messages = self.prompts.messages(self.form.prompt, question=question, passages="\n\n".join(fitted))
        return passages[: len(fitted)]

    def _drafted(self, writing: GenerationState, passages: int) -> Generator[DraftSentence | ModelRefusal]:
        reader = self.form.reader()
        for said in self._said(writing, passages):
            text = said[: LONGEST_DRAFT - len(writing.draft)]
            writing.draft += text
            yield from reader.feed(text)
            if len(writing.draft) == LONGEST_DRAFT:
                break
        yield from reader.end()

    def _said(self, writing: GenerationState, passages: int) -> Generator[str]:
        """The model's text; until a sentence holds, no piece may come after the time is over."""
        cost = _Cost(writing.prompt)
        chunks = stream_with_timeout(
            self.model,
            writing.messages,
            lambda: None if writing.kept else writing.left(),
            self.form.options(passages),
            writing.cancellation,
        )
        try:
            with closing(chunks):
                for chunk in chunks:
                    yield cost.text_of(chunk)
        finally:
            self._count(cost, writing)

    def standalone(self, question: str, turns: Sequence[Turn], writing: GenerationState) -> str:
        """A follow-up as the model rewrites it, by rule where it cannot be asked; unchanged where it stands alone."""
        by_rule = rewrite_question(question, turns)
        if not turns or by_rule == question.strip() or not self.form.rewrites:
            return by_rule
        if self.ledger.is_spent() or not self.breaker.allows():
            return by_rule
        prompt = self.prompts.fill("condense", turns="\n".join(map(_told, turns[-TURNS:])), question=question)
        cost = _Cost(prompt)
        try:
            with closing(
                stream_with_timeout(self.model, prompt, writing.left, cancellation=writing.cancellation)
            ) as chunks:
                written = "".join(map(cost.text_of, chunks)).strip()
        except ModelError:
            self.breaker.failed()
            return by_rule
        finally:
            self._count(cost, writing)
        first = written.splitlines()[0].strip() if written else ""
        return first if first and len(first) <= LONGEST_QUESTION else by_rule

    def _count(self, cost: "_Cost", writing: GenerationState) -> None:
        writing.tokens += cost.tokens()
        self.ledger.add(self.name, cost.tokens())


def _told(turn: Turn) -> str:
    return f"Reader: {turn.question}" + (f"\nAnswer: {turn.answer[:LONGEST_TURN]}" if turn.answer else "")


class _Cost:
    """What one request costs: what the server says, an estimate where it says nothing."""

    def __init__(self, prompt: str) -> None:
        self._prompt, self._written, self._told = prompt, "", TokenUsage()

    def text_of(self, chunk: "AIMessageChunk") -> str:
        if usage := chunk.usage_metadata:
            self._told += TokenUsage(usage["input_tokens"], usage["output_tokens"])
        text = chunk.content if isinstance(chunk.content, str) else str(chunk.text)
        self._written += text
        return text

    def tokens(self) -> TokenUsage:
        return self._told if self._told.total else TokenUsage(*map(estimated_tokens, (self._prompt, self._written)))


def _declines(written: DraftSentence | ModelRefusal) -> bool:
    return isinstance(written, ModelRefusal) or is_refusal(written.text)


def _text(messages: Sequence[Message]) -> str:
    return "\n\n".join(text for _, text in messages)


def _judged(
    written: DraftSentence, passages: Sequence[Hit], question: str, quotes: Quotes, writing: GenerationState
) -> Claim | None:
    judged = verify(written, passages, question, quotes)
    if isinstance(judged, DroppedSentence):
        writing.dropped.append(judged)
        return None
    if judged.text in writing.kept:
        return None
    writing.kept.append(judged.text)
    return judged
