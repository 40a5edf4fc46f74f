"""A draft becomes whole sentences with the numbers they cite, in whatever pieces and with whatever markers it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.generation.parsing.sentence_stream import SentenceStream
from bot.answering.messages import DraftSentence


def cut(*pieces: str) -> list[DraftSentence]:
    sentences = SentenceStream()
    return [written for piece in pieces for written in sentences.feed(piece)] + sentences.end()


@pytest.mark.parametrize(
    ("draft", "numbers"),
    [
        ("The toll passed [1].", (1,)),
        ("The toll passed. [1]", (1,)),
        ("The toll passed.[1]", (1,)),
        ("The toll passed [1, 2].", (1, 2)),
        ("The toll passed [1][2].", (1, 2)),
        ("The toll passed [1] [2].", (1, 2)),
        ("The toll passed. [1], [2]", (1, 2)),
        ("The toll passed [1] and [3].", (1, 3)),
        ("The toll passed [1-3].", (1, 2, 3)),
        ("The toll passed [1–3].", (1, 2, 3)),
        ("The toll passed【1】.", (1,)),
        ("The toll passed【2†source】.", (2,)),
        ("The toll passed【2:0†L3-L9】.", (2,)),
        ("The toll passed (1).", (1,)),
        ("The toll passed. (2)", (2,)),
        ("The toll passed[^1].", (1,)),
        ("The toll passed [Source 1].", (1,)),
        ("The toll passed [Passage 1, Passage 4].", (1, 4)),
        ("The toll passed (see [2]).", (2,)),
        ("The toll passed [2](https://example.org/a).", (2,)),
        ("The toll passed¹².", (1, 2)),
        ("The toll passed.²", (2,)),
        ("The toll passed.\n[3]", (3,)),
        ("[4] The toll passed.", (4,)),
    ],
)
def test_marker_is_read_and_taken_off(draft: str, numbers: tuple[int, ...]) -> None:
    assert cut(draft) == [DraftSentence("The toll passed.", numbers)]


@pytest.mark.parametrize(
    "draft",
    [
        "The toll of 2025 (2025) passed.",
        "The toll “passd [sic]” in May.",
        "The island has 12 km² of land.",
        "The toll (12 crowns) passed.",
        "It passed in (1) crossing only.",
        "“They [the ferries] stay,” Brandt said.",
    ],
)
def test_other_brackets_are_no_markers(draft: str) -> None:
    assert cut(draft) == [DraftSentence(draft)]


def test_each_sentence_has_its_own_numbers() -> None:
    draft = "The toll passed [1]. Lorries pay.[2] Cars [3] do too. [1][4] Nobody else does."
    assert [written.numbers for written in cut(draft)] == [(1,), (2,), (3, 1, 4), ()]


def test_abbreviations_and_quotations_are_not_cut() -> None:
    draft = "Mr. Okoro of the U.S. embassy left [1]. “We go. We stay,” he said [2]. ‘It holds. It will,’ she said."
    assert [written.text for written in cut(draft)] == [
        "Mr. Okoro of the U.S. embassy left.",
        "“We go. We stay,” he said.",
        "‘It holds. It will,’ she said.",
    ]


def test_headings_bullets_and_emphasis_are_taken_off() -> None:
    draft = (
        "# The toll\n\n**Votes**\n\n- **Council:** It approved the toll [1].\n* Lorries *pay* more [2].\n1. Cars [3]."
    )
    assert cut(draft) == [
        DraftSentence("Council: It approved the toll.", (1,)),
        DraftSentence("Lorries pay more.", (2,)),
        DraftSentence("Cars.", (3,)),
    ]


@pytest.mark.parametrize("closing", ["Sources:\n[1] Quay Gazette", "**Sources**\n- [1] A. B.", "References: [1], [2]"])
def test_closing_list_of_sources_is_left_out(closing: str) -> None:
    assert cut(f"The toll passed [1].\n\n{closing}") == [DraftSentence("The toll passed.", (1,))]


def test_footnotes_are_left_out() -> None:
    assert cut("The toll passed[^1].\n\n[^1]: Quay Gazette, 2 May.") == [DraftSentence("The toll passed.", (1,))]


def test_wrapped_line_is_one_sentence() -> None:
    assert cut("The toll\npassed [1]. “We\nStay,” he said.") == [
        DraftSentence("The toll passed.", (1,)),
        DraftSentence("“We Stay,” he said."),
    ]


def test_sentence_waits_for_the_markers_after_its_full_stop() -> None:
    sentences = SentenceStream()
    assert sentences.feed("The toll passed. [1] [Sour") == []
    assert sentences.feed("ce 2] Lorries ") == [DraftSentence("The toll passed.", (1, 2))]
    assert sentences.feed("pay.") == []
    assert sentences.end() == [DraftSentence("Lorries pay.")]


def test_sentence_waits_until_its_quotation_is_closed() -> None:
    sentences = SentenceStream()
    assert sentences.feed("“We stay. We go. We ") == []
    assert sentences.feed("wait,” he said. She left ") == [DraftSentence("“We stay. We go. We wait,” he said.")]


def test_empty_draft_has_no_sentences() -> None:
    assert cut("", "  \n\n", "---\n") == []


@pytest.mark.parametrize(
    ("draft", "kept"),
    [
        ("The toll passed. Lorries pay 14 cr", 1),
        ("The toll passed. Lorries pay 14", 1),
        ("The toll passed. Lorries pay 14.", 1),  # 14.50, perhaps
        ("The toll passed. Lorries pay 14. [1]", 2),
        ("The toll passed. It was welcomed by Mr.", 1),
        ("The toll passed. It says:", 1),
        ("The toll passed. “We stay. We go.", 1),
        ("The toll passed. “We stay,” he said.", 2),
        ("The toll passed. Lorries pay. [1", 2),
        ("The toll passed.\n\n## Lorr", 1),
        ("The toll passed.\n- Lorries pay", 1),
        ("The toll passed.\n- Lorries pay.\n", 2),
        ("收费通过了。", 1),
        ("", 0),
    ],
)
def test_of_a_draft_that_was_cut_an_unfinished_sentence_is_left_out(draft: str, kept: int) -> None:
    sentences = SentenceStream()
    found = sentences.feed(draft) + sentences.end(is_cut=True)
    assert [written.text for written in found] == [written.text for written in cut(draft)][:kept]


def test_a_sentence_that_is_too_long_is_left_out_as_a_whole() -> None:
    draft = f"The toll passed. Lorries {'and cars ' * 300}pay. Nobody else does."
    assert [written.text for written in cut(draft)] == ["The toll passed.", "Nobody else does."]


PARTS = st.lists(
    st.sampled_from(
        [
            *"abM.?!\n\n\"“”‘’'()[]【】^¹²*-# ",
            " ",
            " ",
            "[1]",
            "[2, 3]",
            "Sources:",
            "the ",
            "The ",
            "U.S.",
            "Mr.",
            "- ",
        ]
    ),
    max_size=40,
)


@given(PARTS)
def test_pieces_make_no_difference(parts: list[str]) -> None:
    assert cut(*parts) == cut("".join(parts)) == cut(*"".join(parts))


@given(
    st.lists(st.sampled_from(["The toll passed", "Lorries pay", "“We stay. We go,” he said"]), min_size=1), st.data()
)
def test_every_sentence_keeps_its_number(texts: list[str], data: st.DataObject) -> None:
    numbered = [(text, data.draw(st.integers(1, 99))) for text in texts]
    before = data.draw(st.booleans())
    draft = " ".join(f"{text} [{number}]." if before else f"{text}. [{number}]" for text, number in numbered)
    assert cut(draft) == [DraftSentence(f"{text}.", (number,)) for text, number in numbered]


@pytest.mark.parametrize(
    ("marker", "numbers", "places"),
    [
        ("[2.3]", (2,), ((2, 3),)),
        ("[2.3, 4.1]", (2, 4), ((2, 3), (4, 1))),
        ("[2.3-2.5]", (2,), ((2, 3), (2, 4), (2, 5))),
        ("[2.3–5]", (2,), ((2, 3), (2, 4), (2, 5))),
        ("[2.3][1]", (2, 1), ((2, 3),)),
        ("(2.3)", (), ()),
    ],
)
def test_sentences_of_passages_are_cited_by_two_numbers(
    marker: str, numbers: tuple[int, ...], places: tuple[tuple[int, int], ...]
) -> None:
    [found] = cut(f"The toll passed {marker}.")
    assert (found.numbers, found.places) == (numbers, places)


@pytest.mark.parametrize(
    "opening",
    [
        "According to the provided passages, ",
        "The articles say that ",
        "In summary, ",
        "Answer: Based on the sources, ",
    ],
)
def test_openings_are_taken_off(opening: str) -> None:
    assert cut(f"{opening}lorries will pay 14 crowns. [1]") == [DraftSentence("Lorries will pay 14 crowns.", (1,))]


def test_what_only_leads_to_the_next_sentence_is_left_out() -> None:
    assert cut("Here is what the articles say: \nThe toll passed. [1]") == [DraftSentence("The toll passed.", (1,))]
