"""Whose words they are as the page tells: signed quotations, and those that run on over paragraphs."""

import re
from collections.abc import Iterator, Sequence

from retrieval.quotes.attribution.attribution import Attribution
from retrieval.quotes.attribution.quotation_marks import is_closed
from retrieval.text.sentences import Span

SHORTEST_SPEECH = 5  # words; a quotation of fewer that nobody was found for may be a title
_DASH = re.compile(r"\s*[―—–]\s*|\s*--?\s+(?=[A-Z])")
_SIGNATURE = re.compile(r"[A-ZÀ-Þ][\w’'.-]*(?:[ \xa0]+[\w’'.-]+){0,4}?(?:,[^\n]{1,60}?)?(?=\.?\s*(?:\n|\Z))")


def chain_starts(text: str, marked: Sequence[Span]) -> dict[int, int]:
    """For each quotation the first of those it goes on from: a paragraph opens with a mark, the last one left open."""
    first: dict[int, int] = {}
    for at, span in enumerate(marked, start=1):
        before = marked[at - 2] if at > 1 else None
        open_before = before and not is_closed(text, before) and text[before[1] : span[0]].isspace()
        first[at] = first[at - 1] if open_before else at
    return first


def signed_quotations(text: str, marked: Sequence[Span]) -> dict[int, Attribution]:
    """Quotations with a name set below or after them, by their numbers: `“…” ― Name` at the end of a line."""
    found: dict[int, Attribution] = {}
    for number, quotation in enumerate(marked, start=1):
        dash = _DASH.match(text, quotation[1])
        name = _SIGNATURE.match(text, dash.end()) if dash else None
        if dash and name:
            sign = re.search(r"\S+", dash.group())
            cue = (dash.start() + sign.start(), dash.start() + sign.end()) if sign else dash.span()
            found[number] = Attribution(name.span(), cue, (quotation,))
    return found


def continued_quotations(text: str, found: Sequence[Attribution], marked: Sequence[Span]) -> Iterator[Attribution]:
    """Quotations nobody was found for that go on from somebody's in the paragraph before."""
    said = sorted(((span, item) for item in found for span in item.content), key=lambda pair: pair[0])
    for quotation in marked:
        if any(start < quotation[1] and quotation[0] < end for (start, end), _ in said):
            continue
        if _is_speech(text, quotation) and (before := _goes_on(text, quotation, said)):
            yield Attribution(before.source, None, (quotation,))


def _is_speech(text: str, quotation: Span) -> bool:
    words = text[slice(*quotation)].strip("“”\"'‘’ ")
    return words.count(" ") + 1 >= SHORTEST_SPEECH and words[:1].isupper()


def _goes_on(text: str, quotation: Span, said: Sequence[tuple[Span, Attribution]]) -> Attribution | None:
    """Whose quotation ends right before this one, which stands alone in its paragraph or goes on in the same."""
    earlier = [(span, item) for span, item in said if span[1] <= quotation[0]]
    if not earlier:
        return None
    span, item = earlier[-1]
    between = text[span[1] : quotation[0]]
    is_quoted = text[span[1] - 1] in "”\"'’»"
    alone = "\n" not in text[slice(*quotation)] and text[quotation[1] : quotation[1] + 1] in ("", "\n")
    return item if is_quoted and alone and between.strip() == "" else None
