"""Spans between quotation marks, whichever marks a newspaper sets."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.quotes.attribution.quotation_marks import LONGEST_UNCLOSED, is_closed, quotation_spans

TEXT = st.text(st.sampled_from("ab AB.,5\n“”„«»‘’'\"é😀"), max_size=200) | st.text(max_size=200)


def quoted(text: str) -> list[str]:
    return [text[start:end] for start, end in quotation_spans(text)]


@pytest.mark.parametrize(
    "quotation",
    [
        '"The pier is ours,"',
        "“The pier is ours,”",
        "''The pier is ours,''",
        "«The pier is ours,»",
        "„The pier is ours,“",
        "‘The pier is ours,’",
        "'The pier is ours, all of it,'",
        "“The pier is ours,“",  # two opening marks, typed in haste
        '“The pier is ours,"',
        '"The pier is ours,”',
        "”The pier is ours,”",
    ],
)
def test_a_quotation_includes_its_marks(quotation: str) -> None:
    assert quoted(f"{quotation} the harbour master said.") == [quotation]
    assert is_closed(quotation, (0, len(quotation)))


@pytest.mark.parametrize("mark", ["“{}”", '"{}"', "''{}''", "«{}»", "„{}“", "‘{}’"])
def test_every_quotation_of_a_sentence_is_found_in_order(mark: str) -> None:
    first, second = mark.format("We open the lock at dawn,"), mark.format("and we close it at dusk.")
    assert quoted(f"{first} Lind said, {second} She left.") == [first, second]


def test_a_short_quotation_in_double_marks_is_one() -> None:
    assert quoted('Pell said “no” and Obi said "yes" on the “Night Ferry”.') == ["“no”", '"yes"', "“Night Ferry”"]


@pytest.mark.parametrize(
    "quotation",
    [
        "“Obi told me ‘never’ and left,”",
        "“Obi told me 'never' and left,”",
        "“Obi called it “a hole in the ground” again,”",
        "«Obi called it “a hole in the ground” again,»",
        "\"Obi told me 'we will never sell it,' and left,\"",
    ],
)
def test_a_nested_quotation_belongs_to_the_outer_one(quotation: str) -> None:
    assert quoted(f"{quotation} Pell said.") == [quotation]


def test_a_quotation_that_no_mark_closes_ends_with_its_paragraph() -> None:
    text = "“The pier is ours, and so is the lock.\n\n“Nobody will take it,” Pell said.\n\nIt rained."
    assert quoted(text) == ["“The pier is ours, and so is the lock.", "“Nobody will take it,”"]
    first, second = quotation_spans(text)
    assert (is_closed(text, first), is_closed(text, second)) == (False, True)


def test_a_line_break_within_a_paragraph_ends_no_quotation() -> None:
    assert quoted("“The pier\nis ours,” Pell said.") == ["“The pier\nis ours,”"]


def test_a_mark_that_never_closes_in_a_very_long_paragraph_is_a_slip() -> None:
    words = "the tide came in and went out " * (LONGEST_UNCLOSED // 20)
    assert quoted(f"“It rained. {words}") == []
    assert quoted(f"Pell said “no” and left. “It rained. {words}") == ["“no”"]


@pytest.mark.parametrize(
    "text",
    [
        "Pell's boat and the crew's hut weren't there, it's said; that's all there is to it.",
        "Pell’s boat and the crew’s hut weren’t there, it’s said; that’s all there is to it.",
        "The dockers' union and the pilots' guild met in the '90s, 'twas late.",
        "The dockers’ union and the pilots’ guild met in the ’90s, ’twas late.",
        "Rock 'n' roll on the quay.",
        "The hatch is 5'6 by 7'2 and the rope 12' long.",
        'The mast is 5" thick and 70" long.',
    ],
)
def test_apostrophes_and_inches_open_no_quotation(text: str) -> None:
    assert quoted(text) == []


def test_apostrophes_inside_single_marks_do_not_close_them() -> None:
    assert quoted("‘It’s the crew’s own,’ Lind said.") == ["‘It’s the crew’s own,’"]
    assert quoted("'It's the crew's own boat, you know,' Lind said.") == ["'It's the crew's own boat, you know,'"]


@pytest.mark.parametrize("text", ["", " ", "\n\n", '"', "“", "”", "''", "The ferry was late.", '" "'])
def test_no_words_in_marks_are_no_quotation(text: str) -> None:
    assert quoted(text) == []


def test_only_the_part_asked_for_is_looked_at() -> None:
    text = "“One,” Pell said. “Two,” Obi said. “Three,” Lind said."
    start, end = text.index("“Two"), text.index("“Three")
    assert quotation_spans(text, start, end) == [(start, start + len("“Two,”"))]


@settings(max_examples=200)
@given(TEXT)
def test_quotations_stand_inside_the_text_in_order_and_apart(text: str) -> None:
    spans = quotation_spans(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert all(text[start] in "“”„«»\"'‘" for start, _ in spans)
    assert not any("\n\n" in text[start:end] for start, end in spans)


@settings(max_examples=100)
@given(TEXT, st.integers(0, 60), st.integers(0, 60))
def test_quotations_of_a_part_stand_inside_it(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    assert all(start <= begin < stop <= end for begin, stop in quotation_spans(text, start, end))
