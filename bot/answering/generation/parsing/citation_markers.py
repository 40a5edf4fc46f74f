"""Find and remove citation markers as models write them.

Forms: [1], [1, 2], [1-3], 【1†source】, [^1], [Source 1], ¹², (1) at the end of a sentence, and [2.3] for the third
sentence of the second passage, [2.3, 2.5], [2.3-2.5].
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_RANGE = 20  # [1-40] is no citation of forty passages
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_NAMED = r"(?:(?:source|passage|article|document|doc|ref|citation|cite)s?\.?:?\s*)?(?:no\.\s*|#|\^)?"
_JOINED = r"\s*(?:[,;&–—-]|and)\s*"
_LIST = rf"{_NAMED}\d{{1,2}}(?:{_JOINED}{_NAMED}\d{{1,2}})*"
_PLACE = r"\d{1,2}(?:\.\d{1,2})?"
_PLACES = rf"{_NAMED}{_PLACE}(?:{_JOINED}{_NAMED}{_PLACE})*"
_BRACKETED = rf"\[{_PLACES}\](?:\((?:https?:|#)[^)\s]*\))?|【{_PLACES}(?:[†:][^】\n]{{0,40}})?】"
_ROUND = rf"\({_LIST}\)(?=\s*(?:[.!?;]|\n|$))|(?<=[.!?”\"])\s?\({_LIST}\)"
_RAISED = r"(?<![\Wkcm]m)(?<=[^\W\d_])[⁰¹²³⁴⁵⁶⁷⁸⁹]+|(?<=[.!?,;:”\"’)])[⁰¹²³⁴⁵⁶⁷⁸⁹]+"
_ONE = rf"(?:\((?:see |sources?:? |cf\. ?)?(?:{_BRACKETED})\)|{_BRACKETED}|{_ROUND}|{_RAISED})"
_LED = r"(?:(?:according to|as (?:reported|stated|noted|described|seen) (?:in|by)|per)\s+)"
_BETWEEN = r"[ \t]*(?:,|;|&|and\b)?[ \t]*"
MARKERS = re.compile(rf"(?P<led>{_LED})?(?P<marks>{_ONE}(?:{_BETWEEN}{_ONE})*)(?P<comma>(?(led),?))", re.IGNORECASE)
_PART = re.compile(r"(?<![:\d.])(\d+)(?:\.(\d+))?(?:\s*[–—-]\s*\D*?(\d+)(?:\.(\d+))?)?")
_ONLY = re.compile(rf"\s*(?:{_ONE}{_BETWEEN})+\s*\Z", re.IGNORECASE)
_UNFINISHED = re.compile(rf"\s*(?:{_ONE}{_BETWEEN})*(?:[\[(【][^\])】\n]{{0,40}})?\Z", re.IGNORECASE)


Place = tuple[int, int]
"""The numbers of a passage and of a sentence of it, which is 0 where the whole passage is cited."""


@dataclass(frozen=True, slots=True)
class UnmarkedText:
    """A text without its citation markers.

    `marks` holds the offset in `text` and the places of each run of markers; `origin` holds the offset in the marked
    text of each character, and of the end.
    """

    text: str
    marks: tuple[tuple[int, tuple[Place, ...]], ...]
    origin: tuple[int, ...]


def strip_markers(text: str) -> UnmarkedText:
    """Remove the citation markers, and the white space before each."""
    kept: list[int] = []
    marks: list[tuple[int, tuple[Place, ...]]] = []
    at = 0
    for match in MARKERS.finditer(text):
        before = len(text[at : match.start()].rstrip(" \t"))
        kept.extend(range(at, at + before))
        marks.append((len(kept), tuple(marked_places(match["marks"]))))
        at = match.end()
        follows = text[at : at + 1]
        if kept and follows and (follows.isalnum() or follows in "“\"‘'("):
            kept.append(-at)
    kept.extend(range(at, len(text)))
    characters = "".join(" " if place < 0 else text[place] for place in kept)
    return UnmarkedText(characters, tuple(marks), (*map(abs, kept), len(text)))


def marked_places(marks: str) -> Iterator[Place]:
    """Yield the places of a run of markers, ranges expanded."""
    bare = re.sub(r"\]\([^)]*\)|[†:][^】]*】", "]", marks).translate(_SUPERSCRIPTS)
    raised = re.fullmatch(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]+", marks)
    if raised:
        yield from ((int(digit), 0) for digit in bare)  # ¹² are two passages
        return
    for found in _PART.findall(bare):
        passage, sentence, last, last_sentence = (int(number or 0) for number in found)
        if not sentence:
            yield from ((number, 0) for number in _range(passage, last))
        elif last_sentence and last != passage:
            yield from ((passage, sentence), (last, last_sentence))
        else:
            yield from ((passage, number) for number in _range(sentence, last_sentence or last))


def _range(first: int, last: int) -> Iterable[int]:
    """From the first to the last number; the first alone where there is no last, both where they make no range."""
    last = last or first
    return range(first, last + 1) if 0 <= last - first < MAX_RANGE else (first, last)


def is_only_markers(text: str) -> bool:
    """Whether a text is nothing but markers."""
    return bool(_ONLY.match(text))


def may_become_marker(text: str) -> bool:
    """Whether the beginning of a text may become nothing but markers once the rest follows."""
    return bool(_UNFINISHED.match(text))
