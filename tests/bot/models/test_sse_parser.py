"""Event streams, however they are cut and whoever wrote them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.sse_parser import SseParser

STREAM = ': ping\r\n\r\nevent: message\r\nid: 1\r\ndata: {"a":"é\u2028ü"}\r\n\r\ndata:[DONE]\r\n\r\n'.encode()
DATA = ['{"a":"é\u2028ü"}'.encode(), b"[DONE]"]


def fed(*parts: bytes) -> list[bytes]:
    events = SseParser()
    return [data for part in parts for data in events.feed(part)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_ends_a_line(end: str) -> None:
    assert fed(STREAM.replace(b"\r\n", end.encode())) == DATA


@given(st.lists(st.integers(0, len(STREAM))))
def test_it_does_not_matter_where_the_stream_is_cut(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(STREAM)]
    assert fed(*(STREAM[start:end] for start, end in pairwise(places))) == DATA


def test_comments_other_fields_and_empty_data_are_passed_over() -> None:
    assert fed(b": keep-alive\n\n:\n\nretry: 100\ndata:\ndata: \nevent: done\n") == []


def test_events_need_no_blank_line_between_them() -> None:
    assert fed(b"data: 1\ndata: 2\n") == [b"1", b"2"]


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert fed(b"\xef\xbb\xbfdata: 1\n") == [b"1"]


def test_a_last_line_without_an_end_is_the_rest() -> None:
    events = SseParser()
    assert events.feed(b"data: 1\ndata: 2") == [b"1"]
    assert events.end() == b"2"
