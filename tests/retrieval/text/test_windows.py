"""Windows cover a text, in order, and leave words whole where they can."""

from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.windows import text_windows


@given(st.text(st.sampled_from("ab \n")), st.integers(2, 9))
def test_windows_cover_the_text(text: str, size: int) -> None:
    windows = list(text_windows(text, size))
    assert "".join(text[start:end] for start, end in windows) == text
    assert all(end - start <= size for start, end in windows)


def test_words_are_cut_only_where_they_are_longer_than_a_window() -> None:
    text = "One two threefour five"
    assert [text[start:end] for start, end in text_windows(text, 6)] == ["One", " two", " three", "four", " five"]
