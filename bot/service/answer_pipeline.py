"""Answer one question from what the search found: decide whether to answer, then quote, generate or extract."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Semaphore
from typing import Literal

from bot.answering.composition import SPACE, AnswerBuilder, declined_answer, declined_quote_answer, near_hits
from bot.answering.extraction.sentence_claims import extract_claims
from bot.answering.extraction.speaker_quotes import quote_claims, requires_quotes
from bot.answering.generation.writer import GenerationState, Writer
from bot.answering.messages import Answer, Claim, Sentence
from bot.answering.reading.answerability import (
    ANSWER_THRESHOLD,
    CALIBRATED_EMBEDDING,
    answer_probability,
    answered_parts,
    unanswered_parts,
    unmentioned_names,
)
from bot.answering.reading.passage_reading import in_reading_order, question_to_read, read_question
from bot.answering.reading.read_sentences import PartReading
from bot.service.stages import Stopwatch, log_stage
from retrieval.catalog.reader import CatalogReader
from retrieval.errors import Cancelled, ModelError
from retrieval.index import pending
from retrieval.models.endpoints.cancellation import Cancellation
from retrieval.search.hybrid_search import SearchResult

# Searches and extractions keep the processor busy: more of them at once end no sooner, and keep the interpreter from
# other threads (health checks, as measured by `python -m bench.serving`). Waiting for a model takes no slot.
MAX_CONCURRENT_SEARCHES = 2
MODEL_THRESHOLD = 0.2  # evidence from which on a model is asked
QUOTE_EVIDENCE = 0.75  # the least evidence of an answer that quotes the speaker asked about, on the topic
EXTRACTIVE = "extract"  # `answered_by` of answers in the articles' own sentences

Stage = Literal["searching", "writing"]
Decision = Literal["answer", "decline", "decline_speaker"]
AnswerSteps = Generator[Stage | Sentence, None, Answer]
"""Yields the stages that begin and the sentences as they are ready, and returns the answer."""


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
class AnswerContext:
    """One question, what was found for it, and what answers it; `writer` and `generation` are None without a model."""

    question: str
    standalone: str
    found: SearchResult
    catalog: CatalogReader  # a snapshot from when the question was asked
    writer: Writer | None
    generation: GenerationState | None
    slots: ProcessorSlots
    cancellation: Cancellation
    watch: Stopwatch

    def deliver(self, sentence: Sentence) -> Sentence:
        """Mark the time of the first sentence; return the sentence unchanged."""
        self.watch.mark("first_sentence")
        return sentence

    def decline(self) -> Answer:
        """The answer when the articles do not answer."""
        return declined_answer(self.question, self.standalone, near_hits(self.found), self.catalog)


@dataclass(frozen=True, slots=True)
class Findings:
    """What was read for a question: the parts' sentences, the claims of a speaker's quotes, and the probability."""

    readings: tuple[PartReading, ...]
    quotes: tuple[Claim, ...]
    evidence: float

    @property
    def are_enough(self) -> bool:
        """Whether the articles' own sentences may answer."""
        return bool(self.quotes) or self.evidence >= ANSWER_THRESHOLD


def answer_question(context: AnswerContext) -> AnswerSteps:
    """Answer from the search's result, or decline where it does not hold the answer."""
    catalog, found, generation = context.catalog, context.found, context.generation
    # Counting pending passages reads a small index, the coverage reads every passage: only when some are pending.
    coverage = pending.index_coverage(catalog) if pending.count_pending(catalog, "vectors") else None
    findings = _read(context, coverage)
    decision = _decide(context, findings)
    log_stage(
        "answerability",
        context.watch.lap(),
        evidence=findings.evidence,
        quotes=len(findings.quotes),
        decision=decision,
    )
    if decision == "decline_speaker":
        answer = declined_quote_answer(context.question, context.standalone, found, catalog)
    elif decision == "answer":
        context = replace(context, found=in_reading_order(found, findings.readings))
        answer = yield from _compose(context, findings)
    else:
        answer = context.decline()
    return replace(
        answer,
        evidence=round(findings.evidence, 3),
        indexed_at=catalog.last_run(),
        dropped=generation.drop_reasons() if generation else {},
        notes=(*answer.notes, *_search_notes(found, coverage)),
    )


def _read(context: AnswerContext, coverage: pending.IndexCoverage | None) -> Findings:
    """Read the passages found, and judge whether they answer."""
    found, catalog = context.found, context.catalog
    with context.slots.hold(context.cancellation):
        readings = read_question(question_to_read(found), found, catalog)
    context.watch.mark("read")
    log_stage("read", context.watch.lap(), parts=len(readings), sentences=sum(len(one.sentences) for one in readings))
    all_embedded = not found.why_no_vectors and (coverage is None or coverage.vectors >= coverage.passages)
    has_cosines = all_embedded and catalog.fact("embedding") in ("", CALIBRATED_EMBEDDING)
    quotes = quote_claims(found, catalog, readings[0].sentences)
    evidence = max(answer_probability(reading.sentences, has_cosines=has_cosines) for reading in readings)
    return Findings(tuple(readings), tuple(quotes), max(evidence, QUOTE_EVIDENCE) if quotes else evidence)


