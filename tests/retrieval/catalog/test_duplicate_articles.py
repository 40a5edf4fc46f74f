"""Whether two texts are one: light edits do not make another, other facts do."""

import pytest

from retrieval.catalog.duplicate_articles import (
    MIN_RESEMBLANCE,
    MIN_WORDS,
    TextSignature,
    minhash_bands,
    resemblance,
    text_signature,
)
from tests.support.syndicated_articles import FORM, REWRITTEN, STORY


def told(text: str) -> TextSignature:
    found = text_signature(text)
    assert found
    return found


def test_a_text_is_itself_however_it_is_set() -> None:
    assert resemblance(told(STORY), told(STORY.replace(". ", ".\n\n"))) == 1.0


def test_a_line_more_or_a_word_less_is_the_same_text() -> None:
    assert (
        resemblance(told(STORY), told(f"{STORY} It is a report by the wire service of the harbour towns."))
        >= MIN_RESEMBLANCE
    )
    assert resemblance(told(STORY), told(STORY.replace("late on Tuesday", "on Tuesday"))) >= MIN_RESEMBLANCE


def test_another_figure_or_another_name_is_another_text() -> None:
    assert resemblance(told(STORY), told(STORY.replace("eleven", "11").replace("412", "421"))) == 0.0
    assert resemblance(told(STORY), told(STORY.replace("Rosa Lind", "Ada Quist"))) == 0.0


@pytest.mark.parametrize(
    ("said", "corrected"),
    [
        ("eleven months", "seven months"),
        ("said the fares would", "said the fares would not"),
        ("Tuesday", "Thursday"),
    ],
)
def test_a_correction_is_another_text(said: str, corrected: str) -> None:
    before = f"{STORY} The mayor said the fares would rise by four million crowns within eleven months of Tuesday."
    after = before.replace(said, corrected)
    assert before != after
    assert resemblance(told(before), told(after)) == 0.0
    assert resemblance(told(before.replace("million", "billion")), told(before)) == 0.0


def test_a_story_told_anew_and_a_form_filled_in_anew_are_other_texts() -> None:
    assert resemblance(told(STORY), told(REWRITTEN)) < MIN_RESEMBLANCE
    assert resemblance(told(FORM.format("Norwick", 12)), told(FORM.format("Estaven", 31))) < MIN_RESEMBLANCE


def test_a_short_text_cannot_be_told() -> None:
    assert text_signature("word " * (MIN_WORDS - 1)) is None
    assert text_signature("") is None


def test_texts_that_are_the_same_meet_in_a_band() -> None:
    edited = told(f"{STORY} It is a report by the wire service.")
    assert set(minhash_bands(told(STORY))) & set(minhash_bands(edited))
    assert not set(minhash_bands(told(STORY))) & set(minhash_bands(told(FORM.format("Norwick", 12))))


def test_bands_are_the_same_in_every_process_and_release() -> None:
    assert minhash_bands(told("one two three four five six seven eight " * 10))[0] == 3816014844817621094
