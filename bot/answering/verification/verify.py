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
from bot.answering.verification.evidence import Cited, Evidence, Quotes, joined_spans
from bot.answering.verification.facts.figures import unknown_figure
from bot.answering.verification.facts.names import unknown_name
from bot.answering.verification.facts.near_copies import changed_copy, copied_span
from bot.answering.verification.judging import EMBEDDED, ClaimJudge, cited_claim
from bot.answering.verification.prompt_injection import has_link, is_injected, is_injection, is_only_code, unknown_code
from bot.answering.verification.quotations import QuoteCheck, find_quotations, quote_exactly
from bot.answering.verification.speakers import credit_speaker, is_plain_quotation, is_quotation_attributed
from retrieval.documents import Hit
from retrieval.models.claims import CitedClaim
from retrieval.text.sentences import Span
from retrieval.text.terms import content_terms, passage_terms

Objection = Literal["figure", "name", "wording"]
Reason = Literal["unknown number", "quotation", "speaker", "unsupported", "headless", "instruction", "link"] | Objection
_JOINED = re.compile(r"[,;] (?:and|while) |; ")
ROUNDS = 3  # of judging: by the sentences cited, by their passages, by others
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
    checked = [_checked(one, ground, tries_nearest=not judge.is_remote) for one in written]
    outcomes = _judged(checked, ground, judge)
    return [
        credit_speaker(outcome, ground) if isinstance(outcome, Claim) else DroppedSentence(one.text, outcome)
        for one, outcome in zip(written, outcomes, strict=True)
    ]


def _judged(
    checked: Sequence[Claim | Reason | _Undecided], ground: Evidence, judge: ClaimJudge
) -> list[Claim | Reason]:
    """Decide what is undecided: round by round, until a sentence is supported or has no round left."""
    outcomes = list(checked)
    for step in range(ROUNDS):
        waiting = [(at, one) for at, one in enumerate(outcomes) if isinstance(one, _Undecided)]
        asked = [(at, one, one.rounds[step]) for at, one in waiting if step < len(one.rounds)]
        claims = [_cited_claim(one.quoting.text, cited, ground) for _, one, groups in asked for cited in groups]
        odds = iter(judge.support(claims) if claims else ())
        for at, one, groups in asked:
            if supporting := _supporting(groups, [next(odds) for _ in groups], judge.required(one.objection)):
                outcomes[at] = _claim(one.quoting, supporting, ground)
    return [one.reason if isinstance(one, _Undecided) else one for one in outcomes]


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


def _checked(written: DraftSentence, ground: Evidence, *, tries_nearest: bool) -> Claim | Reason | _Undecided:
    """Check form, quotations and copies of a sentence; what remains is for the judge."""
    text = without_opening(written.text)
    if fault := _formal_fault(text, ground):
        return fault
    every = range(len(ground.passages))
    cited = tuple(dict.fromkeys(number - 1 for number in written.numbers if number - 1 in every))
    quoting = quote_exactly(text, [hit.passage.text for hit in ground.passages], list(dict.fromkeys((*cited, *every))))
    if quoting is None:
        return "quotation"
    if copied := _copied(quoting, (*cited, *every), ground):
        claim = Claim(quoting.text, copied, _speaker(quoting, ground))
        return _shown(claim, ground) if any(ground.belongs(*span) for span in copied) else "unsupported"
    if not all(is_quotation_attributed(quoting.text, place, ground) for place in quoting.places):
        return "speaker"
    quoted = [place.passage for place in quoting.places]
    if is_plain_quotation(quoting, ground):
        return _claim(quoting, [(number, ()) for number in quoted], ground)
    change = changed_copy(quoting.text, [hit.passage.text for hit in ground.passages])
    if change in ("figure", "name"):
        return change
    objection = change or _objection(quoting, ground)
    reason = objection or ("unknown number" if written.numbers and not cited else "unsupported")
    numbers = tuple(dict.fromkeys((*quoted, *cited)))
    rounds = list(_rounds(written, numbers, ground, tries_nearest=tries_nearest))
    if not quoted:  # quoted words stand where they stand
        rounds.append(_others(written, numbers, ground))
    return _Undecided(quoting, rounds, objection, reason)


