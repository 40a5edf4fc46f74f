"""Attribute quotations by their layout: those signed with a name, and those that continue over paragraphs."""

import re
from collections.abc import Iterator, Sequence

from retrieval.quotes.attribution.attribution import Attribution
from retrieval.quotes.attribution.quotation_marks import is_closed
from retrieval.quotes.span_index import SpanIndex
from retrieval.quotes.word_lists import word_list
from retrieval.text.sentences import Span

MIN_SPEECH_WORDS = 5  # a shorter quotation without an attribution may be a title
_DASH = re.compile(r"\s*[―—–]\s*|\s*--?\s+(?=[A-Z])")
_BELOW_PROSE = re.compile(
    r"\w[.!?][ \xa0]*\n{0,2}[―—–-]{1,2}[ \xa0]?[A-ZÀ-Þ][\w’'.-]+[ \xa0][A-ZÀ-Þ][^\n.!?]{1,60}(?:\n|\Z)"
)
_SIGNATURE = re.compile(r"[A-ZÀ-Þ][\w’'.-]*(?:[ \xa0]+[\w’'.-]+){0,4}?(?:,[^\n]{1,60}?)?(?=\.?\s*(?:\n|\Z))")


def chain_starts(text: str, quotations: Sequence[Span]) -> dict[int, int]:
    """For each quotation the first of the chain it continues, itself for most; numbered from 1.

    A quotation continues the one before where a paragraph opens with a mark and the one before left its own open.
    """
    first: dict[int, int] = {}
    for number, span in enumerate(quotations, start=1):
        before = quotations[number - 2] if number > 1 else None
        is_continued = before and not is_closed(text, before) and text[before[1] : span[0]].isspace()
        first[number] = first[number - 1] if is_continued else number
    return first


def signed_quotations(text: str, quotations: Sequence[Span]) -> dict[int, Attribution]:
    """Quotations with a name set after or below them (`“…” ― Name` at the end of a line), by their numbers."""
    found: dict[int, Attribution] = {}
    for number, quotation in enumerate(quotations, start=1):
        dash = _DASH.match(text, quotation[1])
        name = _SIGNATURE.match(text, dash.end()) if dash else None
        if dash and name:
            mark = re.search(r"\S+", dash.group())
            cue = (dash.start() + mark.start(), dash.start() + mark.end()) if mark else dash.span()
            found[number] = Attribution(name.span(), cue, (quotation,))
    return found


def is_no_speech(text: str, item: Attribution) -> bool:
    """Whether a dash for a cue gives nobody words: it stands beside a title, or before the name of who wrote the text.

    A name is the writer's where it is followed by an outlet, or where one is set below prose as well.
    """
    if not item.source or not item.cue or text[slice(*item.cue)].strip("―—–- "):
        return False
    words = sum(text.count(" ", *span) + 1 for span in item.content)
    _, _, after = text[slice(*item.source)].partition(", ")
    has_role = any(word.casefold() in word_list("roles") for word in after.split())
    is_outlet = bool(after) and all(word[0].isupper() for word in after.split()) and not has_role
    return words < MIN_SPEECH_WORDS or is_outlet or bool(_BELOW_PROSE.search(text))


def continued_quotations(text: str, found: Sequence[Attribution], quotations: Sequence[Span]) -> Iterator[Attribution]:
    """Attributions of quotations that none of those found covers and that continue a quotation one of them covers."""
    covered = sorted(((span, item) for item in found for span in item.content), key=lambda pair: pair[0])
    spans = SpanIndex(span for span, _ in covered)
    for quotation in quotations:
        earlier = spans.count_before(quotation[0])
        if not earlier or spans.overlaps(quotation) or not _may_be_speech(text, quotation):
            continue
        span, item = covered[earlier - 1]
        if _is_continued(text, span, quotation):
            yield Attribution(item.source, None, (quotation,))


def _may_be_speech(text: str, quotation: Span) -> bool:
    words = text[slice(*quotation)].strip("“”\"'‘’ ")
    return words.count(" ") + 1 >= MIN_SPEECH_WORDS and words[:1].isupper()


def _is_continued(text: str, before: Span, quotation: Span) -> bool:
    """Whether a quotation follows the content right before and stands alone in its paragraph."""
    is_quoted = text[before[1] - 1] in "”\"'’»"
    is_alone = "\n" not in text[slice(*quotation)] and text[quotation[1] : quotation[1] + 1] in ("", "\n")
    return is_quoted and is_alone and text[before[1] : quotation[0]].strip() == ""
