"""Whether the articles give a quotation to whom a sentence names, and whose words a sentence tells as a fact."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.answering.messages import Claim
from bot.answering.verification.evidence import Evidence
from bot.answering.verification.names import find_names
from bot.answering.verification.quotations import QuoteCheck, without_inner_marks, without_quotations
from retrieval.documents import Quote, QuoteHit
from retrieval.quotes.attribution.quotation_marks import quotation_spans
from retrieval.quotes.speaker_index.lookup import find_speaker
from retrieval.quotes.speaker_index.merging import list_speakers
from retrieval.text.sentences import Span
from retrieval.text.terms import content_terms, terms

MOSTLY = 0.75  # share of a sentence's terms that one quote must hold for the sentence to be the speaker's words
PLAIN_WORDS = "said says and a an the that"  # tell of a quotation that it was said
_END = re.compile(r"[.!?…]*\Z")


def quotes_another(quoting: QuoteCheck, ground: Evidence) -> bool:
    """Whether a sentence gives one of its quotations to somebody to whom the articles do not give it."""
    named = _quotes_in(without_inner_marks(quoting.text)) if quoting.places else []
    return any(
        one.speaker and one.start < end and start < one.end and not _is_given_to(one.speaker, hit, around)
        for (start, end), (hit, around) in zip(quotation_spans(quoting.text), _sources(quoting, ground), strict=True)
        for one in named
    )


def is_plain_quotation(quoting: QuoteCheck, ground: Evidence) -> bool:
    """Whether a sentence quotes and says no more than who said so, as the articles do around the quotation."""
    known = PLAIN_WORDS
    for hit, around in _sources(quoting, ground):
        if not (hit and hit.speaker and hit.is_said):
            return False
        known += f" {around} {hit.speaker} {hit.role}"
    return bool(quoting.places) and set(terms(without_quotations(quoting.text))) <= set(terms(known))


def credit_speaker(claim: Claim, ground: Evidence) -> Claim:
    """Append `according to X` to a claim whose whole support is quotes of X and that names no speaker."""
    said = set(content_terms(claim.text))
    sayers = [_sayer(said, ground.quotes(article), span) for article, span in claim.support]
    names = {_in_sentence(one) if one else "" for one in sayers}
    name = names.pop() if len(names) == 1 else ""
    if not content_terms(name) or set(content_terms(name)) & said or any(map(_reports, _quotes_in(claim.text))):
        return claim
    return replace(claim, text=f"{_END.sub('', claim.text)}, according to {name}.", speaker=name)


def _sources(quoting: QuoteCheck, ground: Evidence) -> Iterator[tuple[Quote | None, str]]:
    """The article's quote at each quotation of a sentence, and the sentences around it."""
    for place in quoting.places:
        text, hit = ground.passages[place.passage].passage.text, ground.quote_at(place)
        yield hit.quote if hit else None, " ".join(text[slice(*span)] for span in ground.sentences_at(place))


def _is_given_to(name: str, quote: Quote | None, around: str) -> bool:
    """Whether a name means the speaker of a quote; where that is nobody known or a body, whether it stands there."""
    if not find_names(f"then {name}"):
        return True  # `the mayor`
    for known in [quote] if quote and quote.speaker else _quotes_in(around):
        match = find_speaker(list_speakers([(known.speaker, known.is_person, 1, "")]), name) if known.speaker else None
        told = f"{known.speaker} {known.role} {'' if known.is_person else around}"
        if (match and match.speakers and not match.misspelt) or set(terms(name)) <= set(terms(told)):
            return True
    return False


def _quotes_in(text: str) -> list[Quote]:
    """The quotes of a text, with their speakers."""
    from retrieval.quotes.extraction import extract_quotes  # its network takes a moment to load

    return extract_quotes(text)


def _reports(quote: Quote) -> bool:
    return quote.is_speech and bool(quote.speaker)


def _sayer(said: set[str], quotes: Sequence[QuoteHit], span: Span) -> Quote | None:
    """The speech within a span of an article that holds most terms of a sentence; None where the article states it."""
    within = [hit.quote for hit in quotes if hit.quote.start < span[1] and span[0] < hit.quote.end]
    best = max(within, key=lambda quote: len(said & set(terms(quote.words))), default=None)
    is_speech = best is not None and best.is_said and len(said & set(terms(best.words))) >= MOSTLY * len(said)
    return best if is_speech else None


def _in_sentence(quote: Quote) -> str:
    """The speaker's name as it goes on in a sentence: `officials in Kyiv`."""
    first, _, rest = quote.speaker.partition(" ")
    is_name = quote.is_person or rest[:1].isupper() or (not rest and find_names(f"then {first}"))
    return quote.speaker if is_name and first != "The" else f"{first.lower()} {rest}".strip()
