"""Answer one question from what the search found: decide whether to answer, then quote, generate or extract."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Literal

from bot.answering.composition import SPACE, AnswerBuilder, declined_answer, declined_quote_answer, near_hits
from bot.answering.extraction.sentence_claims import extract_claims
from bot.answering.extraction.speaker_quotes import more_quotes_note, parts_beside_quotes, quote_claims
from bot.answering.extraction.speaker_sentences import about_speaker
from bot.answering.generation.writer import GenerationState, Writer
from bot.answering.messages import Answer, Claim, Sentence
from bot.answering.questions.constraints import is_of_other_days
from bot.answering.questions.reader_strings import Phrases
from bot.answering.reading.answerability import (
    ANSWER_THRESHOLD,
    answer_probability,
    answered_parts,
    likely_parts,
    unanswered_parts,
    unmentioned_names,
)
from bot.answering.reading.following import NOTHING_BEFORE, Before
from bot.answering.reading.foreign_reading import Similarity
from bot.answering.reading.passage_reading import (
    in_reading_order,
    question_to_read,
    read_question,
)
from bot.answering.reading.read_sentences import PartReading
from bot.service.turns.stages import log_stage
from bot.service.turns.turn import AnswerSteps, AskedTurn, Stage
from retrieval.catalog.reader import CatalogReader
from retrieval.errors import ModelError
from retrieval.index import pending
from retrieval.search.candidates import has_multilingual_e5
from retrieval.search.hybrid_search import SearchResult, has_multilingual_embedding
from retrieval.text.terms import STOP_WORDS, terms

QUOTE_EVIDENCE = 0.75  # the least evidence of an answer that quotes the speaker asked about, on the topic
EXTRACTIVE = "extract"  # `answered_by` of answers in the articles' own sentences

Decision = Literal["answer", "decline", "decline_speaker"]


@dataclass(frozen=True, slots=True)
class AnswerContext:
    """A turn that asks something, what was found for it, and a snapshot of the catalog from when it was asked.

    `before` is what the question follows.
    """

    turn: AskedTurn
    found: SearchResult
    catalog: CatalogReader
    before: Before = NOTHING_BEFORE

    @property
    def question(self) -> str:
        """The question as it was asked."""
        return self.turn.text

    @property
    def standalone(self) -> str:
        """The question on its own."""
        return self.turn.standalone

    @property
    def phrases(self) -> Phrases:
        """What is said to the reader, in the reader's language."""
        return self.turn.phrases

    @property
    def similarity(self) -> Similarity | None:
        """The cosines of texts to a question, where the index has a multilingual embedding and it can be asked."""
        is_multilingual = has_multilingual_e5(self.catalog) and not self.found.why_no_vectors
        return self.turn.store.cosines if is_multilingual else None

    def deliver(self, sentence: Sentence) -> Sentence:
        """Mark the time of the first sentence; return the sentence unchanged."""
        self.turn.watch.mark("first_sentence")
        return sentence

    def decline(self) -> Answer:
        """The answer when the articles do not answer, or do not quote whoever was asked about."""
        if _declining(self) == "decline_speaker":
            return declined_quote_answer(self.question, self.standalone, self.found, self.catalog)
        return declined_answer(self.question, self.standalone, near_hits(self.found), self.catalog, self.phrases)


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
    catalog, found, generation = context.catalog, context.found, context.turn.generation
    # Counting pending passages reads a small index, the coverage reads every passage: only when some are pending.
    coverage = pending.index_coverage(catalog) if pending.count_pending(catalog, "vectors") else None
    findings = _read(context, coverage)
    decision = _decide(context, findings)
    log_stage(
        "answerability",
        context.turn.watch.lap(),
        evidence=findings.evidence,
        quotes=len(findings.quotes),
        decision=decision,
    )
    if decision == "answer":
        context = replace(context, found=in_reading_order(found, findings.readings))
        answer = yield from _compose(context, findings)
    else:
        answer = context.decline()
    return replace(
        answer,
        evidence=round(findings.evidence, 3),
        indexed_at=catalog.last_run(),
        dropped=generation.drop_reasons() if generation else {},
        notes=(*answer.notes, *_search_notes(found, findings, coverage, context.phrases)),
    )


def _read(context: AnswerContext, coverage: pending.IndexCoverage | None) -> Findings:
    """Read the passages found, and judge whether they answer."""
    found, catalog = context.found, context.catalog
    with context.turn.slot():
        readings = read_question(question_to_read(found), found, catalog, context.similarity, context.before)
    context.turn.watch.mark("read")
    log_stage(
        "read", context.turn.watch.lap(), parts=len(readings), sentences=sum(len(one.sentences) for one in readings)
    )
    all_embedded = not found.why_no_vectors and (coverage is None or coverage.vectors >= coverage.passages)
    has_cosines = all_embedded and not has_multilingual_embedding(catalog)
    quotes = quote_claims(found, catalog, readings[0].sentences)
    judged = [
        replace(reading, evidence=answer_probability(reading.sentences, has_cosines=has_cosines))
        for reading in readings
    ]
    judged = judged if quotes else about_speaker(found, judged, catalog)
    evidence = max(reading.evidence for reading in judged)
    return Findings(tuple(judged), tuple(quotes), max(evidence, QUOTE_EVIDENCE) if quotes else evidence)


