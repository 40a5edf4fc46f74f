"""Verify a draft sentence: its quotations are exact, its facts known, and a judge holds that its passages support it.

Only verified sentences of a model reach a reader. Rules decide form: quotations and whose they are, links, orders,
codes. A figure or a name that no passage has is an objection, which asks more of the judge.
"""

import re
from collections.abc import Iterator, Sequence
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
from bot.answering.verification.reported_speech import is_quotation_attributed, plainly_told
from retrieval.documents import Hit
from retrieval.models.claims import CitedClaim
from retrieval.text.sentences import Span
from retrieval.text.terms import passage_terms

Objection = Literal["figure", "name", "wording"]
Reason = Literal["unknown number", "quotation", "speaker", "unsupported", "headless", "instruction", "link"] | Objection
_JOINED = re.compile(r"[,;] (?:and|while) |; ")
OTHERS = 2  # passages that are tried where the cited ones do not support a sentence, those that share most words


@dataclass(frozen=True, slots=True)
class DroppedSentence:
    """A sentence that is not shown, and the reason."""

    text: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class _Undecided:
    """A sentence of good form, with the passages to judge it by in rounds, and the reason if none supports it."""

    quoting: QuoteCheck
    rounds: Sequence[Sequence[tuple[Cited, ...]]]
    objection: Objection | None
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
    """Verify sentences as `verify_sentence` does, those of all that must be judged in one call of the judge a round."""
    checked = [_checked(one, ground) for one in written]
    outcomes = _judged(checked, ground, judge)
    return [
        credit_speaker(outcome, ground) if isinstance(outcome, Claim) else DroppedSentence(one.text, outcome)
        for one, outcome in zip(written, outcomes, strict=True)
    ]


def _judged(
    checked: Sequence[Claim | Reason | _Undecided], ground: Evidence, judge: ClaimJudge
) -> list[Claim | Reason]:
    """Decide what is undecided: round by round, until a sentence is supported or has no round left."""
    decided = {at: one for at, one in enumerate(checked) if not isinstance(one, _Undecided)}
    waiting, step = {at: one for at, one in enumerate(checked) if isinstance(one, _Undecided)}, 0
    while waiting:
        decided |= {at: one.reason for at, one in waiting.items() if step == len(one.rounds)}
        asked = {at: one for at, one in waiting.items() if step < len(one.rounds)}
        claims = [_cited_claim(one.quoting.text, cited, ground) for one in asked.values() for cited in one.rounds[step]]
        odds = iter(judge.support(claims) if claims else ())
        for at, one in asked.items():
            groups = one.rounds[step]
            if supporting := _supporting(groups, [next(odds) for _ in groups], judge.required(one.objection)):
                decided[at] = _shown(_claim(one.quoting, supporting, ground), ground)
        waiting, step = {at: one for at, one in asked.items() if at not in decided}, step + 1
    return [decided[at] for at in range(len(checked))]


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


def _checked(written: DraftSentence, ground: Evidence) -> Claim | Reason | _Undecided:
    """Check form, quotations and copies of a sentence; what remains is for the judge."""
    text = without_opening(written.text)
    if fault := _formal_fault(text, ground):
        return fault
    passages = [hit.passage.text for hit in ground.passages]
    cited = tuple(dict.fromkeys(number - 1 for number in written.numbers if 0 < number <= len(passages)))
    quoting = quote_exactly(text, passages, cited)
    if quoting is None:
        return "quotation"
    if claim := _copied(quoting, cited, ground):
        return _shown(claim, ground) if any(ground.belongs(*span) for span in claim.support) else "unsupported"
    if not all(is_quotation_attributed(quoting.text, place, ground) for place in quoting.places):
        return "speaker"
    change = changed_copy(quoting.text, passages)
    if change in ("figure", "name"):
        return change
    quoted = tuple(dict.fromkeys(place.passage for place in quoting.places))
    if told := plainly_told(quoting, cited, ground):
        return _shown(_claim(quoting, [(number, ()) for number in told], ground), ground)
    objection = change or _objection(quoting, ground)
    numbers = tuple(dict.fromkeys((*quoted, *cited)))
    reason = objection or ("unknown number" if written.numbers and not cited else "unsupported")
    rounds = list(_rounds(written, numbers, ground))
    if not quoted:  # quoted words stand where they stand
        rounds.append(_others(written, numbers, ground))
    return _Undecided(quoting, rounds, objection, reason)


def _copied(quoting: QuoteCheck, cited: Sequence[int], ground: Evidence) -> Claim | None:
    """The claim where the passages have its words as a sentence, or each of its halves; no judge is needed then."""
    numbers = [*cited, *(number for number in range(len(ground.passages)) if number not in cited)]
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


def _objection(quoting: QuoteCheck, ground: Evidence) -> Objection | None:
    """What a rule holds against a sentence that may be true nevertheless."""
    facts = ground.known_facts()
    if unknown_figure(quoting.outside, facts):
        return "figure"
    return "name" if unknown_name(quoting.outside, facts) else None


def _rounds(written: DraftSentence, numbers: Sequence[int], ground: Evidence) -> Iterator[list[tuple[Cited, ...]]]:
    """What to judge by, in rounds: the sentences cited, then their passages; each of several alone, then together."""
    sentences = [(number, ground.cited_spans(number, written.places)) for number in numbers]
    if any(spans for _, spans in sentences):
        yield _alone_and_together(sentences)
    if numbers:
        yield _alone_and_together([(number, ()) for number in numbers])


def _others(written: DraftSentence, numbers: Sequence[int], ground: Evidence) -> list[tuple[Cited, ...]]:
    """Passages that are not cited, those that share most words."""
    said = set(ground.said(written.text))
    shared = {
        number: len(said & set(passage_terms(hit.passage.text)))
        for number, hit in enumerate(ground.passages)
        if number not in numbers
    }
    return [((number, ()),) for number in sorted(shared, key=lambda number: -shared[number])[:OTHERS]]


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
