"""Verify a draft sentence: its quotations are exact and its facts supported, or it is dropped for a reason.

Only verified sentences of a model reach a reader.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.answering.messages import Claim, DraftSentence
from bot.answering.verification.contradiction.antonyms import says_opposite
from bot.answering.verification.contradiction.hedges import loses_hedge
from bot.answering.verification.contradiction.negation import contradicts
from bot.answering.verification.contradiction.paraphrase_diff import Departure, find_departure
from bot.answering.verification.crediting import credit_speaker
from bot.answering.verification.evidence import Evidence, Quotes
from bot.answering.verification.lexical.boilerplate_phrases import is_bridge, without_opening
from bot.answering.verification.lexical.clauses import clauses
from bot.answering.verification.lexical.figure_binding import publication_dates, unbound_figure
from bot.answering.verification.lexical.name_matching import KnownNames, replaced_name, unknown_name
from bot.answering.verification.lexical.weighted_terms import covered_share
from bot.answering.verification.prompt_injection import has_link, is_injected, is_injection, is_only_code, unknown_code
from bot.answering.verification.quotations.matching import verbatim_span
from bot.answering.verification.quotations.rewriting import QuoteCheck, quote_exactly
from bot.answering.verification.reported_speech import is_paraphrase_attributed, is_quotation_attributed
from bot.answering.verification.support import (
    Support,
    best_support,
    choose_supports,
    has_no_unsupported_stretch,
    supports_each_clause,
)
from retrieval.documents import Hit
from retrieval.text.terms import terms

Reason = Literal["unknown number", "quotation", "speaker", "unsupported", "instruction", "link"] | Departure


@dataclass(frozen=True, slots=True)
class DroppedSentence:
    """A sentence that is not shown, and the reason."""

    text: str
    reason: Reason


def verify_sentence(
    written: DraftSentence, passages: Sequence[Hit], question: str, quotes: Quotes
) -> Claim | DroppedSentence:
    """Return the sentence as a claim with its supporting spans, or dropped; its numbers count passages from 1.

    Where the cited passages do not support it but another one does, that one is cited instead.
    """
    text = without_opening(written.text)
    if is_bridge(text):
        return DroppedSentence(written.text, "unsupported")
    if has_link(text, {hit.outlet for hit in passages}):
        return DroppedSentence(written.text, "link")
    if is_only_code(text):
        return DroppedSentence(written.text, "instruction")
    ground = Evidence(passages, question, quotes)
    judged = _judged(text, written, ground)
    if isinstance(judged, Claim) and _obeys(judged, passages):
        return DroppedSentence(written.text, "instruction")
    return credit_speaker(judged, ground) if isinstance(judged, Claim) else judged


def _obeys(claim: Claim, passages: Sequence[Hit]) -> bool:
    """Whether a claim is an instruction, or rests on a paragraph with one."""
    return is_injection(claim.text) or any(
        is_injected(hit.passage.text, (start - hit.passage.start, end - hit.passage.start))
        for article, (start, end) in claim.support
        for hit in passages
        if hit.passage.article == article
    )


def _judged(text: str, written: DraftSentence, ground: Evidence) -> Claim | DroppedSentence:
    passages = ground.passages
    cited = tuple(dict.fromkeys(number - 1 for number in written.numbers if 0 < number <= len(passages)))
    if claim := _verbatim(text, [*cited, *(at for at in range(len(passages)) if at not in cited)], ground):
        return claim
    outcomes: list[Reason] = []
    for candidate in _candidates(text, cited, ground):
        outcome = _check_against(text, candidate, ground)
        if isinstance(outcome, Claim):
            return outcome
        outcomes.append(outcome)
    if written.numbers and not cited:
        return DroppedSentence(written.text, "unknown number")
    return DroppedSentence(written.text, outcomes[0] if outcomes else "unsupported")


def _candidates(text: str, cited: tuple[int, ...], ground: Evidence) -> Iterator[tuple[int, ...]]:
    """The cited passages, then each other one by itself, best support first."""
    if cited:
        yield cited
    said = ground.said(text)
    supports = [best_support(said, number, hit, ground.weights) for number, hit in enumerate(ground.passages)]
    for support in sorted(supports, key=lambda support: -support.share):
        if (support.passage,) != cited:
            yield (support.passage,)


def _check_against(text: str, cited: tuple[int, ...], ground: Evidence) -> Claim | Reason:
    """Check a sentence against some passages."""
    quoting = quote_exactly(text, [hit.passage.text for hit in ground.passages], cited)
    if quoting is None:
        return "quotation"
    cited = tuple(dict.fromkeys((*(place.passage for place in quoting.places), *cited)))
    supports = _supports(quoting, cited, ground)
    if reason := _failure_reason(quoting, cited, supports, ground):
        return reason
    chosen = choose_supports(supports, ground.said(quoting.text), ground.weights)
    kept = [support for support in supports if support in chosen or _is_quoted_from(support, quoting)]
    if not chosen or not supports_each_clause(map(ground.said, clauses(quoting.text)), kept, ground.weights):
        return "unsupported"
    hits = [ground.passages[support.passage] for support in kept]
    if not has_no_unsupported_stretch(ground.said(quoting.text), kept, hits):
        return "unsupported"
    return _check_claim(quoting, kept, ground)


def _verbatim(text: str, cited: Sequence[int], ground: Evidence) -> Claim | None:
    """The claim where a passage has the whole sentence word for word; no further check is needed then."""
    for number in cited:
        if span := verbatim_span(text, ground.passages[number].passage.text):
            quoting = quote_exactly(text, [hit.passage.text for hit in ground.passages], [number])
            if quoting and all(place.passage == number for place in quoting.places):
                return Claim(quoting.text, (ground.in_article(number, span),), _speaker(quoting, ground))
    return None


def _supports(quoting: QuoteCheck, cited: Sequence[int], ground: Evidence) -> list[Support]:
    said = ground.said(quoting.text)
    found = (best_support(said, number, ground.passages[number], ground.weights, quoting.places) for number in cited)
    return [_with_speakers(support, said, ground) for support in found]


def _with_speakers(support: Support, said: Sequence[str], ground: Evidence) -> Support:
    """Add the names of the speakers quoted in a support, whom its text may call `he` or `she`."""
    article, (start, end) = ground.in_article(support.passage, support.span)
    quotes = (hit.quote for hit in ground.quotes(article) if hit.quote.start < end and start < hit.quote.end)
    held = support.held | {term for quote in quotes for term in terms(quote.speaker)}
    return replace(support, held=held, share=max(support.share, covered_share(said, held, ground.weights)))


def _is_quoted_from(support: Support, quoting: QuoteCheck) -> bool:
    return any(place.passage == support.passage for place in quoting.places)


def _failure_reason(
    quoting: QuoteCheck, cited: Sequence[int], supports: Sequence[Support], ground: Evidence
) -> Reason | Literal[""]:
    """The reason to drop a sentence whose quoted speaker, figures or names the cited passages lack; else empty."""
    if not all(is_quotation_attributed(quoting.text, place, ground) for place in quoting.places):
        return "speaker"
    hits = [ground.passages[number] for number in cited]
    if unbound_figure(quoting.outside, hits, ground.question):
        return "figure"
    return "name" if unknown_name(quoting.outside, _known(hits, ground)) else ""


def _known(hits: Sequence[Hit], ground: Evidence) -> KnownNames:
    """The texts from which names may come."""
    texts = (
        text
        for hit in hits
        for text in (hit.passage.text, hit.passage.heading, hit.title, hit.outlet, *hit.authors, publication_dates(hit))
    )
    speakers = (
        quote.quote.speaker
        for hit in hits
        for quote in ground.quotes(hit.passage.article)
        if hit.passage.start <= quote.quote.start < hit.passage.end
    )
    return KnownNames((*texts, *speakers), ground.question)


def _check_claim(quoting: QuoteCheck, supports: Sequence[Support], ground: Evidence) -> Claim | Reason:
    """Return the claim unless its support attributes it to another speaker or contradicts it."""
    held = "\n\n".join(support.text for support in supports)
    if not is_paraphrase_attributed(quoting, supports, ground):
        return "speaker"
    hits = [ground.passages[support.passage] for support in supports]
    facts = [fact for hit in hits for fact in (hit.outlet, *hit.authors)]
    if replaced_name(quoting.outside, held, facts, _known(hits, ground)):
        return "name"
    if contradicts(quoting.text, held):
        return "negation"
    if says_opposite(quoting.outside, held):
        return "opposite"
    if loses_hedge(quoting.outside, held):
        return "hedge"
    if unknown_code(quoting.outside, "\n".join((held, *facts))):
        return "instruction"
    if reason := find_departure(quoting.text, held):
        return reason
    spans = tuple(ground.in_article(support.passage, support.span) for support in supports)
    return Claim(quoting.text, spans, _speaker(quoting, ground))


def _speaker(quoting: QuoteCheck, ground: Evidence) -> str:
    found = {hit.quote.speaker for place in quoting.places if (hit := ground.quote_at(place))}
    return found.pop() if len(found) == 1 else ""
