"""What a model writes is split in time that grows with its length, whatever it writes."""

from collections.abc import Callable

import pytest

from bot.answering.generation.parsing.json_stream import JsonSentenceStream
from bot.answering.generation.parsing.sentence_stream import SentenceStream
from tests.support.cpu_growth import MAX_GROWTH, cpu_growth, cpu_seconds
from tests.support.text_shapes import TEXT_SHAPES

SIZE = 4_000  # characters; a draft has twice as many at most
MAX_SECONDS = 1.0  # of processor time for the longest draft

DRAFTS = {
    "initials": "I. ",
    "small letters": "a. b ",
    "short sentences": "Go. No! ",
    "open quotation": "“I. We go. ",
    "open single quotation": "‘I go. ",
    "markers": "A [1]. ",
    "open brackets": "[1 ",
    "wrapped lines": "a\nb ",
    "wrapped quotation": "“A\n",
    "bullets": "- a\n",
    "titles": "Mr. Mrs. ",
    "fences": "`",
    "items": '{"passage": 1, "text": "I. Go."},',
    "open items": '{"',
    "braces": "}",
}


def split(draft: str) -> None:
    stream = SentenceStream()
    stream.feed(draft)
    stream.end()


def parse(draft: str) -> None:
    for opening in ("", '{"found": true, "sentences": ['):
        stream = JsonSentenceStream()
        stream.feed(opening + draft)
        stream.end()


@pytest.mark.parametrize("step", [split, parse])
@pytest.mark.parametrize("shape", DRAFTS)
def test_the_cost_of_a_draft_grows_with_its_length(shape: str, step: Callable[[str], None]) -> None:
    unit = DRAFTS[shape]
    assert cpu_growth(step, lambda size: (unit * size)[:size], SIZE) <= MAX_GROWTH


@pytest.mark.parametrize("shape", TEXT_SHAPES)
def test_a_draft_of_any_shape_is_split_in_time(shape: str) -> None:
    draft = TEXT_SHAPES[shape](2 * SIZE)
    assert cpu_seconds(lambda: split(draft)) < MAX_SECONDS
