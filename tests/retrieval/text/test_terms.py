"""Words as the index sees them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.text.terms import MAX_TERM_BYTES, content_terms, name_terms, terms


def test_case_accents_and_endings_do_not_matter() -> None:
    assert terms("Négotiations NEGOTIATION negotiating") == ["negoti"] * 3


def test_content_terms_leave_out_the_words_of_asking() -> None:
    assert content_terms("What did they say about the ferry and the ferries?") == ["ferri"]


def test_a_question_of_stop_words_alone_keeps_them() -> None:
    assert content_terms("What is this?") == ["what", "is", "this"]


def test_content_terms_come_once_and_in_order() -> None:
    assert content_terms("pier bridge pier") == ["pier", "bridg"]


def test_names_are_capitalised_words_and_figures_but_not_the_first_word() -> None:
    assert name_terms("Bridges over the Aller cost 40 million, says Lindqvist") == ["aller", "40", "lindqvist"]


def test_an_acronym_counts_as_a_name_even_as_first_word() -> None:
    assert "nato" in name_terms("NATO on the ferry")


def test_a_question_without_names_has_none() -> None:
    assert name_terms("what do ferries cost") == []


@settings(max_examples=80)
@given(st.text(max_size=200))
def test_terms_are_lower_case_and_bounded_for_any_text(text: str) -> None:
    for term in terms(text):
        assert term
        assert not any(char.isspace() for char in term)
        assert len(term) <= 4 * MAX_TERM_BYTES
    assert set(content_terms(text)) <= set(terms(text))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Brücken Brücke"),
        ("es", "decidieron decidió"),
        ("fr", "réparations réparation"),
        ("ru", "мосты моста мостов"),
        ("uk", "Зеленський Зеленського Зеленському"),
        ("pl", "mostami mostach"),
    ],
)
def test_forms_of_a_word_are_one_term_in_its_language(language: str, words: str) -> None:
    assert len(set(terms(words, language))) == 1


def test_words_without_spaces_are_pairs_of_characters() -> None:
    assert terms("港口委员会") == terms("港口委员会", "zh") == ["港口", "口委", "委员", "员会"]
    assert terms("NATO在3月", "zh") == ["nato", "在", "3", "月"]
    assert set(terms("สะพาน", "th")) <= set(terms("ปิดสะพานวันนี้", "th"))


def test_content_terms_leave_out_the_function_words_of_a_language() -> None:
    assert content_terms("Was ist mit der Brücke?", "de") == terms("Brücke", "de")
    assert content_terms("Was ist das?", "de") == terms("Was ist das?", "de")