def _decide(context: AnswerContext, findings: Findings) -> Decision:
    """A model is asked wherever the search found anything: it reads better than the reader, and declines by itself."""
    if findings.are_enough or (context.turn.writer and context.found.hits):
        return "answer"
    return _declining(context)


def _declining(context: AnswerContext) -> Literal["decline", "decline_speaker"]:
    speech = context.found.question.quote_intent
    return "decline_speaker" if speech and speech.speaker_name and not speech.asks_fact else "decline"


def _compose(context: AnswerContext, findings: Findings) -> AnswerSteps:
    """Answer with the speaker's quotes if there are any, else the model's verified text, else extracted sentences.

    Declines when the model does, or when there is too little evidence for sentences of the articles.
    """
    builder, answered_by, note = AnswerBuilder(context.catalog, context.phrases), EXTRACTIVE, ""
    if context.turn.writer and context.turn.generation and not findings.quotes:
        answered_by = context.turn.writer.name
        note = yield from _generate(context.turn.writer, context, context.turn.generation, builder)
        if context.turn.generation.declined:
            return replace(context.decline(), answered_by=answered_by)
    if not builder.has_text and findings.are_enough:
        answered_by = EXTRACTIVE
        note = f"{note} {context.phrases.say('own_sentences')}" if note else ""
        yield from _extract(context, findings, builder)
    notes = (note,) if note else ()
    if not builder.has_text:
        return replace(context.decline(), answered_by=answered_by, notes=notes)
    is_known = bool(context.found.speaker_match.speakers)  # under another spelling, or misspelt, which a note says
    unmentioned = unmentioned_names(context.standalone, context.found.question, speaker_is_known=is_known)
    missing = () if context.turn.writer else _missing_parts(context, findings)
    answer = builder.answer(context.question, context.standalone, unmentioned, missing)
    cited = (context.catalog.article(citation.article) for citation in answer.citations)
    if is_of_other_days(context.found.question, cited):
        notes = (context.phrases.say("other_days"), *notes)
    return replace(answer, answered_by=answered_by, notes=(*answer.notes, *notes))


def _generate(
    writer: Writer, context: AnswerContext, generation: GenerationState, builder: AnswerBuilder
) -> Generator[Stage | Sentence, None, str]:
    """Stream the model's verified sentences; return a note for the reader where the model failed."""
    yield "writing"
    generation.declined, generation.draft, generation.remark = (
        False,
        "",
        None,
    )  # the model may have declined over `first_article`
    failure: ModelError | None = None
    try:
        for claim in writer.write(
            context.standalone, context.found, context.catalog, generation, context.turn.understood.language
        ):
            yield context.deliver(builder.add(claim, after=SPACE))
    except ModelError as exc:
        failure = exc
    _log_generation(writer, generation, context.turn.watch.lap(), failure)
    return _generation_note(failure, builder, generation)


def _extract(
    context: AnswerContext, findings: Findings, builder: AnswerBuilder
) -> Generator[Stage | Sentence, None, None]:
    """Stream the speaker's quotes, or the sentences that answer where there are none."""
    claims = _claims(context, findings)
    for claim in claims:
        yield context.deliver(builder.add(claim))
    source = "quotes" if findings.quotes else "sentences"
    log_stage("extract", context.turn.watch.lap(), source=source, claims=len(claims))


def _claims(context: AnswerContext, findings: Findings) -> list[Claim]:
    """The speaker's quotes with a sentence for each part that asks for anything else, or sentences alone."""
    latest, quotes = context.found.question.wants_latest, findings.quotes
    parts = likely_parts(_beside_quotes(context, findings)) if quotes else answered_parts(findings.readings)
    claims = extract_claims(parts, latest=latest, phrases=context.phrases)
    if not quotes:
        return claims
    return [*quotes, *(one for one in claims[: len(parts)] if not any(one.text in quote.text for quote in quotes))]


def _missing_parts(context: AnswerContext, findings: Findings) -> tuple[str, ...]:
    """The parts of the question that neither quotes nor sentences answer."""
    if not findings.quotes:
        return unanswered_parts(findings.readings)
    beside = _beside_quotes(context, findings)
    return tuple(reading.part for reading in beside if reading not in likely_parts(beside))


def _beside_quotes(context: AnswerContext, findings: Findings) -> list[PartReading]:
    return parts_beside_quotes(findings.readings, context.found.question.quote_intent)


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


def _search_notes(
    found: SearchResult, findings: Findings, coverage: pending.IndexCoverage | None, phrases: Phrases
) -> tuple[str, ...]:
    """Tell the reader whom a misspelt name was taken to mean, what more there is, or how the search was limited."""
    match, intent = found.speaker_match, found.question.quote_intent
    taken = [
        f"No article has “{wrong}”; taken to mean “{right}”."
        for wrong, right in found.question.corrections
        if right.lower() not in STOP_WORDS and terms(wrong) != terms(right)
    ]
    if match.misspelt and match.speakers and intent:
        taken.insert(0, f"Nobody called {intent.speaker_name} is quoted; taken to mean {match.speakers[0].name}.")
    if taken:
        return tuple(taken)
    if more := more_quotes_note(found, findings.quotes):
        return (more,)
    if found.why_no_vectors:
        return (f"{phrases.say('words_alone')} {found.why_no_vectors}",)
    if coverage and coverage.vectors < coverage.passages:
        return (phrases.say("embedded_so_far", percent=coverage.vectors_percent),)
    return ()
