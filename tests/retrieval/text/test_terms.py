"""Words as the index sees them."""

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
