"""A draft in JSON becomes sentences with their numbers, however it is broken and in whatever pieces it comes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.generation.parsing.json_stream import MAX_TEXT_LENGTH, JsonSentenceStream
from bot.answering.generation.parsing.sentence_stream import ModelRefusal
from bot.answering.messages import DraftSentence

TOLL = DraftSentence("The toll passed.", (1,))
PAY = DraftSentence("Lorries pay 14 crowns.", (2,))
WHOLE = (
    '{"found": true, "sentences": [{"passage": 1, "text": "The toll passed."}, '
    '{"passage": 2, "text": "Lorries pay 14 crowns."}]}'
)


def read(*pieces: str) -> list[DraftSentence | ModelRefusal]:
    reader = JsonSentenceStream()
    return [one for piece in pieces for one in reader.feed(piece)] + reader.end()


def item(text: str, passage: object = 1) -> str:
    return json.dumps({"found": True, "sentences": [{"passage": passage, "text": text}]})


@pytest.mark.parametrize(
    "draft",
    [
        WHOLE,
        f"```json\n{WHOLE}\n```",
        f"```{WHOLE}```",
        f"Here is the answer:\n\n{WHOLE}\nI hope that helps.",
        WHOLE.partition('"sentences": ')[2][:-1],
        WHOLE.replace(": ", " :\n"),
        WHOLE[:-1],
        WHOLE[:-3],
        WHOLE[:-4],
        f"{WHOLE[:-2]}, {{}}]}}",
        f'{WHOLE[:-2]}, {{"passage": 1, "text": "It was the las',
    ],
)
def test_sentences_are_read_from_json_that_is_whole_fenced_or_cut_off(draft: str) -> None:
    assert read(draft) == [TOLL, PAY]


@pytest.mark.parametrize(
    ("draft", "sentences"),
    [
        (WHOLE, [TOLL, PAY]),
        (WHOLE[:-3], [TOLL, PAY]),
        (WHOLE[: WHOLE.index("4 crowns")], [TOLL]),
        (f'{WHOLE[:-2]}, {{"passage": 1, "text": "It costs 3.', [TOLL, PAY]),
        (f'{WHOLE[:-2]}, {{"passage": 1, "text": "It was called “a promise', [TOLL, PAY]),
        (f'{WHOLE[:-2]}, {{"passage": 1, "text": "It was called (a promise)', [TOLL, PAY]),
        ("The toll passed. [1] Lorries pay 14 cr", [TOLL]),
    ],
)
def test_of_a_draft_that_was_cut_an_unfinished_sentence_is_left_out(draft: str, sentences: list[DraftSentence]) -> None:
    reader = JsonSentenceStream()
    assert reader.feed(draft) + reader.end(is_cut=True) == sentences


def test_a_sentence_is_handed_on_as_soon_as_its_object_is_whole() -> None:
    reader, cut = JsonSentenceStream(), WHOLE.index("}")
    assert reader.feed(WHOLE[:cut]) == []
    assert reader.feed("}") == [TOLL]


@pytest.mark.parametrize(
    "draft",
    [
        '{"found": false, "sentences": []}',
        '{"found": false, "sentences": [{"passage": 1, "text": "The toll passed."}]}',
        '{"found": false',
        '{"found": true, "sentences": []}',
        '{"sentences": []}',
        "[]",
        '{"found": true}',
        '```json\n{"found": false}\n```',
    ],
)
def test_nothing_found_is_a_refusal(draft: str) -> None:
    assert read(draft) == [ModelRefusal()]


@pytest.mark.parametrize("draft", ["", '{"', '{"found": true, "sent', '{"found": true, "sentences": [{"passage": 1'])
def test_what_broke_off_before_the_first_sentence_says_nothing(draft: str) -> None:
    assert read(draft) == []


def test_prose_is_read_as_prose() -> None:
    assert read("The toll passed. [1] Lorries pay 14 crowns [2].") == [TOLL, PAY]
    assert read("The [new] toll {sic} passed. [1]") == [DraftSentence("The [new] toll {sic} passed.", (1,))]


def test_a_quotation_mark_that_ended_the_string_too_early_is_read_over() -> None:
    draft = '{"found": true, "sentences": [{"passage": 2, "text": "She called it "a promise" on Friday."}]}'
    assert read(draft) == [DraftSentence('She called it "a promise" on Friday.', (2,))]


def test_braces_and_quotation_marks_inside_a_text_are_text() -> None:
    text = 'She called it {a} "promise" on Friday.'
    assert read(item(text)) == [DraftSentence(text, (1,))]


@pytest.mark.parametrize(
    "text", ["Rubio said,", "The council said that", "Lorries pay 14", f"{'The toll ' * 40}"[:MAX_TEXT_LENGTH]]
)
def test_a_sentence_that_the_model_could_not_finish_is_left_out(text: str) -> None:
    assert read(item(f"The toll passed. {text}"[:MAX_TEXT_LENGTH])) == [TOLL]


@pytest.mark.parametrize(
    ("passage", "numbers"), [(3, (3,)), ("3", (3,)), ("[1, 2]", (1, 2)), ([1, 2], (1, 2)), (None, ())]
)
def test_numbers_are_read_in_any_shape(passage: object, numbers: tuple[int, ...]) -> None:
    assert read(item("The toll passed.", passage)) == [DraftSentence("The toll passed.", numbers)]


def test_markers_in_the_text_count_too() -> None:
    assert read(item("The toll passed [2]. Lorries pay. [1]")) == [
        DraftSentence("The toll passed.", (1, 2)),
        DraftSentence("Lorries pay.", (1,)),
    ]


def test_missing_and_other_fields_are_forgiven() -> None:
    assert read('{"sentences": [{"text": "The toll passed."}, {"passage": 2}, {"answer": "Yes.", "x": 1}]}') == [
        DraftSentence("The toll passed."),
        DraftSentence("Yes."),
    ]


PARTS = st.lists(
    st.sampled_from(
        [
            *'{}[]":,\\`\n 1.',
            '{"found": true, "sentences": [',
            '{"found": false',
            '{"passage": 1, "text": "The toll passed."}',
            '"passage": ',
            '"text": "',
            "The toll",
            "```json\n",
            WHOLE,
        ]
    ),
    max_size=30,
)


@given(PARTS, st.data())
def test_pieces_make_no_difference(parts: list[str], data: st.DataObject) -> None:
    draft = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(draft)), max_size=5)))
    pieces = [draft[start:end] for start, end in zip([0, *cuts], [*cuts, len(draft)], strict=True)]
    assert read(draft) == read(*parts) == read(*pieces) == read(*draft)
