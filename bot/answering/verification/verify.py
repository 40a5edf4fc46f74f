"""Verify a draft sentence: its quotations are exact, its facts known, and a judge holds that its passages support it.

Only verified sentences of a model reach a reader. Rules decide form: quotations and whose they are, links, orders,
codes. A figure, a name or a speaker that no passage has is an objection, which asks more of the judge.
"""

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.answering.messages import Claim, DraftSentence
from bot.answering.verification.boilerplate_phrases import is_bridge, without_opening
from bot.answering.verification.crediting import credit_speaker
from bot.answering.verification.evidence import Cited, Evidence, Quotes, joined_spans, nearest_span
from bot.answering.verification.facts.figures import unknown_figure
from bot.answering.verification.facts.names import unknown_name
from bot.answering.verification.facts.near_copies import changed_copy, copied_span
from bot.answering.verification.judging import EMBEDDED, ClaimJudge, cited_claim
from bot.answering.verification.prompt_injection import has_link, is_injected, is_injection, is_only_code, unknown_code
from bot.answering.verification.quotations.matching import find_quotations
from bot.answering.verification.quotations.rewriting import QuoteCheck, quote_exactly
from bot.answering.verification.quotations.speaker import without_outlet
from bot.answering.verification.reported_speech import (
    is_paraphrase_attributed,
    is_quotation_attributed,
    plainly_told,
)
from retrieval.documents import Hit
from retrieval.models.claims import CitedClaim
from retrieval.text.sentences import Span
from retrieval.text.terms import passage_terms

Objection = Literal["figure", "name", "speaker", "wording"]
Reason = Literal["unknown number", "quotation", "unsupported", "headless", "instruction", "link"] | Objection
_JOINED = re.compile(r"[,;] (?:and|while) |; ")
OTHERS = 2  # passages that are tried where the cited ones do not support a sentence, those that share most words

Check = Generator[list[CitedClaim], Sequence[float], Claim | Reason]
"""The check of one sentence: yields what is to be judged, is sent the log-odds, and returns the outcome."""


@dataclass(frozen=True, slots=True)
class DroppedSentence:
    """A sentence that is not shown, and the reason."""

    text: str
    reason: Reason


def verify_sentence(
    written: DraftSentence, passages: Sequence[Hit], question: str, quotes: Quotes, judge: ClaimJudge = EMBEDDED
) -> Claim | DroppedSentence:
    """Return the sentence as a claim with its supporting spans, or dropped; its numbers count from 1.

    Where the cited sentences do not support it but their passage or another one does, that one is cited instead.
    """
    return verify_sentences([written], Evidence(passages, question, quotes), judge)[0]


def verify_sentences(
    written: Sequence[DraftSentence], ground: Evidence, judge: ClaimJudge
) -> list[Claim | DroppedSentence]:
    """Verify sentences as `verify_sentence` does, those of all that must be judged in one call of the judge."""
    outcomes = _run([_checked(one, ground, judge) for one in written], judge)
    return [
        credit_speaker(outcome, ground) if isinstance(outcome, Claim) else DroppedSentence(one.text, outcome)
        for one, outcome in zip(written, outcomes, strict=True)
    ]


def _run(checks: Sequence[Check], judge: ClaimJudge) -> list[Claim | Reason]:
    """Run checks side by side: what they ask for at the same time is judged together."""
    outcomes: dict[int, Claim | Reason] = {}
    sent: dict[int, Sequence[float] | None] = dict.fromkeys(range(len(checks)))
    while sent:
        asked = dict[int, list[CitedClaim]]()
        for at, odds in sent.items():
            try:
                asked[at] = checks[at].send(odds) if odds is not None else next(checks[at])
            except StopIteration as end:
                outcomes[at] = end.value
        found = iter(judge.support([claim for claims in asked.values() for claim in claims]) if asked else ())
        sent = {at: [next(found) for _ in claims] for at, claims in asked.items()}
    return [outcomes[at] for at in range(len(checks))]


