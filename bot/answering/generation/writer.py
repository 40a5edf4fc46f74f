"""Write answers with a model from numbered passages; only verified sentences leave this module.

What fails verification is put to the model once more when the draft is over, with the objections.
"""

import logging
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from bot.answering.generation.model_stream import TokenMeter, stream_with_timeout
from bot.answering.generation.output_format import PROSE, OutputFormat
from bot.answering.generation.parsing.phrases import is_refusal
from bot.answering.generation.parsing.sentence_stream import LeadJoiner, ModelRefusal
from bot.answering.generation.passage_prompt import estimated_tokens, fit_to_context, format_passages, select_passages
from bot.answering.generation.repair import listed_objections, parse_repaired, repairable
from bot.answering.messages import Claim, DraftSentence
from bot.answering.verification.evidence import Evidence, Quotes
from bot.answering.verification.judging import EMBEDDED, ClaimJudge
from bot.answering.verification.verify import DroppedSentence, verify_remark, verify_sentences
from bot.models.token_ledger import TokenLedger, TokenUsage
from prompts import Message, Prompts
from retrieval.catalog import quote_table
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit
from retrieval.errors import DatabaseUnavailable, ModelError, ModelRefused, ModelUnreachable, StorageError
from retrieval.models.endpoints.cancellation import Cancellation
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker
from retrieval.search.hybrid_search import SearchResult
from retrieval.text.language import ENGLISH
from retrieval.text.sentences import leans_on_another

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

