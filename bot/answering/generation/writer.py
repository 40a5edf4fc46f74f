"""Write answers with a model from numbered passages; only verified sentences leave this module."""

import logging
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING

from bot.answering.generation.model_stream import TokenMeter, stream_with_timeout
from bot.answering.generation.output_format import PROSE, OutputFormat
from bot.answering.generation.passage_prompt import estimated_tokens, fit_to_context, format_passages, select_passages
from bot.answering.generation.sentence_stream import ModelRefusal
from bot.answering.messages import Claim, DraftSentence, Turn
from bot.answering.questions.question_rewriting import rewrite_question
from bot.answering.verification.evidence import Quotes
from bot.answering.verification.lexical.boilerplate_phrases import is_refusal
from bot.answering.verification.verify import DroppedSentence, verify_sentence
from bot.models.token_ledger import TokenLedger, TokenUsage
from prompts import Message, Prompts
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit
from retrieval.errors import ModelError, ModelRefused, ModelUnreachable, StorageError
from retrieval.models.endpoints.cancellation import Cancellation
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker
from retrieval.quotes import quote_table
from retrieval.search.hybrid_search import SearchResult

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

MAX_SENTENCES = 6
MAX_DRAFT_LENGTH = 8_000  # characters; a model that has written more is repeating itself
ANSWER_TOKENS = 600  # tokens of the model's context that are reserved for the answer
MAX_TURNS, MAX_TURN_LENGTH = 4, 400  # of the conversation in the rewriting prompt; characters of an answer
MAX_REWRITE_LENGTH = 300  # characters; a longer rewriting is no question

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class GenerationState:
    """One answer while a model writes it: its deadline, prompt and draft, verified and dropped sentences, and cost."""

    deadline: float  # by the monotonic clock, for the first verified sentence
    cancellation: Cancellation
    messages: list[Message] = field(default_factory=list)
    draft: str = ""
    kept: list[str] = field(default_factory=list)
    dropped: list[DroppedSentence] = field(default_factory=list)
    declined: bool = False
    tokens: TokenUsage = field(default_factory=TokenUsage)
    verification_seconds: float = 0.0

    @property
    def prompt(self) -> str:
        """The prompt's messages as one text."""
        return _prompt_text(self.messages)

    def seconds_left(self) -> float:
        """Seconds until the deadline of the first verified sentence."""
        return self.deadline - time.monotonic()

    def drop_reasons(self) -> dict[str, int]:
        """Count the dropped sentences by reason."""
        reasons = [dropped.reason for dropped in self.dropped]
        return {reason: reasons.count(reason) for reason in dict.fromkeys(reasons)}


