"""Split a text into sentences or windows as character spans; quotations are never split."""

import re
from collections.abc import Iterator
from itertools import chain

Span = tuple[int, int]

# A quotation that is still open after this many characters probably lacks its closing mark.
MAX_QUOTATION_CHARACTERS = 700

PARAGRAPH_BREAK = re.compile(r"\n\s*\n")
NEIGHBOUR_DISTANCE = 2  # characters at most between neighbouring sentences, be they of two paragraphs

_NO_QUOTATION = (-1, -1)
_QUOTATION_MARK = re.compile(r"[“”\"„«»「」『』]|\n\s*\n")
# The marks that close a quotation, by the one that opens it. In English either closes; „…“ is German, »…« German too.
_CLOSING_MARKS = {"“": '”"', '"': '”"', "„": "“”", "«": "»", "»": "«", "「": "」", "『": "』"}
_ENGLISH_MARKS = '“"'
# Full stops of Chinese and Japanese have no space after them; those of Arabic, Urdu and Hindi do.
_BOUNDARY = re.compile(
    r"""(?<![.!?…])[.!?…؟۔।]+['"’”“»«)\]]*(?:[ \u00a0\u202f]»)?(?=\s)|"""
    r"""[。！？｡]+[」』”’）】》]*|\n\s*\n|\n(?=\s*[-•*–]\s)"""
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[“\"'‘—–-])(?:mrs?|ms|mx|dr|prof|sens?|reps?|govs?|gen|lt|col|sgt|capt|cmdr|adm|maj|cpl|pvt|pres|"
    r"st|mt|ft|vs|no|nos|inc|corp|co|ltd|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|rev|hon|messrs|"
    r"fig|figs|al|cf|e\.g|i\.e|approx|dept|est|ave|blvd|[a-z])\.$",
    re.IGNORECASE,
)
_ACRONYM = re.compile(r"(?:\b[A-Za-z]\.){2,}$")
_SENTENCE_STARTER = re.compile(
    r"(?:The|He|She|It|They|We|I|You|In|On|At|But|And|A|An|This|That|These|Those|If|When|While|After|Before|"
    r"As|For|His|Her|Its|Their|There|What|Who|Why|How|Some|Many|So|Yet|Since|[“\"])\b"
)

_LEANING = re.compile(
    r"[“\"'‘]?(?:he|she|it|they|his|her|its|their|this|that|these|those|such|but|and|so|then|also|however|meanwhile|"
    r"instead|the (?:former|latter))\b",
    re.IGNORECASE,
)


def leans_on_another(sentence: str) -> bool:
    """Whether an English sentence goes on from the one before it: it begins with a pronoun or a conjunction."""
    return bool(_LEANING.match(sentence))


def characters_between(one: Span, other: Span) -> int:
    """How many characters lie between two spans, negative where they overlap."""
    return max(one[0] - other[1], other[0] - one[1])


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Split `text[start:end]` into sentence spans without surrounding white space, in order."""
    return list(iterate_sentences(text, start, end))


def iterate_sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Yield the same spans one by one: a list of millions takes more memory than a gigantic text itself."""
    stop = len(text) if end is None else end
    begin = start
    for boundary in chain(_boundaries(text, start, stop), [stop]):
        span = trimmed(text, begin, boundary)
        if span[0] < span[1]:
            yield span
        begin = boundary


def _boundaries(text: str, start: int, stop: int) -> Iterator[int]:
    """The end of each sentence, paragraph or list item outside quotations."""
    quotations = _quotation_spans(text, start, stop)
    quotation = next(quotations, _NO_QUOTATION)
    for match in _BOUNDARY.finditer(text, start, stop):
        if match.group().isspace() or match.group().startswith("\n"):
            yield match.end()
            continue
        while quotation is not _NO_QUOTATION and quotation[1] <= match.start():
            quotation = next(quotations, _NO_QUOTATION)
        inside = quotation[0] < match.start() and match.end() < quotation[1]
        if not inside and _ends_sentence(text, match, stop):
            yield match.end()


def _ends_sentence(text: str, match: re.Match[str], stop: int) -> bool:
    rest = text[match.end() : min(stop, match.end() + 40)].lstrip()
    if not rest or rest[0].islower():
        return False
    if match.group()[0] != "." or match.group().startswith(".."):
        return True
    before = text[max(0, match.start() - 12) : match.start() + 1]
    if before[-3:-2] == "." and _ACRONYM.search(before):
        return bool(_SENTENCE_STARTER.match(rest))
    return not _ABBREVIATION.search(before)


def _quotation_spans(text: str, start: int, stop: int) -> Iterator[Span]:
    """Spans from an opening double quotation mark to its closing one, within one paragraph."""
    opened, closing = None, ""
    for match in _QUOTATION_MARK.finditer(text, start, stop):
        at, mark = match.start(), match.group()
        if opened is not None and at - opened > MAX_QUOTATION_CHARACTERS:
            opened = None
        if mark.isspace():
            opened = None
        elif opened is not None and mark in closing:
            yield opened, at + 1
            opened = None
        elif mark in _CLOSING_MARKS and (opened is None or (mark == "“" and text[opened] in _ENGLISH_MARKS)):
            opened, closing = at, _CLOSING_MARKS[mark]


def trimmed(text: str, begin: int, end: int) -> Span:
    """The span without surrounding white space, which may be empty."""
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    return begin, end


def text_windows(text: str, size: int, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Windows of at most `size` characters, in order, each cut before the last white space that leaves it whole words.

    What is done with windows of a long text takes no more memory the longer it is.

    A word longer than a window is cut within. There is always one window, which may be empty.
    """
    stop = len(text) if end is None else end
    while stop - start > size:
        cut = max(text.rfind(" ", start + 1, start + size), text.rfind("\n", start + 1, start + size))
        cut = cut if cut > 0 else start + size
        yield start, cut
        start = cut
    yield start, stop
