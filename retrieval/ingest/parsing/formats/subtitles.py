"""Read subtitles and transcripts in WebVTT and SubRip: who speaks is named as in an interview, times are headings.

Cues become paragraphs: a change of speaker begins one, and so does the end of a sentence after some time. The heading
above a paragraph says when its first words are spoken (`0:04:10`), so that a citation can name the time.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from io import StringIO

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from retrieval.ingest.parsing.formats.detection import FileFormat
from retrieval.ingest.parsing.formats.parsed_document import ParsedDocument
from retrieval.ingest.parsing.markup.decoding import decode_file
from retrieval.ingest.parsing.markup.paragraphs import Paragraph, join_paragraphs

_PARAGRAPH_SECONDS = 40  # after which the end of a sentence ends a paragraph
_HEADING_SECONDS = 15  # between two headings at least
_MIN_LABELS = 2  # before the words of a speaker; what stands once before a colon may be anything
_VOICE = re.compile(r"<v(?:\.[\w.]+)*[ \t]+([^<>\n]{1,100})>")
_TAG = re.compile(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{1,60}\}")
_LABEL = re.compile(r"(?:>>\s*)?([^\W\d_][\w.’'-]{0,30}(?: [^\W\d_][\w.’'-]{0,30}){0,3}):\s+(?=\S)")
_NEW_SPEAKER = re.compile(r"[-–—]\s*(?=\S)|>>\s*")  # before the words of somebody who is not named
_SENTENCE_END = re.compile(r"[.!?…][\"'’”»)\]]*$")


@dataclass(frozen=True, slots=True)
class _Cue:
    """Words that are shown at once; `is_new` tells that another speaker begins, who may not be named."""

    seconds: int
    speaker: str
    words: str
    is_new: bool


def parse_subtitles(content: bytes, kind: FileFormat) -> ParsedDocument:
    """Parse subtitles. Raises ValueError with the reason when they cannot be read or have no text."""
    text = decode_file(content)
    try:
        captions = webvtt.from_buffer(StringIO(text), format=kind)
    except (MalformedFileError, MalformedCaptionError) as exc:
        raise ValueError("holds no subtitles that can be read: a time is missing or malformed") from exc
    labels = Counter(found[1] for line in text.splitlines() if (found := _LABEL.match(_TAG.sub("", line))))
    speakers = frozenset(name for name, count in labels.items() if count >= _MIN_LABELS)
    paragraphs = list(_paragraphs(_cues(captions.captions, speakers)))
    if not paragraphs:
        raise ValueError("holds no text")
    joined, headings = join_paragraphs(paragraphs)
    return ParsedDocument(text=joined, headings=headings, title=(captions.header_text or "").strip(" -–—\t"))


def _cues(captions: Iterable[webvtt.Caption], speakers: frozenset[str]) -> Iterator[_Cue]:
    """The words of all captions; lines that roll up, and so are shown twice, count once."""
    shown = list[str]()
    for caption in captions:
        lines = [line for line in caption.raw_text.splitlines() if _TAG.sub("", line).strip()]
        fresh = lines[_overlap(shown, lines) :]
        shown = lines
        speaker = ""
        for line in fresh:
            pieces = _VOICE.split(line)
            for at in range(0, len(pieces), 2):
                named = " ".join(unescape(pieces[at - 1]).split()) if at else speaker
                if words := " ".join(unescape(_TAG.sub("", pieces[at])).split()):
                    yield _cue(caption.start_in_seconds, named, words, speakers)
                speaker = named


def _overlap(shown: list[str], lines: list[str]) -> int:
    """How many lines at the start are the last ones that were shown."""
    return next((count for count in range(min(len(shown), len(lines)), 0, -1) if shown[-count:] == lines[:count]), 0)


def _cue(seconds: int, voice: str, words: str, speakers: frozenset[str]) -> _Cue:
    if voice:
        return _Cue(seconds, voice, words, True)
    if label := _LABEL.match(words):
        is_speaker = label[1] in speakers
        return _Cue(seconds, label[1] if is_speaker else "", words[label.end() :] if is_speaker else words, True)
    dash = _NEW_SPEAKER.match(words)
    return _Cue(seconds, "", words[dash.end() :] if dash else words, bool(dash))


def _paragraphs(cues: Iterable[_Cue]) -> Iterator[Paragraph]:
    """Paragraphs with the name of the speaker before the words, and headings with times."""
    speaker, words, begun, last_heading = "", list[str](), 0, -_HEADING_SECONDS
    for cue in (*cues, _Cue(0, "", "", True)):
        changes = cue.is_new and (cue.speaker != speaker or not cue.speaker)
        is_long = cue.seconds - begun >= _PARAGRAPH_SECONDS and bool(words) and bool(_SENTENCE_END.search(words[-1]))
        if words and (changes or is_long):
            if begun - last_heading >= _HEADING_SECONDS:
                yield _timecode(begun), True
                last_heading = begun
            yield f"{speaker}: {' '.join(words)}" if speaker else " ".join(words), False
            words = []
        if cue.is_new:
            speaker = cue.speaker
        if not words:
            begun = cue.seconds
        words.append(cue.words)


def _timecode(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
