"""A model's text, arriving in pieces, to whole sentences with the numbers of the passages they cite."""

import re
from dataclasses import dataclass

from bot.answering.generation.citation_markers import is_only_markers, may_become_marker, unmarked
from bot.answering.messages import DraftSentence
from retrieval.quotes.attribution.quotation_marks import is_closed, quotations
from retrieval.text.sentences import Span, sentence_spans

_BULLET = re.compile(r"[ \t]*(?:(?:[-*•–>]|\d{1,2}[.)])[ \t]+)+")
_HEADING = re.compile(r"[ \t]*(?:#{1,6}[ \t].*|(\*\*|__)[^*_]*[^*_.!?:”\"](?::?\1|\1:?)[ \t]*)\Z")
_SOURCES = re.compile(
    r"[\W_]*(?:sources?|references?|citations?|footnotes?|works cited|bibliography)[*_ \t]*(?::|[*_ \t]*\Z)",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"\s*\[\^?\d+\]:")
_EMPHASIS = re.compile(r"\*\*|__|`|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])")
_LINK = re.compile(r"!?\[([^\]\n\d][^\]\n]*)\]\(https?:[^)\s]*\)")
_MARKS_ALONE = re.compile(r"(?<=\S)\s*\n\s*([^\n]*)(?=\n)")
_OPEN_SINGLE = re.compile(r"(?<![\w’'])(?:‘(?=\S)(?:[^‘’]|’(?=\w))*|'(?=[\w\"])(?:[^']|(?<=\w)'(?=\w))*)\Z")
_BREAK = re.compile(r"[ \t]*\n[ \t]*\Z")
_ENDED = re.compile(r"[.!?…。！？:][^\w\s]*\s|\n")
LONGEST = 1_500  # characters of one sentence; what goes on for longer is cut off there


@dataclass(frozen=True, slots=True)
class ModelRefusal:
    """The draft says that the passages do not answer."""


class SentenceStream:
    """Cuts a draft into sentences as it comes; a sentence is handed on when no marker of it can follow any more.

    The text is looked at character by character, so that it does not matter in which pieces it comes.
    """

    def __init__(self) -> None:
        self._held = ""
        self._over = False  # the closing list of sources has begun

    def feed(self, text: str) -> list[DraftSentence]:
        """The sentences that became whole."""
        found: list[DraftSentence] = []
        for char in text:
            self._push(char)
            if char.isspace() and _ENDED.search(self._held):
                found += self._settled()
            if len(self._held) > LONGEST:
                found += self.end()
        return found

    def end(self) -> list[DraftSentence]:
        """What is left when nothing follows any more."""
        self._held += "\n"
        found = self._settled(final=True)
        self._held = ""
        return found

    def _push(self, char: str) -> None:
        if char == "\r" or self._over:
            return
        if self._held[-1:].isspace() and not char.isspace():
            wrapped = _BREAK.search(self._held)
            if wrapped and self._goes_on(char, wrapped.start()):
                self._held = f"{self._held[: wrapped.start()]} "
        self._held += char

    def _goes_on(self, char: str, end: int) -> bool:
        """Whether a line break is one that a sentence or a quotation runs over."""
        line = self._held[:end].rpartition("\n")[2]
        if not line or _HEADING.match(line) or char in '-*•–#>“"':
            return False
        return char.islower() or _is_open(line)

    def _settled(self, *, final: bool = False) -> list[DraftSentence]:
        found: list[DraftSentence] = []
        self._held = _MARKS_ALONE.sub(lambda line: f" {line[1]}" if is_only_markers(line[1]) else line[0], self._held)
        while self._held and not self._over:
            line, ended, after = self._held.lstrip().partition("\n")
            whole = bool(ended) and (final or not may_become_marker(after))
            taken, cut = _cut(line, whole=whole)
            if _SOURCES.match(line) and (ended or ":" in line):
                self._over, self._held = True, ""
            elif whole:
                found += taken
                self._held = after
            else:
                found += taken
                self._held = f"{line[cut:]}{ended}{after}" if cut else self._held
                break
        return found


def _cut(line: str, *, whole: bool) -> tuple[list[DraftSentence], int]:
    """The sentences of a line, without the last one unless the line is whole, and where the rest begins."""
    if _HEADING.match(line) or _FOOTNOTE.match(line):
        return [], 0
    bullet = _BULLET.match(line)
    shift = bullet.end() if bullet else 0
    marked = unmarked(line[shift:])
    spans = _spans(marked.text)
    ready = len(spans) if whole else _ready(marked.text, spans)
    written = [_written(marked.text, spans, at, marked.marks) for at in range(ready)]
    rest = marked.origin[spans[ready][0]] + shift if 0 < ready < len(spans) else 0
    return [sentence for sentence in written if any(char.isalnum() for char in sentence.text)], rest


def _spans(text: str) -> list[Span]:
    """Sentences; those that a quotation of any kind runs across are one."""
    held = quotations(text)
    spans: list[Span] = []
    for span in sentence_spans(text):
        if spans and any(start < span[0] < end for start, end in held):
            spans[-1] = spans[-1][0], span[1]
        else:
            spans.append(span)
    return spans


def _ready(text: str, spans: list[Span]) -> int:
    """How many sentences are over for sure: another one has begun, and not with what may become a marker."""
    ready = max(0, len(spans) - 1)
    while ready and (_is_open(text[: spans[ready][0]]) or may_become_marker(text[spans[ready][0] :])):
        ready -= 1
    return ready


def _is_open(text: str) -> bool:
    found = quotations(text)
    return bool(found and not is_closed(text, found[-1])) or bool(_OPEN_SINGLE.search(text))


def _written(text: str, spans: list[Span], at: int, marks: tuple[tuple[int, tuple[int, ...]], ...]) -> DraftSentence:
    start, end = spans[at]
    following = spans[at + 1][0] if at + 1 < len(spans) else len(text)
    first = 0 if at == 0 else start + 1
    mine = [number for place, numbers in marks if first <= place <= following for number in numbers]
    bare = _EMPHASIS.sub("", _LINK.sub(r"\1", text[start:end]))
    return DraftSentence(" ".join(bare.split()), tuple(dict.fromkeys(mine)))
