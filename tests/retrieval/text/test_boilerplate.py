"""Headline, headings and body told apart from what stands around them."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.text.boilerplate import BlockKind, guess_headline, has_article, split_blocks

STORY = (
    "The harbour council voted on Tuesday to close the old ferry pier after a survey found cracks in its pillars.\n\n"
    "Repairs will take eleven months and cost four million crowns, the council's engineer told the meeting."
)


def kinds(text: str, title: str = "", headings: tuple[tuple[int, int], ...] = ()) -> dict[str, BlockKind]:
    return {text[part.start : part.end]: part.kind for part in split_blocks(text, title, headings)}


@settings(max_examples=80)
@given(st.text(st.sampled_from("aB. \n\t-“”\u00a0\r"), max_size=200) | st.text(max_size=200), st.text(max_size=30))
def test_blocks_are_in_order_stripped_and_lose_no_visible_character(text: str, title: str) -> None:
    position = 0
    for part in split_blocks(text, title):
        assert not text[position : part.start].strip()
        assert text[part.start : part.end]
        assert text[part.start : part.end] == text[part.start : part.end].strip()
        position = part.end
    assert not text[position:].strip()


@pytest.mark.parametrize(
    "line",
    [
        "Share",
        "Tweet",
        "Leave a Reply",
        "Leave a Comment",
        "Trending Posts",
        "Advertisement",
        "frontpage news",
        "Subscribe",
        "Share this on Facebook",
        "Facebook Twitter WhatsApp",
        "© 2026 Harbour Media",
        "All rights reserved.",
        "We use cookies to improve this page.",
        "Your email address will not be published.",
        "By Mara Lindqvist and Tom Obi",
        "Published March 3, 2026",
        "* * *",
    ],
)
def test_furniture_lines_are_boilerplate(line: str) -> None:
    found = kinds(f"{STORY}\n\n{line}\n\nThe pier was built in 1911 and last painted in 1987.")
    assert found[line] is BlockKind.BOILERPLATE
    assert list(found.values()).count(BlockKind.BODY) == 3


@pytest.mark.parametrize(
    "line",
    [
        "Share prices of the ferry line fell by a tenth after the vote.",
        "Search teams found two fishermen on Wednesday.",
        "“Close it,” she said.",
        "No.",
    ],
)
def test_sentences_that_only_begin_like_furniture_stay_body(line: str) -> None:
    assert kinds(f"{STORY}\n\n{line}")[line] is BlockKind.BODY


def test_a_headline_repeated_with_a_section_label_is_title() -> None:
    title = "Council closes old ferry pier after survey"
    text = f"Council closes old ferry pier after survey Frontpage News\n\n{STORY}"
    assert split_blocks(text, title)[0].kind is BlockKind.TITLE


def test_a_first_sentence_that_shares_words_with_the_headline_is_body() -> None:
    text = "The council closes the old ferry pier after a survey.\n\n" + STORY
    assert split_blocks(text, "Council closes old ferry pier after survey")[0].kind is BlockKind.BODY


def test_a_short_line_before_paragraphs_is_a_heading() -> None:
    assert kinds(f"{STORY}\n\nWhat comes next\n\nBoats will leave from the north quay until autumn.")[
        "What comes next"
    ] is (BlockKind.HEADING)


def test_headings_the_source_marked_are_used_and_none_is_guessed() -> None:
    text = f"{STORY}\n\nWhat comes next\n\nThe north quay\n\nBoats will leave from there until autumn."
    start = text.index("The north quay")
    found = kinds(text, headings=((start, start + len("The north quay")),))
    assert (found["What comes next"], found["The north quay"]) == (BlockKind.BODY, BlockKind.HEADING)


def test_everything_after_the_footer_starts_is_boilerplate() -> None:
    paragraphs = "\n\n".join([STORY, "The pier was built in 1911.", "It was painted in 1987."])
    found = kinds(f"{paragraphs}\n\nTrending Posts\n\nTen ways to cook cod\n\nThe best lighthouses of the coast")
    assert found["Ten ways to cook cod"] is BlockKind.BOILERPLATE
    assert found["The best lighthouses of the coast"] is BlockKind.BOILERPLATE
    assert found["It was painted in 1987."] is BlockKind.BODY


def test_a_footer_line_does_not_hide_a_real_paragraph_after_it() -> None:
    later = (
        "The mayor said she would ask the region for money and " + "that the ferry must not stop, " * 6 + "she said."
    )
    assert kinds(f"{STORY}\n\nRelated articles\n\n{later}")[later] is BlockKind.BODY


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    wrapped = "The harbour council voted to close\nthe pier after a survey had found\ncracks in most of its pillars."
    assert len(split_blocks(wrapped)) == 1


def test_unwrapped_lines_are_paragraphs_of_their_own() -> None:
    text = STORY.replace("\n\n", "\n")
    assert len(split_blocks(text)) == 2


@pytest.mark.parametrize(
    "notice",
    [
        "We and our partners store cookies and your personal data under legitimate interest; see our privacy policy.",
        "Please enable JavaScript to prove that you are not a robot before you can read this page of ours.",
        "Share\n\nTweet\n\nSubscribe",
        "Short.",
        "* * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * *",
        "",
    ],
)
def test_a_consent_notice_or_a_form_is_no_article(notice: str) -> None:
    assert not has_article(notice, split_blocks(notice))


def test_a_story_with_a_consent_notice_under_it_is_an_article() -> None:
    text = f"{STORY}\n\nRead how we use your data in our privacy policy."
    assert has_article(text, split_blocks(text))


def test_the_headline_of_a_text_is_its_first_line_that_is_no_furniture() -> None:
    assert guess_headline(f"Share\n\nPier closes for a year\n\n{STORY}") == "Pier closes for a year"
    assert guess_headline(STORY) == ""


def test_a_long_line_of_hard_spaces_does_not_stall() -> None:
    text = STORY.replace("\n\n", "\n" + "\u00a0" * 20_000 + "\n")
    started = time.monotonic()
    split_blocks(text)
    assert time.monotonic() - started < 1
