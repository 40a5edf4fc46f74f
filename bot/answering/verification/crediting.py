"""Add the speaker's name to sentences that state as a fact what the articles only report as a statement."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answering.messages import Claim
from bot.answering.verification.evidence import Evidence
from bot.answering.verification.quotations.speaker import speech_cues
from retrieval.documents import Hit, QuoteHit
from retrieval.quotes.attribution.quotation_marks import quotation_spans
from retrieval.text.sentences import Span
from retrieval.text.terms import content_terms, terms

MOSTLY = 0.75  # share of a sentence's terms beyond the question's that one quote must hold
_NOBODY = re.compile(
    r"(?:all|many|few|some|several|most|others?|one|both|neither|none|any\w+|every\w+|no|\w*sel(?:f|ves)|this|that|"
    r"th[eo]se|it|its|his|her|their|who|which|what)\b",
    re.IGNORECASE,
)
_WORDS = set(
    "the a an officials authorities police researchers scientists experts investigators prosecutors engineers analysts "
    "lawyers residents witnesses doctors critics supporters leaders lawmakers people sources".split()
)
_END = re.compile(r"[.!?…]*\Z")


def credit_speaker(claim: Claim, ground: Evidence) -> Claim:
    """Append `according to X` to a claim whose whole support is quotes of X and that names no speaker."""
    stems = set(terms(claim.text))
    sayers = [_sayer(claim.text, article, span, ground) for article, span in claim.support]
    names = {_called(hit, ground) for hit in sayers if hit}
    if quotation_spans(claim.text) or len(names) != 1 or not all(sayers):
        return claim
    name, said = names.pop(), {stem for hit in sayers if hit for stem in terms(hit.quote.words)}
    if (stems & speech_cues()) - said or set(content_terms(name)) & stems:
        return claim  # it names its speaker itself
    return replace(claim, text=f"{_END.sub('', claim.text)}, according to {name}.", speaker=name)


def _sayer(text: str, article: str, span: Span, ground: Evidence) -> QuoteHit | None:
    """The quote within a span of an article that holds most of a sentence; None where the article itself states it."""
    within = [hit for hit in ground.quotes(article) if hit.quote.start < span[1] and span[0] < hit.quote.end]
    said = set(ground.said(text)) or set(content_terms(text))
    shares = [
        (len(said & set(content_terms(hit.quote.words))) / max(1, len(said)), at) for at, hit in enumerate(within)
    ]
    share, at = max(shares, default=(0.0, 0))
    return within[at] if share >= MOSTLY and _is_speech(within[at], article, ground.passages) else None


def _is_speech(hit: QuoteHit, article: str, passages: Sequence[Hit]) -> bool:
    """Whether a quote is direct or has a cue that reports speech, unlike what a plan or a law says."""
    quote = hit.quote
    if not quote.is_said or not quote.speaker or quote.kind == "direct":
        return bool(quote.is_said and quote.speaker)
    cue = next((text for found in passages if (text := _slice(found, article, quote.cue))), "")
    return bool(set(terms(cue)) & speech_cues())


def _called(hit: QuoteHit, ground: Evidence) -> str:
    """The speaker's name as it continues a sentence (`officials in Kyiv`); empty where it is no name."""
    name = hit.quote.speaker
    if hit.quote.is_person or _NOBODY.match(name):
        return "" if _NOBODY.match(name) else name
    first, _, rest = name.partition(" ")
    everywhere = " ".join(found.passage.text for found in ground.passages)
    is_word = first.lower() in _WORDS or re.search(rf"\b{re.escape(first.lower())}\b", everywhere)
    return f"{first.lower()} {rest}".strip() if (is_word and not rest[:1].isupper()) or first == "The" else name


def _slice(hit: Hit, article: str, span: Span | None) -> str:
    """The text of an article's span as far as a passage holds it."""
    passage = hit.passage
    if span is None or passage.article != article or not passage.start <= span[0] < passage.end:
        return ""
    return passage.text[span[0] - passage.start : span[1] - passage.start]
