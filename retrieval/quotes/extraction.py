"""Extract the quotes of an article's text: what is said, by whom, and the exact spans of both."""

import re
from collections.abc import Mapping, Sequence

from retrieval.documents import Modality, Quote, QuoteKind
from retrieval.quotes.attribution.attribution import Attribution
from retrieval.quotes.attribution.attribution_spans import find_attributions
from retrieval.quotes.attribution.network import NetworkWeights, trained_weights
from retrieval.quotes.attribution.quotation_marks import quotation_spans
from retrieval.quotes.attribution.token_features import length_of_tokens, tokenize
from retrieval.quotes.modality.classifier import modalities
from retrieval.quotes.modality.cue_contexts import find_cue_contexts
from retrieval.quotes.modality.speech_detection import speech_chances
from retrieval.quotes.span_index import SpanIndex
from retrieval.quotes.speakers.mentions import find_mentions
from retrieval.quotes.speakers.resolution.coreference import ResolvedSpeaker, resolve_speakers
from retrieval.text.sentences import Span, sentence_spans

MAX_NAME_LENGTH = 120  # characters; a longer phrase is a clause rather than a name
# How much of a text is searched for quotes, so that no article costs more than some seconds: what follows becomes
# passages like everything else, without quotes. So many tokens are 450,000 characters of English, four times the
# longest of 6,000 news articles.
MAX_TOKENS, MAX_CHARACTERS = 100_000, 1_000_000
# Signs of a clause: a finite verb, `to` and a verb, a participle, a pronoun, `that`. A reported phrase of a few words
# without any is what somebody speaks of, `the rest`, not what they say.
_CLAUSE_SIGN = re.compile(
    r"\b(?:that|whether|if|how|why|what|who|am|is|are|was|were|be|been|being|has|have|had|do|does|did|will|would|shall|"
    r"should|can|cannot|could|may|might|must|i|you|he|she|it|we|they|there|to\s[a-z]+|not|[a-z]{2,}(?:ed|ing))\b|"
    r"\w[’'](?:s|re|ll|ve|d|t)\s(?!own\b)",
    re.IGNORECASE,
)
_MAX_PHRASE_WORDS = 6
_CLAUSE_BEFORE = re.compile(r"\b(?:said|says|say|saying|that)[,:]?\s$")
_TOPIC_BEFORE = re.compile(r"\b(?:about|for|of|on|to|with|against)\s$")
# The least probability that somebody communicated the words; chosen on `evals/speech`, precision first.
SPEECH_BARS: Mapping[QuoteKind, float] = {"direct": 0.7, "mixed": 0.75, "indirect": 0.85}
DENIAL_BAR = 0.3  # of words that were denied, asked or supposed, which nobody is credited with
_DIRECT_SHARE = 0.6  # of a quote in quotation marks makes it direct


def extract_quotes(
    text: str, within: Sequence[Span] | None = None, *, net: NetworkWeights | None = None
) -> list[Quote]:
    """The quotes of a text, in order; `within` limits them to those that begin in some spans, such as its passages.

    No quotes are looked for beyond MAX_TOKENS and MAX_CHARACTERS, nor after the first MAX_CUES of `find_attributions`.
    `net` are the weights of the quote network, by default those in the package.
    """
    text = text[:MAX_CHARACTERS]
    text = text[: length_of_tokens(text, MAX_TOKENS)]
    quotations, sentences = quotation_spans(text), sentence_spans(text)
    weights, tokens = net or trained_weights(), tokenize(text, quotations, sentences)
    attributions = find_attributions(weights, text, tokens, quotations)
    speakers = resolve_speakers(text, find_mentions(text, quotations, sentences), attributions)
    marked, passages = SpanIndex(quotations), SpanIndex(within or ())
    contexts = list(find_cue_contexts(weights["emb"], tokens, attributions))
    said = modalities(text, tokens, attributions, contexts)
    chances = speech_chances(text, attributions, contexts)
    found = zip(attributions, speakers, said, chances, strict=True)
    quotes = [_quote(text, *one, marked) for one in found]
    kept = [quote for quote in quotes if within is None or passages.holds(quote.start)]
    return sorted(kept, key=lambda quote: (quote.start, quote.end))


def _is_statement(text: str, item: Attribution) -> bool:
    """Whether reported words may be a clause; a short phrase, or one after `about`, is what somebody speaks of.

    What stands before its cue or right after `said` or `that` is a clause whatever its words: `Prices rose, she said`.
    """
    start = item.content[0][0]
    words = " ".join(text[slice(*span)] for span in item.content)
    if _CLAUSE_SIGN.search(words) or _CLAUSE_BEFORE.search(text, max(0, start - 10), start):
        return True
    precedes_cue = item.cue is not None and item.cue[0] > start
    is_topic = _TOPIC_BEFORE.search(text, max(0, start - 10), start)
    return precedes_cue or (len(words.split()) > _MAX_PHRASE_WORDS and not is_topic)


def _quote(
    text: str, item: Attribution, speaker: ResolvedSpeaker, modality: Modality, chance: float, quotations: SpanIndex
) -> Quote:
    kind: QuoteKind = "direct" if item.is_verbatim else _kind(item.content, quotations)
    name = speaker.name if len(speaker.name) <= MAX_NAME_LENGTH else ""
    is_speech = chance >= (SPEECH_BARS[kind] if modality == "said" else DENIAL_BAR)
    if kind == "indirect" and modality == "said":
        is_speech = is_speech and _is_statement(text, item)
    return Quote(
        speaker=name,
        role=speaker.role,
        is_person=speaker.is_person,
        kind=kind,
        words=" … ".join(re.sub(r"\s+", " ", text[start:end]) for start, end in item.content),
        spans=item.content,
        source=item.source,
        cue=item.cue,
        is_speech=is_speech,
        modality=modality if is_speech else "said",
    )


def _kind(content: Sequence[Span], quotations: SpanIndex) -> QuoteKind:
    """Direct where the content begins with a quotation and is mostly quotation, mixed where some of it is."""
    length = sum(end - start for start, end in content)
    quoted = sum(
        min(span[1], close) - max(span[0], begin) for span in content for begin, close in quotations.between(span)
    )
    if not quoted:
        return "indirect"
    return "direct" if quotations.holds(content[0][0]) and quoted >= _DIRECT_SHARE * length else "mixed"