MAX_SENTENCES = 6
MAX_DRAFT_LENGTH = 8_000  # characters; a model that has written more is repeating itself
ANSWER_TOKENS = 600  # tokens of the model's context that are reserved for the answer

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class GenerationState:
    """One answer while a model writes it: its deadline, prompt and draft, verified and dropped sentences, and cost."""

    deadline: float  # by the monotonic clock, for the first verified sentence
    cancellation: Cancellation
    messages: list[Message] = field(default_factory=list)
    passages: str = ""  # as they stand in the prompt
    judge: ClaimJudge = EMBEDDED
    draft: str = ""
    kept: list[str] = field(default_factory=list)
    dropped: list[DroppedSentence] = field(default_factory=list)
    remark: Claim | None = None  # on what the articles do not say; told only beside what they say
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
    `foreign_judge` judges answers in other languages than English, `judge` where there is none.
    """

    model: "BaseChatModel"
    name: str
    prompts: Prompts
    first_sentence_seconds: float
    breaker: CircuitBreaker
    ledger: TokenLedger
    context_tokens: int
    output_format: OutputFormat = PROSE
    judge: ClaimJudge = EMBEDDED
    foreign_judge: ClaimJudge | None = None

    def start(self, cancellation: Cancellation | None = None) -> GenerationState:
        """Start the clock of an answer."""
        return GenerationState(time.monotonic() + self.first_sentence_seconds, cancellation or Cancellation())

    def write(
        self,
        question: str,
        found: SearchResult,
        catalog: CatalogReader,
        state: GenerationState,
        language: str = ENGLISH,
    ) -> Iterator[Claim]:
        """Yield the verified sentences as they come; the answer is in the `language` of the question.

        Raises ModelError when the model cannot be asked, breaks off or takes too long; earlier sentences stay valid.
        """
        if self._is_budget_spent():
            raise ModelRefused(f"The day's {self.ledger.daily_budget} tokens are spent.")
        if not self.breaker.allow_request():
            raise ModelUnreachable("The model failed several times and is left alone for a while.")
        state.judge = self.judge if language == ENGLISH else self.foreign_judge or self.judge
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
            partial(quote_table.quotes_of_article, catalog)
        )  # all sentences are verified against the same articles
        candidates = select_passages(found, self.output_format.passages)
        ground = Evidence(self._fill_prompt(question, candidates, quotes, state), question, quotes)
        with closing(self._draft(state, len(ground.passages))) as draft:
            yield from self._shown(draft, ground, state)
        yield from self._repaired(ground, state)
        if state.kept and state.remark:
            yield state.remark

    def _shown(
        self, draft: Iterable[Sequence[DraftSentence | ModelRefusal]], ground: Evidence, state: GenerationState
    ) -> Iterator[Claim]:
        """Yield what is verified of a draft, until there is enough or the model declines."""
        for written, outcome in self._verified(draft, ground, state):
            if isinstance(written, ModelRefusal) or is_refusal(written.text):
                state.declined = not state.kept
                state.remark = state.remark or (outcome if isinstance(outcome, Claim) else None)
                if isinstance(written, ModelRefusal):
                    return
            elif isinstance(outcome, Claim) and not self._is_headless(outcome, state):
                yield from _told(outcome, state)
            elif isinstance(outcome, DroppedSentence):
                state.dropped.append(outcome)
            else:
                state.dropped.append(DroppedSentence(written.text, "headless"))
            if len(state.kept) == MAX_SENTENCES:
                return
            if not state.kept and state.seconds_left() < 0:
                raise ModelUnreachable("The model wrote no sentence that holds in time.")

    def _verified(
        self, draft: Iterable[Sequence[DraftSentence | ModelRefusal]], ground: Evidence, state: GenerationState
    ) -> Iterator[tuple[DraftSentence | ModelRefusal, Claim | DroppedSentence | None]]:
        """Yield the sentences of a draft, each with what verification makes of it.

        A judge that is asked over the network gets all sentences that are ready in one call, while the model goes on
        writing; the packaged one gets each by itself, so that the first is shown sooner.
        """
        for ready in draft:
            for batch in [ready] if state.judge.is_remote else ([one] for one in ready):
                started = time.perf_counter()
                outcomes = _outcomes(batch, ground, state.judge)
                state.verification_seconds += time.perf_counter() - started
                yield from zip(batch, outcomes, strict=True)

    def _is_headless(self, claim: Claim, state: GenerationState) -> bool:
        """Whether an answer would begin with a claim that goes on from another sentence.

        A model that repairs is asked for the name; of another one it is enough that no sentence was dropped before.
        """
        may_refer = self.output_format.is_short and not state.dropped
        return not state.kept and not may_refer and leans_on_another(claim.text)

    def _repaired(self, ground: Evidence, state: GenerationState) -> Iterator[Claim]:
        """Put the sentences that failed to the model once, with the objections; yield what holds now."""
        failed = repairable(state.dropped)[: MAX_SENTENCES - len(state.kept)]
        if not failed or self.output_format.is_short or state.seconds_left() < 0 or self._is_budget_spent():
            return
        filled = self.prompts.messages(
            "repair", question=ground.question, passages=state.passages, sentences=listed_objections(failed)
        )
        try:
            rewritten = parse_repaired(self.complete(filled, state), failed)
        except ModelError as exc:
            _log.info("What failed verification could not be repaired: %s", exc)
            return
        outcomes = iter(verify_sentences([one for _, sentences in rewritten for one in sentences], ground, state.judge))
        for original, sentences in rewritten:
            claims = [one for one in islice(outcomes, len(sentences)) if isinstance(one, Claim)]
            if len(claims) == len(sentences) and original in state.dropped:
                state.dropped.remove(original)
            for claim in claims:
                if not self._is_headless(claim, state):
                    yield from _told(claim, state)

    def _fill_prompt(
        self, question: str, passages: Sequence[Hit], quotes: Quotes, state: GenerationState
    ) -> Sequence[Hit]:
        """Fill the prompt with as many passages as the context holds; return those."""
        name = self.output_format.prompt
        blank = _prompt_text(self.prompts.messages(name, question=question, passages=""))
        budget = self.context_tokens - ANSWER_TOKENS - estimated_tokens(blank)
        texts = format_passages(passages, quotes, number_sentences=not self.output_format.is_short)
        fitted = fit_to_context(texts, budget)
        state.passages = "\n\n".join(fitted)
        state.messages = self.prompts.messages(name, question=question, passages=state.passages)
        return passages[: len(fitted)]

    def _draft(self, state: GenerationState, passages: int) -> Generator[list[DraftSentence | ModelRefusal]]:
        """Yield the sentences of at most MAX_DRAFT_LENGTH characters of a draft, those that are ready together."""
        parser, meter = self.output_format.parser(), TokenMeter(state.prompt)
        lead = LeadJoiner()
        for piece in self._stream_text(state, passages, meter):
            text = piece[: MAX_DRAFT_LENGTH - len(state.draft)]
            state.draft += text
            if ready := lead.join(parser.feed(text)):
                yield ready
            if len(state.draft) == MAX_DRAFT_LENGTH:
                break
        if ready := lead.join(parser.end(is_cut=meter.is_cut)):
            yield ready

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
                yield from map(meter.text_of, chunks)
        finally:
            self._record_usage(meter, state)

    def complete(
        self, messages: Sequence[Message], state: GenerationState, options: Mapping[str, Any] | None = None
    ) -> str:
        """The model's whole reply within the answer's deadline, without a last line that was cut. Raises ModelError."""
        meter = TokenMeter(_prompt_text(messages))
        chunks = stream_with_timeout(self.model, list(messages), state.seconds_left, options, state.cancellation)
        try:
            with closing(chunks):
                text = "".join(map(meter.text_of, chunks)).strip()
        finally:
            self._record_usage(meter, state)
        return text.rpartition("\n")[0] if meter.is_cut else text

    def may_plan(self) -> bool:
        """Whether the model may be asked what a turn means before it is asked for an answer."""
        return not self.output_format.is_short and not self._is_budget_spent() and self.breaker.allow_request()

    def _is_budget_spent(self) -> bool:
        """Whether the model may cost nothing more today; so it is where nobody can tell what it has cost."""
        try:
            return self.ledger.is_exhausted()
        except (StorageError, DatabaseUnavailable) as exc:
            _log.error("No model is asked: %s", exc)
            return True

    def _record_usage(self, meter: TokenMeter, state: GenerationState) -> None:
        state.tokens += meter.usage()
        self.ledger.add(self.name, meter.usage())


def _outcomes(
    written: Sequence[DraftSentence | ModelRefusal], ground: Evidence, judge: ClaimJudge
) -> list[Claim | DroppedSentence | None]:
    """What verification makes of sentences; None of a refusal and of a remark that tells more than what is missing."""
    stated = [one for one in written if isinstance(one, DraftSentence)]
    statements = [one for one in stated if not is_refusal(one.text)]
    outcomes = dict(zip(statements, verify_sentences(statements, ground, judge), strict=True))
    return [
        outcomes.get(one) or verify_remark(one.text, ground) if isinstance(one, DraftSentence) else None
        for one in written
    ]


def _told(claim: Claim, state: GenerationState) -> Iterator[Claim]:
    """Record a claim and yield it unless it repeats another, behind a remark on what the articles do not say."""
    if claim.text not in state.kept:
        state.kept.append(claim.text)
        state.declined = False
        yield from filter(None, (state.remark, claim))
        state.remark = None


def _prompt_text(messages: Sequence[Message]) -> str:
    return "\n\n".join(text for _, text in messages)