def _copied(quoting: QuoteCheck, numbers: Sequence[int], ground: Evidence) -> tuple[tuple[str, Span], ...]:
    """The sentences of passages that one repeats, or each of its halves, as spans of articles; no judge is needed."""
    halves = [half for half in _JOINED.split(quoting.text) if half] if not quoting.places else []
    for parts in ([quoting.text], halves):
        spans = [_copied_span(part, len(quoting.places), numbers, ground) for part in parts]
        if all(spans):
            return tuple(dict.fromkeys(filter(None, spans)))
    return ()


def _copied_span(text: str, quotations: int, numbers: Sequence[int], ground: Evidence) -> tuple[str, Span] | None:
    """The first sentence with these words and as many quotations, as an article and a span of it."""
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


def _rounds(
    written: DraftSentence, numbers: Sequence[int], ground: Evidence, *, tries_nearest: bool
) -> Iterator[list[tuple[Cited, ...]]]:
    """What to judge by, in rounds: the sentences cited, else the nearest, then their passages; alone, then together.

    A judge for whom each round is a call is not asked about the nearest.
    """
    sentences = [(number, ground.cited_spans(number, written.places)) for number in numbers]
    if tries_nearest:
        sentences = [(at, spans or (ground.nearest_span(written.text, at),)) for at, spans in sentences]
    if any(spans for _, spans in sentences):
        yield _alone_and_together(sentences)
    if numbers:
        yield _alone_and_together([(number, ()) for number in numbers])


def _others(written: DraftSentence, numbers: Sequence[int], ground: Evidence) -> list[tuple[Cited, ...]]:
    """Passages that are not cited, those that share most words."""
    said = set(content_terms(written.text))
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
    stated = without_opening(text, (hit.outlet for hit in hits))
    evidence = [ground.cited_text(one) for one in group]
    return cited_claim(stated, hits, evidence, [quote for hit in hits for quote in ground.quotes_in(hit)])


def _supporting(candidates: Sequence[tuple[Cited, ...]], odds: Sequence[float], bar: float) -> tuple[Cited, ...]:
    """Those of some passages that support a sentence each alone, or all where they do together; else none."""
    holding = [group for group, one in zip(candidates, odds, strict=True) if one >= bar]
    return tuple(group[0] for group in holding if len(group) == 1) or (holding[0] if holding else ())


def _claim(quoting: QuoteCheck, supporting: Sequence[Cited], ground: Evidence) -> Claim | Reason:
    """The claim with the sentences that support it; of a whole passage those nearest to it, and all that it quotes."""
    quoted, known, spans = dict[int, list[Span]](), dict(supporting), list[tuple[str, Span]]()
    for place in quoting.places:
        quoted.setdefault(place.passage, []).append(place.span)
    for number in dict.fromkeys((*quoted, *known)):
        cited, within = known.get(number, ()), quoted.get(number, [])
        holds_quoted = all(any(start <= one[0] and one[1] <= end for start, end in cited) for one in within)
        passage = ground.passages[number].passage.text
        found = cited if cited and holds_quoted else (ground.nearest_span(quoting.text, number, within), *cited)
        spans += [ground.in_article(number, span) for span in joined_spans(found, passage)]
    return _shown(Claim(quoting.text, tuple(dict.fromkeys(spans)), _speaker(quoting, ground)), ground)


def _shown(claim: Claim, ground: Evidence) -> Claim | Reason:
    """The claim, unless it rests on a paragraph with an instruction."""
    for article, (start, end) in claim.support:
        for passage in (hit.passage for hit in ground.passages if hit.passage.article == article):
            if is_injected(passage.text, (start - passage.start, end - passage.start)):
                return "instruction"
    return claim


def _speaker(quoting: QuoteCheck, ground: Evidence) -> str:
    found = {hit.quote.speaker for place in quoting.places if (hit := ground.quote_at(place))}
    return found.pop() if len(found) == 1 else ""
