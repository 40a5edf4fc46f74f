"""Split a model's text that comes in pieces into sentences with the numbers of the passages they cite."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.generation.parsing.citation_markers import Place, is_only_markers, may_become_marker, strip_markers
from bot.answering.generation.parsing.phrases import is_bridge, without_opening
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
_OTHER_END = re.compile(r"[。！？؟।][^\w\s]*\Z")  # that `sentence_spans` does not know
_NEXT_SENTENCE = "The rest."
_NUMBER = re.compile(r"\d[.,]?\Z")  # the rest of a figure may be missing
MAX_LEAD_LENGTH = 12  # characters of a sentence that only says yes or no
MAX_SENTENCE_LENGTH = 1_500  # characters; a longer sentence is dropped
# After so many splits of a text that completed no sentence, the next ones wait until it has grown by a share: a text of
# nothing but abbreviations would otherwise be split anew at each of its words.
EAGER_SPLITS, PATIENCE = 40, 1.125


@dataclass(frozen=True, slots=True)
class ModelRefusal:
    """The model's statement that the passages do not answer."""


class SentenceStream:
    """Splits a draft into sentences as it comes; a sentence is returned once no citation marker of it can follow.

    Characters are processed one by one, so that the result does not depend on the pieces.
    """

    def __init__(self) -> None:
        self._has_dropped_end = self._in_long_sentence = False  # the latter: its beginning was dropped
        self._in_sources = False  # the closing list of sources has begun
        self._replace_buffer("")

    def feed(self, text: str) -> list[DraftSentence]:
        """Return the sentences that this piece completes."""
        found: list[DraftSentence] = []
        for char in text:
            self._append(char)
            if char.isspace() and len(self._buffer) >= self._next_split and self._has_sentence_end():
                found += self._split()
            if len(self._buffer) > MAX_SENTENCE_LENGTH:
                found += self.end(is_cut=True)
                self._in_long_sentence |= self._has_dropped_end
        return found

    def end(self, *, is_cut: bool = False) -> list[DraftSentence]:
        """Return the sentences that are left, now that nothing follows; `is_cut`: the model was stopped, not done.

        Of a draft that was cut, a last sentence that may be unfinished is left out.
        """
        is_number_open = bool(_NUMBER.search(self._buffer))
        self._buffer += "\n"
        found = self._take_complete(final=True)
        self._replace_buffer("")
        self._has_dropped_end = is_cut and bool(found) and (is_number_open or not is_finished(found[-1].text))
        if self._has_dropped_end:
            found.pop()
        return self._without_rest(found)

    def _without_rest(self, found: list[DraftSentence]) -> list[DraftSentence]:
        """Drop the rest of a sentence whose beginning was too long."""
        if not found or not self._in_long_sentence:
            return found
        self._in_long_sentence = False
        return found[1:]

    def _replace_buffer(self, text: str) -> None:
        self._buffer = text
        self._searched = 0  # the characters in which no sentence ends
        self._splits = self._next_split = 0  # in vain so far; the length from which the next one may be in time

    def _has_sentence_end(self) -> bool:
        """Whether a sentence may end in the buffer; what was searched before is not searched again."""
        if _ENDED.search(self._buffer, self._searched):
            return True
        self._searched = len(self._buffer)
        return False

    def _split(self) -> list[DraftSentence]:
        """Take the complete sentences off the buffer, and say when to try again where there are none."""
        length = len(self._buffer)
        found = self._take_complete()
        if len(self._buffer) != length:
            self._replace_buffer(self._buffer)
        else:
            self._splits += 1
            self._next_split = round(length * PATIENCE) if self._splits > EAGER_SPLITS else 0
        return self._without_rest(found)

    def _append(self, char: str) -> None:
        """Append a character to the buffer, joining lines that one sentence runs over."""
        if char == "\r" or self._in_sources:
            return
        if self._buffer[-1:].isspace() and not char.isspace():
            wrapped = _BREAK.search(self._buffer, len(self._buffer.rstrip()))
            if wrapped and self._continues_line(char, wrapped.start()):
                self._buffer, self._searched = f"{self._buffer[: wrapped.start()]} ", 0
        self._buffer += char

    def _continues_line(self, char: str, end: int) -> bool:
        """Whether a sentence or a quotation runs over the line break at `end`, which `char` follows."""
        line = self._buffer[:end].rpartition("\n")[2]
        if not line or _HEADING.match(line) or char in '-*•–#>“"':
            return False
        return char.islower() or _open_quotation(line) >= 0

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


class LeadJoiner:
    """Joins a sentence of one word, such as `Yes.`, to the one that follows; alone it says nothing and is left out."""

    def __init__(self) -> None:
        self._lead: list[DraftSentence] = []

    def join(self, sentences: Sequence[DraftSentence | ModelRefusal]) -> list[DraftSentence | ModelRefusal]:
        """Return the sentences that are whole now."""
        found = list[DraftSentence | ModelRefusal]()
        for one in sentences:
            if isinstance(one, ModelRefusal):
                found.append(one)
                continue
            lead, self._lead = self._lead, []
            joined = _joined(lead[0], one) if lead else one
            if " " in joined.text or len(joined.text) > MAX_LEAD_LENGTH:
                found.append(joined)
            else:
                self._lead.append(joined)
        return found


def _joined(one: DraftSentence, other: DraftSentence) -> DraftSentence:
    numbers, places = dict.fromkeys((*one.numbers, *other.numbers)), dict.fromkeys((*one.places, *other.places))
    return DraftSentence(f"{one.text} {other.text}", tuple(numbers), tuple(places))


def is_finished(sentence: str) -> bool:
    """Whether a sentence has its end: a mark that ends one, which is no abbreviation's, and no quotation left open."""
    with_next = f"{sentence} {_NEXT_SENTENCE}"
    has_end = _OTHER_END.search(sentence) or len(sentence_spans(with_next)) > len(sentence_spans(sentence))
    return bool(has_end) and _open_quotation(sentence) < 0


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
    return [sentence for sentence in drafted if not is_bridge(sentence.text)], rest


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
    starts = [start for start, _ in spans]
    ready = max(0, len(spans) - 1)
    while ready:
        opened = _open_quotation(text[: starts[ready]])
        if opened >= 0:  # whatever begins after its mark is inside of it
            ready = bisect_right(starts, opened) - 1
        elif may_become_marker(text[starts[ready] :]):
            ready -= 1
        else:
            break
    return max(0, ready)


def _open_quotation(text: str) -> int:
    """The offset of the mark of a quotation that is open at the end of a text, -1 where none is."""
    found = quotation_spans(text)
    if found and not is_closed(text, found[-1]):
        return found[-1][0]
    single = _OPEN_SINGLE.search(text)
    return single.start() if single else -1


def _draft_sentence(
    text: str, spans: list[Span], at: int, marks: tuple[tuple[int, tuple[Place, ...]], ...]
) -> DraftSentence:
    start, end = spans[at]
    following = spans[at + 1][0] if at + 1 < len(spans) else len(text)
    first = 0 if at == 0 else start + 1
    own = dict.fromkeys(place for at, places in marks if first <= at <= following for place in places)
    bare = _EMPHASIS.sub("", _LINK.sub(r"\1", text[start:end]))
    numbers = tuple(dict.fromkeys(passage for passage, _ in own))
    return DraftSentence(without_opening(" ".join(bare.split())), numbers, tuple(place for place in own if place[1]))
