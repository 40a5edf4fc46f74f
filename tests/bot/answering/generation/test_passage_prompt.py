"""Passages for a model: as data, and no more than fit."""

from hypothesis import given
from hypothesis import strategies as st

from bot.answering.generation.passage_prompt import estimated_tokens, fit_to_context


@given(st.lists(st.text(max_size=300), min_size=1, max_size=9), st.integers(-50, 400))
def test_what_fits_is_a_beginning_of_the_best_and_never_nothing(texts: list[str], tokens: int) -> None:
    kept = fit_to_context(texts, tokens)
    assert kept and kept == texts[: len(kept)]
    assert len(kept) == 1 or sum(map(estimated_tokens, kept)) <= tokens
    assert len(kept) == len(texts) or sum(map(estimated_tokens, texts[: len(kept) + 1])) > tokens


def test_other_alphabets_take_more_tokens() -> None:
    english = "The council approved the bridge toll by a large majority on Friday evening."
    assert 12 <= estimated_tokens(english) <= 25  # 14 for the tokenizers of most models
    assert estimated_tokens("Рада схвалила плату за проїзд мостом переважною більшістю.") > 30