def _decide(context: AnswerContext, findings: Findings) -> Decision:
    """A model is asked where the reader doubts, too: it reads better, and declines by itself."""
    threshold = MODEL_THRESHOLD if context.writer else ANSWER_THRESHOLD
    is_quoted = bool(context.found.speaker_match.speakers)
    needs_quotes = not findings.quotes and requires_quotes(context.found)
    if needs_quotes and (is_quoted or findings.evidence < threshold):  # another's words are no answer
        return "decline_speaker"
    return "answer" if findings.quotes or findings.evidence >= threshold else "decline"


def _compose(context: AnswerContext, findings: Findings) -> AnswerSteps:
    """Answer with the speaker's quotes if there are any, else the model's verified text, else extracted sentences.

    Declines when the model does, or when there is too little evidence for sentences of the articles.
    """
    builder, answered_by, note = AnswerBuilder(context.catalog), EXTRACTIVE, ""
    if context.writer and context.generation and not findings.quotes:
        answered_by = context.writer.name
        note = yield from _generate(context.writer, context, context.generation, builder)
        if context.generation.declined:
            return replace(context.decline(), answered_by=answered_by)
    if not builder.has_text and findings.are_enough:
        answered_by = EXTRACTIVE
        note = f"{note} These are the articles' own sentences." if note else ""
        yield from _extract(context, findings, builder)
    notes = (note,) if note else ()
    if not builder.has_text:
        return replace(context.decline(), answered_by=answered_by, notes=notes)
    misspelt = context.found.speaker_match.misspelt
    unmentioned = () if misspelt else unmentioned_names(context.standalone, context.found.question)
    missing = () if findings.quotes or context.writer else unanswered_parts(findings.readings)
    answer = builder.answer(context.question, context.standalone, unmentioned, missing)
    return replace(answer, answered_by=answered_by, notes=(*answer.notes, *notes))


def _generate(
    writer: Writer, context: AnswerContext, generation: GenerationState, builder: AnswerBuilder
) -> Generator[Stage | Sentence, None, str]:
    """Stream the model's verified sentences; return a note for the reader where the model failed."""
    yield "writing"
    generation.declined, generation.draft = False, ""  # the model may have declined over `first_article`
    failure: ModelError | None = None
    try:
        for claim in writer.write(context.standalone, context.found, context.catalog, generation):
            yield context.deliver(builder.add(claim, after=SPACE))
    except ModelError as exc:
        failure = exc
    _log_generation(writer, generation, context.watch.lap(), failure)
    return _generation_note(failure, builder, generation)


def _extract(
    context: AnswerContext, findings: Findings, builder: AnswerBuilder
) -> Generator[Stage | Sentence, None, None]:
    """Stream the speaker's quotes, or the sentences that answer where there are none."""
    source, latest = "quotes" if findings.quotes else "sentences", context.found.question.wants_latest
    claims = findings.quotes or extract_claims(answered_parts(findings.readings), latest=latest)
    for claim in claims:
        yield context.deliver(builder.add(claim))
    log_stage("extract", context.watch.lap(), source=source, claims=len(claims))


def _log_generation(writer: Writer, generation: GenerationState, lap: float, failure: ModelError | None) -> None:
    """Log generation and verification apart, although they alternate sentence by sentence."""
    verification = generation.verification_seconds * 1000
    log_stage(
        "generate",
        max(0.0, lap - verification),
        model=writer.name,
        declined=generation.declined,
        failure=type(failure).__name__ if failure else "",
        tokens_read=generation.tokens.read,
        tokens_written=generation.tokens.written,
    )
    log_stage("verify", verification, verified=len(generation.kept), dropped=generation.drop_reasons())


def _generation_note(failure: ModelError | None, builder: AnswerBuilder, generation: GenerationState) -> str:
    """Tell the reader that the model failed or that none of its sentences was verified; empty where all is well."""
    if failure:
        return f"{failure} The answer ends here." if builder.has_text else str(failure)
    if builder.has_text or generation.declined:
        return ""
    return "Nothing the model wrote could be verified."


def _search_notes(found: SearchResult, coverage: pending.IndexCoverage | None) -> tuple[str, ...]:
    """Tell the reader whom a misspelt name was taken to mean, or that not all passages were searched by meaning."""
    match, intent = found.speaker_match, found.question.quote_intent
    if match.misspelt and match.speakers and intent:
        return (f"Nobody called {intent.speaker_name} is quoted; taken to mean {match.speakers[0].name}.",)
    if found.question.corrections:
        return tuple(
            f"No article has “{wrong}”; taken to mean “{right}”." for wrong, right in found.question.corrections
        )
    if found.why_no_vectors:
        return (f"Searched by words alone. {found.why_no_vectors}",)
    if coverage and coverage.vectors < coverage.passages:
        return (
            f"{coverage.vectors_percent} % of the passages are embedded so far; the rest is searched by words alone.",
        )
    return ()
