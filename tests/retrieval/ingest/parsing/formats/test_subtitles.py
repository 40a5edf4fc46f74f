"""Subtitles and transcripts: speakers before their words, times as headings, a citation that names the time."""

from pathlib import Path

import pytest

from bot.answering.citations import cite_article
from retrieval.documents import Article
from retrieval.index.indexer import segment
from retrieval.ingest.parsing.formats.reading import read_document
from tests.support.local_files import read_files

VTT = """WEBVTT - Council meeting

NOTE not for readers

00:00:01.000 --> 00:00:04.000
<v Ada Weiss>Good evening. We will

00:00:04.000 --> 00:00:09.000
<v Ada Weiss>close the pier in May.

00:01:10.500 --> 00:01:14.000
<v.loud Bo Lind>How much will that <i>cost</i>?

00:01:30.000 --> 00:01:33.000
<v Ada Weiss>Four million &amp; more.</v>
"""
SRT = """1
00:00:01,000 --> 00:00:04,000
ADA WEISS: Good evening. We will
close the pier in May.

2
00:00:09,000 --> 00:00:14,000
{\\an8}- How much will that <i>cost</i>?
- A lot.

3
01:01:30,000 --> 01:01:33,000
ADA WEISS: Four million. Note: it is a lot.
"""
ROLLING = """WEBVTT

00:00:01.000 --> 00:00:02.000
the pier will

00:00:02.000 --> 00:00:03.000
the pier will
be closed

00:00:03.000 --> 00:00:04.000
be closed
in May
"""


def paragraphs(kind: str, content: str) -> list[str]:
    (found,) = read_document(kind, content.encode())  # type: ignore[arg-type]
    return found.text.split("\n\n")


def test_speakers_stand_before_their_words_and_times_above() -> None:
    assert paragraphs("vtt", VTT) == [
        "0:00:01",
        "Ada Weiss: Good evening. We will close the pier in May.",
        "0:01:10",
        "Bo Lind: How much will that cost?",
        "0:01:30",
        "Ada Weiss: Four million & more.",
    ]


def test_labels_and_dashes_in_subtitles_begin_paragraphs() -> None:
    assert paragraphs("srt", SRT) == [
        "0:00:01",
        "ADA WEISS: Good evening. We will close the pier in May.",
        "How much will that cost?",
        "A lot.",
        "1:01:30",
        "ADA WEISS: Four million. Note: it is a lot.",
    ]


def test_a_line_that_rolls_up_counts_once() -> None:
    assert paragraphs("vtt", ROLLING) == ["0:00:01", "the pier will be closed in May"]


def test_a_long_speech_is_divided_where_a_sentence_ends_and_names_its_speaker_again() -> None:
    cues = "\n\n".join(
        f"00:{second // 60:02}:{second % 60:02}.000 --> 00:{second // 60:02}:{second % 60 + 9:02}.000\n"
        f"<v Ada Weiss>The pier is {second} seconds old."
        for second in range(0, 100, 10)
    )
    spoken = [part for part in paragraphs("vtt", f"WEBVTT\n\n{cues}") if "Weiss" in part]
    assert len(spoken) == 3 and all(part.startswith("Ada Weiss: The pier") for part in spoken)


def test_a_citation_of_a_transcript_names_the_time(tmp_path: Path) -> None:
    (tmp_path / "meeting.vtt").write_text(VTT)
    (found,) = read_files(tmp_path)
    assert isinstance(found, Article) and found.title == "Council meeting"
    start = found.text.index("Four million")
    assert cite_article(1, found, (start, start + 12)).title == "Council meeting, 0:01:30"


def test_answers_in_a_transcript_are_the_speaker_s_words_without_times(tmp_path: Path) -> None:
    (tmp_path / "meeting.vtt").write_text(VTT)
    (found,) = read_files(tmp_path)
    assert isinstance(found, Article)
    said = [quote.words for quote in segment(found).quotes if quote.speaker == "Ada Weiss"]
    assert said == ["Good evening. We will close the pier in May.", "Four million & more."]


@pytest.mark.parametrize("content", ["WEBVTT\n", "no times at all", "1\n00:00:01 -> x\nhello\n"])
def test_what_holds_no_subtitles_says_so(content: str) -> None:
    with pytest.raises(ValueError, match="holds no"):
        read_document("srt", content.encode())