def verify_remark(text: str, ground: Evidence) -> Claim | None:
    """A sentence on what the articles do not say, which cites nothing; None where it tells more than that."""
    facts = ground.known_facts()
    tells_more = find_quotations(text) or unknown_figure(text, facts) or unknown_name(text, facts)
    return None if tells_more or _formal_fault(text, ground) else Claim(text, ())


def _formal_fault(text: str, ground: Evidence) -> Reason | None:
    """What is wrong with the form of a sentence, whatever it says; a question states nothing."""
    if is_bridge(text) or text.endswith("?"):
        return "unsupported"
    if has_link(text, {hit.outlet for hit in ground.passages}):
        return "link"
    is_order = is_only_code(text) or is_injection(text) or unknown_code(text, "\n".join(ground.known_facts()))
    return "instruction" if is_order else None


def _checked(written: DraftSentence, ground: Evidence, judge: ClaimJudge) -> Check:
    """Check form and quotations, then have the judge hold the sentence against what it cites, then against others."""
    text = without_opening(written.text)
    if fault := _formal_fault(text, ground):
        return fault
    cited = tuple(dict.fromkeys(number - 1 for number in written.numbers if 0 < number <= len(ground.passages)))
    others = [number for number in range(len(ground.passages)) if number not in cited]
    quoting = quote_exactly(text, [hit.passage.text for hit in ground.passages], cited)
    if quoting is None:
        return "quotation"
    if claim := _copied(quoting, [*cited, *others], ground):
        return _shown(claim, ground) if any(ground.belongs(*span) for span in claim.support) else "unsupported"
    if not all(is_quotation_attributed(quoting.text, place, ground) for place in quoting.places):
        return "speaker"
    change = changed_copy(quoting.text, [hit.passage.text for hit in ground.passages])
    if change in ("figure", "name"):
        return change
    quoted = tuple(place.passage for place in quoting.places)
    numbers = tuple(dict.fromkeys((*quoted, *cited)))
    if told := plainly_told(quoting, cited, ground):
        return _shown(_claim(quoting, [(number, ()) for number in told], ground), ground)
    objection = change or _objection(quoting, numbers, ground)
    bar = judge.required(is_objected=objection is not None)
    for candidates in _candidates(written, numbers, quoted, ground):
        odds = yield [_cited_claim(quoting.text, group, ground) for group in candidates]
        if supporting := _supporting(candidates, odds, bar):
            return _shown(_claim(quoting, supporting, ground), ground)
    return objection or ("unknown number" if written.numbers and not cited else "unsupported")


def _copied(quoting: QuoteCheck, numbers: Sequence[int], ground: Evidence) -> Claim | None:
    """The claim where the passages have its words as a sentence, or each of its halves; no judge is needed then."""
    halves = [half for half in _JOINED.split(quoting.text) if half] if not quoting.places else []
    for parts in ([quoting.text], halves):
        spans = [_copied_span(part, len(quoting.places), numbers, ground) for part in parts]
        if spans and all(spans):
            return Claim(quoting.text, tuple(dict.fromkeys(filter(None, spans))), _speaker(quoting, ground))
    return None


def _copied_span(text: str, quotations: int, numbers: Sequence[int], ground: Evidence) -> tuple[str, Span] | None:
    """The first sentences with these words and as many quotations, as an article and a span of it."""
    for number in numbers:
        passage = ground.passages[number].passage.text
        span = copied_span(text, passage)
        if span and len(find_quotations(passage[slice(*span)])) == quotations:
            return ground.in_article(number, span)
    return None


