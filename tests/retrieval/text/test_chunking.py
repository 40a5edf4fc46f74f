"""Passages that end at sentence ends and never cross a heading."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.text.boilerplate import Block, BlockKind, split_blocks
from retrieval.text.chunking import LONGEST_SENTENCE, PASSAGE_CHARACTERS, chunk_article

TEXT = st.text(st.sampled_from('abcAB .!?“”"\n;,\t•-\u00a0é'), max_size=600) | st.text(max_size=300)
SENTENCE = "The bridge over the Aller stays closed to lorries for now. "


def passages(text: str, size: int, title: str = "") -> list[str]:
    return [text[start:end] for (start, end), _ in chunk_article(text, split_blocks(text, title), size=size)]


@settings(max_examples=120)
@given(TEXT, st.integers(1, 2000))
def test_passages_are_in_order_stripped_and_no_longer_than_asked(text: str, size: int) -> None:
    spans = [span for span, _ in chunk_article(text, split_blocks(text), size=size)]
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    for start, end in spans:
        assert 0 < end - start <= size
        assert text[start:end] == text[start:end].strip()


@settings(max_examples=120)
@given(TEXT, st.integers(1, 2000))
def test_every_visible_character_of_body_is_in_a_passage(text: str, size: int) -> None:
    parts = split_blocks(text)
    covered = {at for (start, end), _ in chunk_article(text, parts, size=size) for at in range(start, end)}
    body = {at for part in parts if part.kind is BlockKind.BODY for at in range(part.start, part.end)}
    assert {at for at in body if not text[at].isspace()} <= covered


def test_a_passage_ends_where_a_sentence_ends() -> None:
    found = passages(SENTENCE * 20, 200)
    assert len(found) > 4
    assert all(passage.startswith("The bridge") and passage.endswith("for now.") for passage in found)


def test_passages_of_a_section_are_of_about_the_same_length() -> None:
    lengths = [len(passage) for passage in passages(SENTENCE * 11, 300)]
    assert max(lengths) - min(lengths) <= 2 * len(SENTENCE)


def test_no_passage_crosses_a_heading_and_each_knows_its_own() -> None:
    text = f"{SENTENCE}\n\nWhat drivers can do\n\n{SENTENCE}\n\nWho will pay\n\n{SENTENCE}"
    found = chunk_article(text, split_blocks(text), size=2000)
    assert [heading for _, heading in found] == ["", "What drivers can do", "Who will pay"]
    assert all(text[start:end] == SENTENCE.strip() for (start, end), _ in found)


def test_boilerplate_and_headings_are_in_no_passage() -> None:
    text = f"Share\n\n{SENTENCE * 3}\n\nAdvertisement\n\nWho will pay\n\n{SENTENCE}\n\nLeave a Reply"
    together = " ".join(passages(text, 50))
    assert not [word for word in ("Share", "Advertisement", "Leave a Reply", "Who will pay") if word in together]


def test_a_quotation_that_fits_a_passage_is_not_cut() -> None:
    quotation = "“We counted the lorries. There were forty. We counted again. There were fifty.”"
    text = f"{SENTENCE * 3}{quotation} Pell said. {SENTENCE * 3}"
    assert sum(quotation in passage for passage in passages(text, 160)) == 1


def test_a_sentence_longer_than_a_passage_is_cut_between_words() -> None:
    text = "and the river rose, " * 40 + "at last."
    found = passages(text, 90)
    assert all(len(passage) <= 90 for passage in found)
    assert "".join("".join(found).split()) == "".join(text.split())
    words = {word.strip(",.") for passage in found for word in passage.split()} - {""}
    assert words == set("and the river rose at last".split())


def test_nothing_gives_no_passage() -> None:
    assert chunk_article("", split_blocks("")) == []


@pytest.mark.parametrize("unit", ["ab ", "a, b; ", "a"])
def test_a_gigantic_sentence_is_cut_into_windows_first(unit: str) -> None:
    text = unit * (2 * LONGEST_SENTENCE // len(unit))
    spans = [span for span, _ in chunk_article(text, [Block(BlockKind.BODY, 0, len(text))])]
    assert all(end - start <= PASSAGE_CHARACTERS for start, end in spans)
    assert "".join(text[start:end] for start, end in spans).replace(" ", "") == text.replace(" ", "")
