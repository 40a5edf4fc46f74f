"""Sentences as spans; a quotation is never cut in two."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.text.sentences import MAX_QUOTATION_CHARACTERS, leans_on_another, sentence_spans, text_windows

PROSE = st.text(st.sampled_from("abcAB .!?…“”\"'\n\t-•é\u00a0\u200b"), max_size=300) | st.text(max_size=200)


def said(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@settings(max_examples=80)
@given(PROSE)
def test_spans_are_in_order_stripped_and_cover_every_visible_character(text: str) -> None:
    position = 0
    for start, end in sentence_spans(text):
        assert not text[position:start].strip()
        assert text[start:end]
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


@settings(max_examples=60)
@given(PROSE, st.integers(0, 300), st.integers(0, 300))
def test_spans_stay_inside_the_part_that_was_asked_for(text: str, one: int, other: int) -> None:
    first, last = sorted((min(one, len(text)), min(other, len(text))))
    spans = sentence_spans(text, first, last)
    assert all(first <= start < end <= last for start, end in spans)
    assert "".join(text[start:end] for start, end in spans).split() == [] or spans
    covered = "".join("".join(text[start:end].split()) for start, end in spans)
    assert covered == "".join(text[first:last].split())


def test_sentences_end_at_full_stops_question_and_exclamation_marks() -> None:
    assert said("It rained. Did it snow? No! Good.") == ["It rained.", "Did it snow?", "No!", "Good."]


@pytest.mark.parametrize(
    "sentence",
    [
        "Mr. Halloran met Sen. Ortega on Jan. 5 at noon.",
        "The vote was Johnson v. Smith, No. 12 on the docket.",
        "She works for Acme Inc. Berlin is far away.",
        "J. R. Pell wrote it.",
        "The U.S. Senate voted.",
        "Fuel rose by 3.5 percent.",
        "He waited... and left.",
    ],
)
def test_abbreviations_initials_and_figures_do_not_end_a_sentence(sentence: str) -> None:
    assert said(sentence) == [sentence]


def test_an_acronym_ends_a_sentence_when_a_new_one_plainly_starts() -> None:
    assert said("He flew to the U.S. The talks failed.") == ["He flew to the U.S.", "The talks failed."]


@pytest.mark.parametrize("marks", ["“”", '""'])
def test_a_quotation_of_several_sentences_is_not_cut_in_two(marks: str) -> None:
    text = f"{marks[0]}We will stay. We will pay. Nobody leaves!{marks[1]} Pell said. Then he left."
    assert said(text)[-1] == "Then he left."
    assert any("We will stay. We will pay. Nobody leaves!" in sentence for sentence in said(text))


def test_a_quotation_that_never_closes_does_not_swallow_the_next_paragraph() -> None:
    assert said("“We stay. He left.\n\nRain fell. Snow fell.")[-2:] == ["Rain fell.", "Snow fell."]


def test_a_closing_mark_too_far_away_does_not_hold_sentences_together() -> None:
    text = "“" + "The road is long. " * (MAX_QUOTATION_CHARACTERS // 10) + "End.”"
    assert len(sentence_spans(text)) > 10


def test_a_blank_line_and_a_bullet_end_a_sentence_without_a_full_stop() -> None:
    assert said("Prices\n\nThey rose\n- in May\n- in June") == ["Prices", "They rose", "- in May", "- in June"]


def test_a_closing_mark_belongs_to_the_sentence_before_it() -> None:
    assert said("(It rained.) We left.") == ["(It rained.)", "We left."]


@pytest.mark.parametrize("text", ["", " \n\t ", "\n\n\n"])
def test_white_space_holds_no_sentence(text: str) -> None:
    assert sentence_spans(text) == []


def test_a_long_run_of_dots_does_not_stall() -> None:
    started = time.monotonic()
    sentence_spans("." * 10_000 + "x")
    assert time.monotonic() - started < 0.5


@given(st.text(st.sampled_from("ab \n")), st.integers(2, 9))
def test_windows_cover_the_text(text: str, size: int) -> None:
    windows = list(text_windows(text, size))
    assert "".join(text[start:end] for start, end in windows) == text
    assert all(end - start <= size for start, end in windows)


def test_words_are_cut_only_where_they_are_longer_than_a_window() -> None:
    text = "One two threefour five"
    assert [text[start:end] for start, end in text_windows(text, 6)] == ["One", " two", " three", "four", " five"]


@pytest.mark.parametrize(
    "sentences",
    [
        ["Sie sagte: „Die Brücke bleibt zu. Wir warten.“", "Dann ging sie."],
        ["Er rief: »Kommt! Jetzt gleich!«", "Niemand kam."],
        ["Elle a dit : « Le pont est fermé. Nous attendons. »", "Puis elle est partie."],
        ["市长说：「桥关闭了。我们等。」", "她离开了。", "没有人来！"],
        ["متى يفتح الجسر؟", "لا أحد يعرف."],
        ["पुल बंद है।", "कोई नहीं जानता।"],
    ],
)
def test_sentences_of_other_languages_end_at_their_own_marks_and_quotations_stay_whole(sentences: list[str]) -> None:
    separator = "" if "。" in sentences[0] or "」" in sentences[0] else " "
    assert said(separator.join(sentences)) == sentences


def test_a_sentence_that_goes_on_from_another_is_told_from_one_that_stands_alone() -> None:
    assert all(map(leans_on_another, ("“However, it waits.", "The latter asks for more.")))
    assert leans_on_another("It also asks the court to wait.") and not leans_on_another("Italy asks the court to wait.")