@dataclass(frozen=True, slots=True)
class Writer:
    """A model with its prompts and limits, the breaker of its endpoint and the ledger of its tokens.

    `first_sentence_seconds` is the time until the first verified sentence, `context_tokens` the model's context size.
    """

    model: "BaseChatModel"
    name: str
    prompts: Prompts
    first_sentence_seconds: float
    breaker: CircuitBreaker
    ledger: TokenLedger
    context_tokens: int
    output_format: OutputFormat = PROSE

    def start(self, cancellation: Cancellation | None = None) -> GenerationState:
        """Start the clock of an answer."""
        return GenerationState(time.monotonic() + self.first_sentence_seconds, cancellation or Cancellation())

    def write(
        self, question: str, found: SearchResult, catalog: CatalogReader, state: GenerationState
    ) -> Iterator[Claim]:
        """Yield the verified sentences as they come.

        Raises ModelError when the model cannot be asked, breaks off or takes too long; earlier sentences stay valid.
        """
        if self._is_budget_spent():
            raise ModelRefused(f"The day's {self.ledger.daily_budget} tokens are spent.")
        if not self.breaker.allow_request():
            raise ModelUnreachable("The model failed several times and is left alone for a while.")
        try:
            yield from self._write(question, found, catalog, state)
        except ModelError:
            self.breaker.record_failure()
            raise
        self.breaker.record_success()

    def _write(
        self, question: str, found: SearchResult, catalog: CatalogReader, state: GenerationState
    ) -> Iterator[Claim]:
        quotes = cache(
            partial(quote_table.quotes_of_article, catalog.db)
        )  # all sentences are verified against the same articles
        candidates = select_passages(found, self.output_format.passages)
        passages = self._fill_prompt(question, candidates, quotes, state)
        with closing(self._draft(state, len(passages))) as draft:
            for sentence in draft:
                if not state.kept and _is_refusal(sentence):
                    state.declined = True
                if isinstance(sentence, ModelRefusal) or state.declined:
                    return
                claim = _verify(sentence, passages, question, quotes, state)
                if claim:
                    yield claim
                if len(state.kept) == MAX_SENTENCES:
                    return
                if not state.kept and state.seconds_left() < 0:
                    raise ModelUnreachable("The model wrote no sentence that holds in time.")

    def _fill_prompt(
        self, question: str, passages: Sequence[Hit], quotes: Quotes, state: GenerationState
    ) -> Sequence[Hit]:
        """Fill the prompt with as many passages as the context holds; return those."""
        name = self.output_format.prompt
        blank = _prompt_text(self.prompts.messages(name, question=question, passages=""))
        budget = self.context_tokens - ANSWER_TOKENS - estimated_tokens(blank)
        fitted = fit_to_context(format_passages(passages, quotes), budget)
        state.messages = self.prompts.messages(name, question=question, passages="\n\n".join(fitted))
        return passages[: len(fitted)]

    def _draft(self, state: GenerationState, passages: int) -> Generator[DraftSentence | ModelRefusal]:
        """Yield the sentences of the model's draft, at most MAX_DRAFT_LENGTH characters."""
        parser, meter = self.output_format.parser(), TokenMeter(state.prompt)
        for piece in self._stream_text(state, passages, meter):
            text = piece[: MAX_DRAFT_LENGTH - len(state.draft)]
            state.draft += text
            yield from parser.feed(text)
            if len(state.draft) == MAX_DRAFT_LENGTH:
                break
        yield from parser.end(is_cut=meter.is_cut)

    def _stream_text(self, state: GenerationState, passages: int, meter: TokenMeter) -> Generator[str]:
        """Yield the model's text; until a sentence is verified, no piece may come after the deadline."""
        chunks = stream_with_timeout(
            self.model,
            state.messages,
            lambda: None if state.kept else state.seconds_left(),
            self.output_format.request_options(passages),
            state.cancellation,
        )
        try:
            with closing(chunks):
                for chunk in chunks:
                    yield meter.text_of(chunk)
        finally:
            self._record_usage(meter, state)

    def rewrite(self, question: str, turns: Sequence[Turn], state: GenerationState) -> str:
        """Rewrite a follow-up question so that it stands alone: by the model, or by rule where it cannot be asked.

        A question that stands alone already is returned unchanged.
        """
        by_rule = rewrite_question(question, turns)
        if not turns or by_rule == question.strip() or not self.output_format.rewrites:
            return by_rule
        if self._is_budget_spent() or not self.breaker.allow_request():
            return by_rule
        prompt = self.prompts.fill(
            "condense", turns="\n".join(map(_format_turn, turns[-MAX_TURNS:])), question=question
        )
        meter = TokenMeter(prompt)
        chunks = stream_with_timeout(self.model, prompt, state.seconds_left, cancellation=state.cancellation)
        try:
            with closing(chunks):
                written = "".join(map(meter.text_of, chunks)).strip()
        except ModelError:
            self.breaker.record_failure()
            return by_rule
        finally:
            self._record_usage(meter, state)
        first_line, *more = map(str.strip, written.splitlines() or [""])
        is_whole = more or not meter.is_cut
        return first_line if is_whole and first_line and len(first_line) <= MAX_REWRITE_LENGTH else by_rule

    def _is_budget_spent(self) -> bool:
        """Whether the model may cost nothing more today; so it is where nobody can tell what it has cost."""
        try:
            return self.ledger.is_exhausted()
        except StorageError as exc:
            _log.error("No model is asked: %s", exc)
            return True

    def _record_usage(self, meter: TokenMeter, state: GenerationState) -> None:
        state.tokens += meter.usage()
        self.ledger.add(self.name, meter.usage())


def _format_turn(turn: Turn) -> str:
    return f"Reader: {turn.question}" + (f"\nAnswer: {turn.answer[:MAX_TURN_LENGTH]}" if turn.answer else "")


def _is_refusal(sentence: DraftSentence | ModelRefusal) -> bool:
    return isinstance(sentence, ModelRefusal) or is_refusal(sentence.text)


def _prompt_text(messages: Sequence[Message]) -> str:
    return "\n\n".join(text for _, text in messages)


def _verify(
    sentence: DraftSentence, passages: Sequence[Hit], question: str, quotes: Quotes, state: GenerationState
) -> Claim | None:
    """Verify a sentence and record the outcome; None where it is dropped or repeats an earlier one."""
    started = time.perf_counter()
    verdict = verify_sentence(sentence, passages, question, quotes)
    state.verification_seconds += time.perf_counter() - started
    if isinstance(verdict, DroppedSentence):
        state.dropped.append(verdict)
        return None
    if verdict.text in state.kept:
        return None
    state.kept.append(verdict.text)
    return verdict