def _objection(quoting: QuoteCheck, numbers: Sequence[int], ground: Evidence) -> Objection | None:
    """What a rule holds against a sentence that may be true nevertheless."""
    facts = ground.known_facts()
    if unknown_figure(quoting.outside, facts):
        return "figure"
    if unknown_name(quoting.outside, facts):
        return "name"
    is_attributed = quoting.places or is_paraphrase_attributed(quoting.text, numbers, ground)
    return None if is_attributed else "speaker"


def _candidates(
    written: DraftSentence, numbers: tuple[int, ...], quoted: tuple[int, ...], ground: Evidence
) -> Iterator[list[tuple[Cited, ...]]]:
    """What to judge by, in rounds: the sentences cited, the passages cited, others that share most words.

    Each of several passages is tried alone, then all together.
    """
    sentences = {number: ground.cited_spans(number, written.places) for number in numbers}
    if any(sentences.values()):
        yield _alone_and_together([(number, sentences[number]) for number in numbers])
    if numbers:
        yield _alone_and_together([(number, ()) for number in numbers])
    if quoted:
        return  # its words stand where they stand
    said = set(ground.said(written.text))
    others = [number for number in range(len(ground.passages)) if number not in numbers]
    shared = {number: len(said & set(passage_terms(ground.passages[number].passage.text))) for number in others}
    yield [((number, ()),) for number in sorted(others, key=lambda number: -shared[number])[:OTHERS]]


def _alone_and_together(cited: Sequence[Cited]) -> list[tuple[Cited, ...]]:
    return [*((one,) for one in cited), *([tuple(cited)] if len(cited) > 1 else [])]


def _cited_claim(text: str, group: Sequence[Cited], ground: Evidence) -> CitedClaim:
    """A sentence with what it cites, as the judge reads them."""
    hits = [ground.passages[number] for number, _ in group]
    stated = without_outlet(text, *(hit.outlet for hit in hits))
    evidence = [ground.cited_text(one) for one in group]
    return cited_claim(stated, hits, evidence, [quote for hit in hits for quote in ground.quotes_in(hit)])


def _supporting(candidates: Sequence[tuple[Cited, ...]], odds: Sequence[float], bar: float) -> tuple[Cited, ...]:
    """Those of some passages that support a sentence each alone, or all where they do together; else none."""
    holding = [group for group, one in zip(candidates, odds, strict=True) if one >= bar]
    return tuple(group[0] for group in holding if len(group) == 1) or (holding[0] if holding else ())


def _claim(quoting: QuoteCheck, supporting: Sequence[Cited], ground: Evidence) -> Claim:
    """The claim with the sentences that support it; of a whole passage those nearest to it, and all that it quotes."""
    said, spans = ground.said(quoting.text), list[tuple[str, Span]]()
    quoted, known = dict[int, list[Span]](), dict(supporting)
    for place in quoting.places:
        quoted.setdefault(place.passage, []).append(place.span)
    for number in dict.fromkeys((*quoted, *known)):
        cited, within = known.get(number, ()), quoted.get(number, [])
        holds_quoted = all(any(start <= one[0] and one[1] <= end for start, end in cited) for one in within)
        passage = ground.passages[number].passage.text
        found = cited if cited and holds_quoted else (nearest_span(said, passage, within), *cited)
        spans += [ground.in_article(number, span) for span in joined_spans(found, passage)]
    return Claim(quoting.text, tuple(dict.fromkeys(spans)), _speaker(quoting, ground))


def _shown(claim: Claim, ground: Evidence) -> Claim | Reason:
    """The claim, unless it rests on a paragraph with an instruction."""
    rests_on_order = any(
        is_injected(hit.passage.text, (start - hit.passage.start, end - hit.passage.start))
        for article, (start, end) in claim.support
        for hit in ground.passages
        if hit.passage.article == article
    )
    return "instruction" if rests_on_order else claim


def _speaker(quoting: QuoteCheck, ground: Evidence) -> str:
    found = {hit.quote.speaker for place in quoting.places if (hit := ground.quote_at(place))}
    return found.pop() if len(found) == 1 else ""
