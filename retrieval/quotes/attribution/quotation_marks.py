"""Find the spans between quotation marks of all kinds: “…”, "…", ''…'', «…», ‘…’, '…'."""

import re
from collections.abc import Iterator

from retrieval.text.sentences import Span

OPENING_MARKS = "“\"‘'«"  # of quotations
_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?![^\S\n]*\n)[^\n]+)*")
_DOUBLE = re.compile(r"[“”„«»\"]|(?<!')''(?!')")
# Single marks are apostrophes far more often: a quotation in them is several words long and ends with punctuation,
# or stands in typographic marks.
_SINGLE = re.compile(
    r"(?<![\w’'])‘(?=\S)(?:[^‘’\n]|’(?=\w)){0,1500}?’(?!\w)|(?<![\w'])'(?=[\w\"])(?:[^'\n]|(?<=\w)'(?=\w)){18,1500}?[,.?!…]'(?![\w'])"
)
LONGEST_UNCLOSED = (
    2_000  # characters; an opening mark that is not closed within its paragraph is a slip in a longer one
)


def quotation_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Spans in quotation marks, the marks included, in order and without overlap; nested ones belong to the outer.

    A quotation that no mark closes ends with its paragraph, as in print when the next one opens with a mark again.
    """
    stop = len(text) if end is None else end
    found: list[Span] = []
    for paragraph in _PARAGRAPH.finditer(text, start, stop):
        doubles = list(_doubles(text, *paragraph.span()))
        at = paragraph.start()
        for begin, close in (*doubles, (paragraph.end(), paragraph.end())):
            found.extend(match.span() for match in _SINGLE.finditer(text, at, begin))
            found.append((begin, close))
            at = close
        found.pop()  # the empty span at the end of the paragraph
    return found


def is_closed(text: str, span: Span) -> bool:
    """Whether a closing mark ends the quotation."""
    return text[span[1] - 1] in "”\"'’»“" and span[1] - span[0] > 1


def _doubles(text: str, start: int, end: int) -> Iterator[Span]:
    """Outer spans in double marks within one paragraph."""
    opened, depth = -1, 0
    for match in _DOUBLE.finditer(text, start, end):
        begin, close = match.span()
        if opened < 0:
            if _opens(text, match, end):
                opened, depth = begin, 1
            continue
        depth += 1 if _nests(text, match, opened, end) else -1
        if depth == 0:
            yield opened, close
            opened = -1
    if opened >= 0 and end - opened <= LONGEST_UNCLOSED:
        yield opened, end


def _opens(text: str, match: re.Match[str], end: int) -> bool:
    """Whether a mark outside of any quotation opens one."""
    mark, before = match.group(), text[match.start() - 1 : match.start()]
    if match.end() >= end:
        return False
    if mark in "”»":  # a closing mark where a line begins is an opening one mistyped
        return before in ("", "\n") and text[match.end()].isalnum()
    if text[match.end()].isspace():
        return mark in "“„«" and (not before or before.isspace())
    return mark in "“„«" or not before.isalnum()


def _nests(text: str, match: re.Match[str], opened: int, end: int) -> bool:
    """Whether a mark inside a quotation opens another: an opening mark set as one, not a closing mark mistyped."""
    if match.group() not in "“„«" or match.end() >= end:
        return False
    return text[match.end()].isalnum() and not text[match.start() - 1].isalnum()
