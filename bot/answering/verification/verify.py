"""Verify draft sentences: quotations are exact, facts known, and a judge holds that the passages support them.

Only verified sentences of a model reach a reader. Rules decide form: quotations and whose they are, links, orders,
codes. A figure or a name that no passage has is an objection, which asks more of the judge.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.answering.messages import Claim, DraftSentence
from bot.answering.verification.evidence import Cited, Evidence, joined_spans
from bot.answering.verification.judging import ClaimJudge
from bot.answering.verification.links_and_codes import has_link, is_only_code, unknown_code
from bot.answering.verification.names import unknown_name
from bot.answering.verification.quotations import QuoteCheck, quote_exactly, quoted_words, without_quotations
from bot.answering.verification.speakers import credit_speaker, is_plain_quotation, quotes_another
from retrieval.text.facts.figures import unknown_figure
from retrieval.text.facts.near_copies import FACTS, Change, NearCopy, nearest_copy
from retrieval.text.prompt_injection import is_injection
from retrieval.text.sentences import Span
from retrieval.text.terms import content_terms, passage_terms

_JOINED = re.compile(r"[,;] (?:and|while) |; ")
Objection = Literal["figure", "name", "wording"]
Reason = Literal["unknown number", "quotation", "speaker", "unsupported", "headless", "instruction", "link"] | Change
OTHERS = 2  # passages that are tried where the cited ones do not support a sentence, those that share most words


@dataclass(frozen=True, slots=True)
class DroppedSentence:
    """A sentence that is not shown, and the reason."""

    text: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class _Undecided:
    """A sentence of good form, what to judge it by, the best first, and the reason if nothing of it is enough."""

    quoting: QuoteCheck
    evidence: Sequence[Sequence[Cited]]
    objection: Objection | None
    reason: Reason


def verify_sentences(
    written: Sequence[DraftSentence], ground: Evidence, judge: ClaimJudge
) -> list[Claim | DroppedSentence]:
    """Return each sentence as a claim with its supporting spans, or dropped; its numbers count from 1.

    Where the cited sentences do not support it but their passage or another one does, that one is cited instead. A
    judge for whom each call takes long is called twice at most: on what is cited, and on all the rest.
    """
    checked = [_checked(one, ground, at_once=judge.is_remote) for one in written]
    outcomes = _judged(checked, ground, judge)
    return [
        credit_speaker(outcome, ground) if isinstance(outcome, Claim) else DroppedSentence(one.text, outcome)
        for one, outcome in zip(written, outcomes, strict=True)
    ]


def verify_remark(text: str, ground: Evidence) -> Claim | None:
    """A sentence on what the articles do not say, which cites nothing; None where it tells more than that."""
    facts = ground.known_facts()
    tells_more = quoted_words(text) or unknown_figure(text, facts) or unknown_name(text, facts)
    return None if tells_more or _formal_fault(text, ground) else Claim(text, ())


def _judged(
    checked: Sequence[Claim | Reason | _Undecided], ground: Evidence, judge: ClaimJudge
) -> list[Claim | Reason]:
    """Decide what is undecided by the first evidence that supports it."""
    outcomes, waiting = list(checked), [(at, one) for at, one in enumerate(checked) if isinstance(one, _Undecided)]
    most = max((len(one.evidence) for _, one in waiting), default=0)
    rounds = [(0, 1), (1, most)] if judge.is_remote else [(at, at + 1) for at in range(most)]
    for start, end in rounds:
        left = [(at, one) for at, one in waiting if isinstance(outcomes[at], _Undecided)]
        asked = [(at, one, cited) for at, one in left for cited in one.evidence[start:end]]
        claims = [ground.cited_claim(one.quoting.text, cited) for _, one, cited in asked]
        odds = judge.support(claims) if claims else ()
        for (at, one, cited), found in zip(asked, odds, strict=True):
            if isinstance(outcomes[at], _Undecided) and found >= judge.required(one.objection):
                outcomes[at] = _claim(one.quoting, cited, ground)
    return [one.reason if isinstance(one, _Undecided) else one for one in outcomes]


def _checked(written: DraftSentence, ground: Evidence, *, at_once: bool) -> Claim | Reason | _Undecided:
    """Check form, quotations and copies of a sentence; what remains is for the judge."""
    text, every = written.text, range(len(ground.passages))
    if fault := _formal_fault(text, ground):
        return fault
    cited = list(dict.fromkeys(number - 1 for number in written.numbers if number - 1 in every))
    among = list(dict.fromkeys((*cited, *every)))
    quoting = quote_exactly(text, ground.texts(), among)
    if quoting is None:
        return "quotation"
    copy = nearest_copy(quoting.text, ground.texts(), among)
    if copied := _copied(copy, quoting, among, ground):
        belongs = any(ground.belongs(number, span) for number, spans in copied for span in spans)
        return _claim(quoting, copied, ground) if belongs else "unsupported"
    if quotes_another(quoting, ground):
        return "speaker"
    if is_plain_quotation(quoting, ground):
        return _claim(quoting, [], ground)
    if copy and copy.change in FACTS:
        return copy.change
    objection = "wording" if copy and copy.change == "wording" else _objection(quoting.text, ground)
    reason = objection or ("unknown number" if written.numbers and not cited else "unsupported")
    evidence = list(_evidence(written, quoting, cited, ground, at_once=at_once))
    return _Undecided(quoting, evidence, objection, reason)


def _copied(copy: NearCopy | None, quoting: QuoteCheck, among: Sequence[int], ground: Evidence) -> list[Cited]:
    """The passages' sentences that a sentence repeats, or that each of its halves does; no judge is needed.

    One that quotes less often does not repeat: words lose their speaker with their marks.
    """
    whole = [copy]
    if not (copy and copy.change == "nothing") and not quoting.places:
        halves = [half for half in _JOINED.split(quoting.text) if half]
        whole = [nearest_copy(half, ground.texts(), among) for half in halves] if len(halves) > 1 else whole
    copied: list[Cited] = [(one.passage, (one.span,)) for one in whole if one and one.change == "nothing"]
    quoted = sum(len(quoted_words(ground.cited_text(one))) for one in copied)
    return copied if len(copied) == len(whole) and quoted == len(quoting.places) else []


def _formal_fault(text: str, ground: Evidence) -> Reason | None:
    """What is wrong with the form of a sentence, whatever it says; a question states nothing."""
    if text.endswith("?"):
        return "unsupported"
    if has_link(text, {hit.outlet for hit in ground.passages}):
        return "link"
    is_order = is_only_code(text) or is_injection(text) or unknown_code(text, "\n".join(ground.known_facts()))
    return "instruction" if is_order else None


def _objection(text: str, ground: Evidence) -> Objection | None:
    """What a rule holds against a sentence that may be true nevertheless."""
    told, facts = without_quotations(text), ground.known_facts()
    if unknown_figure(told, facts):
        return "figure"
    return "name" if unknown_name(told, facts) else None


def _evidence(
    written: DraftSentence, quoting: QuoteCheck, cited: Sequence[int], ground: Evidence, *, at_once: bool
) -> Iterator[list[Cited]]:
    """What to judge by: the sentences cited, or the nearest of the passages cited; those passages; others.

    All that is cited comes `at_once`, or first each of it.
    """
    quoted = dict.fromkeys(place.passage for place in quoting.places)
    numbers = list(dict.fromkeys((*quoted, *cited)))
    if numbers and at_once:
        yield [(at, ground.cited_spans(at, written.places)) for at in numbers]
    elif numbers:
        spans = [ground.cited_spans(at, written.places) or (ground.nearest_span(written.text, at),) for at in numbers]
        sentences = list(zip(numbers, spans, strict=True))
        passages: list[Cited] = [(number, ()) for number in numbers]
        for several in (sentences, passages):
            yield from ([one] for one in several)
            if len(several) > 1:
                yield several
    if not quoted:  # quoted words stand where they stand
        yield from _others(written.text, numbers, ground)


def _others(text: str, numbers: Iterable[int], ground: Evidence) -> Iterator[list[Cited]]:
    """Passages that are not cited, those that share most words."""
    said, shared = set(content_terms(text)), dict[int, int]()
    for number in {*range(len(ground.passages))}.difference(numbers):
        shared[number] = len(said & set(passage_terms(ground.passages[number].passage.text)))
    for number in sorted(shared, key=lambda number: -shared[number])[:OTHERS]:
        yield [(number, ())]


def _claim(quoting: QuoteCheck, cited: Sequence[Cited], ground: Evidence) -> Claim:
    """The claim with the sentences that are cited and quoted, else the nearest."""
    spans, support = dict[int, list[Span]](), list[tuple[str, Span]]()
    for number, sentences in cited:
        spans.setdefault(number, []).extend(sentences)
    for place in quoting.places:
        spans.setdefault(place.passage, []).extend(ground.sentences_at(place))
    for number, found in spans.items():
        passage = ground.passages[number].passage
        for start, end in joined_spans(found or [ground.nearest_span(quoting.text, number)], passage.text):
            support.append((passage.article, (passage.start + start, passage.start + end)))
    speakers = {hit.quote.speaker for place in quoting.places if (hit := ground.quote_at(place))}
    return Claim(quoting.text, tuple(dict.fromkeys(support)), speakers.pop() if len(speakers) == 1 else "")
