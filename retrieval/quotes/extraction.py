"""Extract the quotes of an article's text: what is said, by whom, and the exact spans of both."""

import re
from collections.abc import Sequence
from functools import cache

from retrieval.documents import Modality, Quote, QuoteKind
from retrieval.quotes.attribution.attribution import Attribution
from retrieval.quotes.attribution.attribution_spans import find_attributions
from retrieval.quotes.attribution.network import NetworkWeights, trained_weights
from retrieval.quotes.attribution.quotation_marks import quotation_spans
from retrieval.quotes.attribution.token_features import length_of_tokens, tokenize
from retrieval.quotes.modality.classifier import modalities
from retrieval.quotes.span_index import SpanIndex
from retrieval.quotes.speakers.mentions import find_mentions
from retrieval.quotes.speakers.name_contexts import SPEECH_VERBS
from retrieval.quotes.speakers.resolution.coreference import ResolvedSpeaker, resolve_speakers
from retrieval.quotes.word_lists import word_list
from retrieval.text.sentences import Span, sentence_spans
from retrieval.text.terms import terms

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
# `was praised for`, `are accused`: whoever a passive verb is about heard it. What is quoted, is said by who is quoted.
_PASSIVE_STEM = r"\b(?:am|is|are|was|were|be|been|being)\s(?:(?:\w+ly|once|also|widely|often)\s)?(?!quoted|cited)\w+"
_PASSIVE_CUE = re.compile(rf"{_PASSIVE_STEM}(?:ed|en)\s(?:for|of|by)$")
_PASSIVE = re.compile(rf"{_PASSIVE_STEM}ed$")
_AFTER_PASSIVE = re.compile(r"\s(?:for|of|by)\s")
_RECEIVED = re.compile(r"\b(?:receiv|fac|draw|drew|attract)\w*\s[^.!?]*?\bfrom\b")  # `has received criticism from`
# Of the network, below which a cue of words that are no whole quotation reports a deed more often than words.
MIN_CERTAINTY = 0.85
_SAID = re.compile(rf"\b(?:say|{SPEECH_VERBS})\b")
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
    found = zip(attributions, speakers, modalities(weights, text, tokens, attributions), strict=True)
    quotes = [_quote(text, item, speaker, modality, marked) for item, speaker, modality in found]
    kept = [quote for quote in quotes if within is None or passages.holds(quote.start)]
    return sorted(kept, key=lambda quote: (quote.start, quote.end))


@cache
def _speech_cue_terms() -> frozenset[str]:
    return frozenset(terms(" ".join(word_list("cues"))))


def _is_speech_cue(text: str, item: Attribution) -> bool:
    """Whether the cue has a word that reports words or thoughts, or has no word at all, such as a colon."""
    cue_terms = terms(text[slice(*item.cue)]) if item.cue else []
    return not cue_terms or bool(_speech_cue_terms() & set(cue_terms))


def _is_passive(text: str, item: Attribution) -> bool:
    """Whether the cue says what others say of or to its subject: `was praised for`, `has received criticism from`."""
    if item.cue is None or item.source is None or item.cue[0] < item.source[0]:
        return False
    cue = text[slice(*item.cue)]
    if _PASSIVE_CUE.search(cue) or _RECEIVED.search(text, item.cue[0], item.cue[1] + len(" from")):
        return True
    return bool(_PASSIVE.search(cue) and _AFTER_PASSIVE.match(text, item.cue[1]))


def _is_certain(text: str, item: Attribution, speaker: ResolvedSpeaker) -> bool:
    """Whether a cue surely reports words: by the network, by `said` in it, or as the colon after a person's name."""
    cue = text[slice(*item.cue)] if item.cue else ""
    is_label = cue.endswith(":") and speaker.is_person
    return item.certainty >= MIN_CERTAINTY or is_label or bool(_SAID.search(cue))


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


def _quote(text: str, item: Attribution, speaker: ResolvedSpeaker, modality: Modality, quotations: SpanIndex) -> Quote:
    kind = "direct" if item.is_verbatim else _kind(item.content, quotations)
    name = speaker.name if len(speaker.name) <= MAX_NAME_LENGTH else ""
    is_speech = kind == "direct" or (_is_speech_cue(text, item) and not _is_passive(text, item))
    if kind != "direct" and modality == "said":
        is_statement = kind == "mixed" or _is_statement(text, item)
        is_speech = is_speech and _is_certain(text, item, speaker) and is_statement
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
