"""Split a model's text that comes in pieces into sentences with the numbers of the passages they cite."""

import re
from dataclasses import dataclass

from bot.answering.generation.citation_markers import is_only_markers, may_become_marker, strip_markers
from bot.answering.messages import DraftSentence
from retrieval.quotes.attribution.quotation_marks import is_closed, quotation_spans
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
MAX_SENTENCE_LENGTH = 1_500  # characters; a longer sentence is cut off there


@dataclass(frozen=True, slots=True)
class ModelRefusal:
    """The model's statement that the passages do not answer."""


class SentenceStream:
    """Splits a draft into sentences as it comes; a sentence is returned once no citation marker of it can follow.

    Characters are processed one by one, so that the result does not depend on the pieces.
    """

    def __init__(self) -> None:
        self._buffer = ""
        self._in_sources = False  # the closing list of sources has begun

    def feed(self, text: str) -> list[DraftSentence]:
        """Return the sentences that this piece completes."""
        found: list[DraftSentence] = []
        for char in text:
            self._append(char)
            if char.isspace() and _ENDED.search(self._buffer):
                found += self._take_complete()
            if len(self._buffer) > MAX_SENTENCE_LENGTH:
                found += self.end()
        return found

    def end(self) -> list[DraftSentence]:
        """Return the sentences that are left, now that nothing follows."""
        self._buffer += "\n"
        found = self._take_complete(final=True)
        self._buffer = ""
        return found

    def _append(self, char: str) -> None:
        """Append a character to the buffer, joining lines that one sentence runs over."""
        if char == "\r" or self._in_sources:
            return
        if self._buffer[-1:].isspace() and not char.isspace():
            wrapped = _BREAK.search(self._buffer)
            if wrapped and self._continues_line(char, wrapped.start()):
                self._buffer = f"{self._buffer[: wrapped.start()]} "
        self._buffer += char

    def _continues_line(self, char: str, end: int) -> bool:
        """Whether a sentence or a quotation runs over the line break at `end`, which `char` follows."""
        line = self._buffer[:end].rpartition("\n")[2]
        if not line or _HEADING.match(line) or char in '-*•–#>“"':
            return False
        return char.islower() or _is_open(line)

    def _take_complete(self, *, final: bool = False) -> list[DraftSentence]:
        """Take the complete sentences off the buffer."""
        found: list[DraftSentence] = []
        self._buffer = _MARKS_ALONE.sub(
            lambda line: f" {line[1]}" if is_only_markers(line[1]) else line[0], self._buffer
        )
        while self._buffer and not self._in_sources:
            line, line_end, after = self._buffer.lstrip().partition("\n")
            whole = bool(line_end) and (final or not may_become_marker(after))
            sentences, cut = _split_line(line, whole=whole)
            if _SOURCES.match(line) and (line_end or ":" in line):
                self._in_sources, self._buffer = True, ""
            elif whole:
                found += sentences
                self._buffer = after
            else:
                found += sentences
                self._buffer = f"{line[cut:]}{line_end}{after}" if cut else self._buffer
                break
        return found


def _split_line(line: str, *, whole: bool) -> tuple[list[DraftSentence], int]:
    """Return the sentences of a line, the last one only if the line is whole, and the index where the rest begins."""
    if _HEADING.match(line) or _FOOTNOTE.match(line):
        return [], 0
    bullet = _BULLET.match(line)
    shift = bullet.end() if bullet else 0
    marked = strip_markers(line[shift:])
    spans = _sentence_spans(marked.text)
    ready = len(spans) if whole else _count_complete(marked.text, spans)
    drafted = [_draft_sentence(marked.text, spans, at, marked.marks) for at in range(ready)]
    rest = marked.origin[spans[ready][0]] + shift if 0 < ready < len(spans) else 0
    return [sentence for sentence in drafted if any(char.isalnum() for char in sentence.text)], rest


def _sentence_spans(text: str) -> list[Span]:
    """The spans of sentences; sentences that a quotation runs across are one."""
    quoted = quotation_spans(text)
    spans: list[Span] = []
    for span in sentence_spans(text):
        if spans and any(start < span[0] < end for start, end in quoted):
            spans[-1] = spans[-1][0], span[1]
        else:
            spans.append(span)
    return spans


def _count_complete(text: str, spans: list[Span]) -> int:
    """Count the sentences that are complete: another one has begun, and not with a possible marker."""
    ready = max(0, len(spans) - 1)
    while ready and (_is_open(text[: spans[ready][0]]) or may_become_marker(text[spans[ready][0] :])):
        ready -= 1
    return ready


def _is_open(text: str) -> bool:
    """Whether a quotation is open at the end of a text."""
    found = quotation_spans(text)
    return bool(found and not is_closed(text, found[-1])) or bool(_OPEN_SINGLE.search(text))


def _draft_sentence(
    text: str, spans: list[Span], at: int, marks: tuple[tuple[int, tuple[int, ...]], ...]
) -> DraftSentence:
    start, end = spans[at]
    following = spans[at + 1][0] if at + 1 < len(spans) else len(text)
    first = 0 if at == 0 else start + 1
    own = [number for place, numbers in marks if first <= place <= following for number in numbers]
    bare = _EMPHASIS.sub("", _LINK.sub(r"\1", text[start:end]))
    return DraftSentence(" ".join(bare.split()), tuple(dict.fromkeys(own)))
