"""Who says what in an article: quotes with their speakers, cues and exact spans."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.quotes.extraction import extract_quotes
from retrieval.quotes.speakers.mentions import find_mentions
from retrieval.quotes.speakers.resolution.coreference import UNKNOWN_SPEAKER, resolve_speakers
from tests.support.extracted_quotes import at, only

MANY = 200_000  # characters
SAID = "“We will not sell the harbour,” Mayor Ana Pell said on Monday."
TEXT = st.lists(
    st.sampled_from(
        ["“The pier is ours,” ", "Ana Pell ", "said ", "she ", "that ", "‘", "”", '"', "\n\n", ". ", "😀", "نا "]
    )
    | st.text(max_size=8),
    max_size=30,
).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        SAID,
        '"We will not sell the harbour," Mayor Ana Pell said on Monday.',
        "''We will not sell the harbour,'' Mayor Ana Pell said on Monday.",
        "«We will not sell the harbour,» Mayor Ana Pell said on Monday.",
        "„We will not sell the harbour,“ Mayor Ana Pell said on Monday.",
        "“We will not sell the harbour,” said Mayor Ana Pell.",
        "“We will not sell the harbour,” said Mayor Ana Pell, 61.",
        "Mayor Ana Pell said: “We will not sell the harbour.”",
    ],
)
def test_a_quotation_has_its_speaker_and_role_and_cue(text: str) -> None:
    quote = only(text)
    assert (quote.speaker, quote.role, quote.is_person, quote.kind) == ("Ana Pell", "Mayor", True, "direct")
    assert "We will not sell the harbour" in quote.words
    assert quote.cue and text[slice(*quote.cue)].startswith("said")
    assert quote.source and "Ana Pell" in text[slice(*quote.source)]


@pytest.mark.parametrize(
    "text",
    [
        "“The ferry,” Tom Obi said, “is old but safe.”",
        "“The ferry is old,” said Tom Obi. “It is safe all the same.”",
        "“The ferry is old,” said Tom Obi, a harbour pilot, “but it is safe.”",
    ],
)
def test_an_interrupted_quotation_is_one_quote_of_two_spans(text: str) -> None:
    quote = only(text)
    assert quote.speaker == "Tom Obi" and len(quote.spans) == 2
    assert quote.words == " … ".join(text[start:end] for start, end in quote.spans)
    assert "said" not in quote.words


def test_an_attribution_in_the_next_sentence_counts() -> None:
    quote = at("Tom Obi does not trust the ferry. “It is old and it is slow,” he said on Monday.", "It is old")
    assert (quote.speaker, quote.is_person) == ("Tom Obi", True)


def test_two_speakers_of_one_paragraph_keep_their_own_words() -> None:
    text = (
        "“The pier is not safe, and I would not walk on it,” Tom Obi, a harbour pilot, told the council. "
        "“It has never been safer, and I walk on it every day,” Mayor Ana Pell replied."
    )
    assert [(quote.speaker, quote.role) for quote in extract_quotes(text)] == [
        ("Tom Obi", "a harbour pilot"),
        ("Ana Pell", "Mayor"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Ana Pell and Tom Obi met. “The pier is not safe,” Obi said. “It has never been safer,” Pell said.",
        "Ana Pell and Tom Obi met. “The pier is not safe,” he said. “It has never been safer,” she answered.",
    ],
)
def test_a_quotation_is_whose_cue_follows_it_not_who_spoke_before(text: str) -> None:
    assert at(text, "It has never").speaker == "Ana Pell"
    assert at(text, "The pier is not").speaker == "Tom Obi"


def test_a_quotation_over_paragraphs_is_whole() -> None:
    text = (
        "Mayor Ana Pell said on Monday: “We will not sell the harbour to anybody.\n\n"
        "“We have built it with our own hands.”\n\nIt rained."
    )
    quote = only(text)
    assert quote.speaker == "Ana Pell"
    assert "not sell the harbour" in quote.words and "with our own hands" in quote.words


def test_a_quotation_over_paragraphs_is_whole_when_its_speaker_comes_last() -> None:
    text = (
        "The council met on Monday.\n\n“We will not sell the harbour to anybody who asks for it. It is ours.\n\n"
        "“We have built it with our own hands, stone by stone,” said Mayor Ana Pell.\n\nThe ferry was late."
    )
    assert at(text, "with our own hands").speaker == "Ana Pell"
    assert at(text, "not sell the harbour").speaker == "Ana Pell"


@pytest.mark.parametrize(
    "sign", [" ― Ana Pell", "\n― Ana Pell", " — Ana Pell, mayor of Seaford", " - Ana Pell", "\n-- Ana Pell"]
)
def test_a_signed_quotation_is_whose_name_stands_below_it(sign: str) -> None:
    text = f"“The sea gives and the sea takes, and nobody owns it.”{sign}\n\nThe ferry was late again."
    quote = only(text)
    assert (quote.speaker, quote.kind) == ("Ana Pell", "direct")
    assert quote.words == "“The sea gives and the sea takes, and nobody owns it.”"


def test_the_cue_of_a_signed_quotation_is_its_dash() -> None:
    text = "“The sea gives and the sea takes, and nobody owns it.”\n― Ana Pell"
    cue = only(text).cue
    assert cue and text[slice(*cue)] == "―"


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("Mayor Ana Pell was late. “We will not sell the harbour,” she said.", "We will", "Ana Pell"),
        (f"{SAID}\n\n“And the ferries stay where they are,” she added.", "And the ferries", "Ana Pell"),
        (f"{SAID}\n\n“And the ferries stay where they are,” the mayor added.", "And the ferries", "Ana Pell"),
        ("Ana Pell, the mayor of Seaford, spoke.\n\n“The pier is ours,” the mayor said.", "The pier", "Ana Pell"),
        (f"{SAID}\n\n“The pier is ours as well,” Pell said on Friday.", "The pier", "Ana Pell"),
    ],
)
def test_pronouns_roles_and_surnames_are_whom_they_stand_for(text: str, words: str, speaker: str) -> None:
    quote = at(text, words)
    assert (quote.speaker, quote.is_person) == (speaker, True)


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Marta Lind thanked her brother Ivo Holm. “He pulled me out of the lake by my hair,” she said.", "Marta Lind"),
        ("Kim Lind thanked her brother Xi Holm. “He pulled me out of the lake by my hair,” she said.", "Kim Lind"),
        ("Kim Lind and Xi Holm met on the quay. “The lake is cold at this time of year,” she said.", ""),
    ],
)
def test_a_pronoun_is_whom_its_gender_tells_else_nobody(text: str, speaker: str) -> None:
    assert at(text, "lake").speaker == speaker


@pytest.mark.parametrize(
    "before",
    [
        "Ana Pell won the race. She has more cups than all but Rosa Lind.",  # who is named last
        "“The lake is deep,” Ana Pell said. Rosa Lind came with a net and a boat.",  # a new subject since
        "Ana Pell went home. It rained. The ferry was late. Nobody waited on the quay. The lamps were lit.",  # long ago
        "She wrote ‘Ana Pell’, her longest song, in nine days.",  # a title
        "Ana Pell was there. Rosa and Tom Lind, of Lowick, were the first to swim in it.",  # a given name alone
        "“The lake is deep,” Ana Pell said. Asked about fish, Brook Varen said: “None.”",  # whose gender nothing tells
    ],
)
def test_a_pronoun_that_leaves_doubt_is_nobody(before: str) -> None:
    assert at(f"{before} “It is cold in winter and never warm in summer,” she said.", "It is cold").speaker == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("President Ana Pell and Chancellor Tom Obi agreed that the lake should be closed.", "the lake"),
        (
            "“The lake is deep,” Ana Pell said. “It was cold,” said Brook Varen. She said the lake was shut.",
            "the lake was",
        ),
    ],
)
def test_where_two_may_speak_nobody_is_named(text: str, words: str) -> None:
    place = text.index(words)
    assert all(
        quote.speaker not in ("Ana Pell", "Tom Obi") for quote in extract_quotes(text) if quote.spans[0][1] > place
    )


def test_who_speaks_after_a_quotation_is_its_sentences_subject() -> None:
    text = (
        "Tom Pell led the crew of the ferry on Monday. Tom Pell and Ivo Obi are friends.\n\n"
        "“You were putting me in position to be first,” Pell said, with his arm around Obi.\n\n"
        "“Shout out to this guy right here,” he said, pointing to Obi."
    )
    assert [quote.speaker for quote in extract_quotes(text) if quote.kind == "direct"] == ["Tom Pell", "Tom Pell"]


def test_a_title_beside_a_dash_is_nobodys_words() -> None:
    assert extract_quotes("Best record of the year:\n\nAna Pell — “Low Water”\n\nTom Obi — “The Quay”") == []


def test_which_is_never_a_person() -> None:
    text = "“It floats,” said Ana Pell, president of the Lowick Boat Club, which describes itself as the oldest of all."
    assert {quote.speaker for quote in extract_quotes(text) if "oldest" in quote.words} <= {"", "the Lowick Boat Club"}


def test_a_reporters_name_below_what_it_wrote_signs_no_quotation() -> None:
    signed = "It rained on the quay all day. — Ana Pell"
    text = f"{signed}\n\n“The sea gives and the sea takes from us all.” — Ana Pell\n\nIt rained."
    assert all(quote.speaker != "Ana Pell" for quote in extract_quotes(text))


LAST_TOLL = "In 2022, President Tom Obi answered with a toll and closed the lock.\n\n"


@pytest.mark.parametrize(
    ("subject", "speaker"),
    [
        ("Kettle has paired his offer to the islands with a threat.", "Kettle"),
        ("President Kettle made the islands an offer with a threat.", ""),
        ("Kettle has made the islands an offer.", ""),
        ("Kettle has paired her offer to the islands with a threat.", "Tom Obi"),
    ],
)
def test_he_is_not_whoever_has_a_full_name_where_another_is_nearer(subject: str, speaker: str) -> None:
    text = f"{LAST_TOLL}{subject} If the port refuses to open the lock, he has said, it will pay nine crowns."
    assert at(text, "it will pay").speaker == speaker


def test_the_fuller_role_stays_with_a_speaker() -> None:
    text = "“The clinic stays open,” said health minister Vireo Quendlin. “It is safe,” Quendlin said."
    assert at(text, "It is safe").role == "health minister"
    text = "A letter by health minister Ana Pell came on Monday. “It is safe,” Pell said."
    assert at(text, "It is safe").role == "health minister"


def test_a_clause_before_a_name_is_no_role() -> None:
    text = "The Courier met the mayor of Lowick, Ana Pell, on the pier. “It is green,” Pell said."
    assert at(text, "It is green").role == "the mayor of Lowick"


def test_a_definite_role_is_who_alone_has_it() -> None:
    text = "Mayor Ana Pell and Mayor Tom Obi met on the quay. “The pier is ours, and we will keep it,” the mayor said."
    assert at(text, "The pier").speaker not in ("Ana Pell", "Tom Obi")


def test_a_role_of_somewhere_is_not_whoever_was_named_last() -> None:
    text = (
        "Tomas Ferrow opened the wall on Monday. The mayor of the town of Lowick said that it would sink. "
        "“It will not,” Ferrow said."
    )
    assert at(text, "sink").speaker != "Tomas Ferrow"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mayor Ana Pell spoke first. On Friday Pell said the ferry would be late.", "the ferry would"),
        ("Mayor Ana Pell spoke on Monday. Pell said the ferry would be late.", "the ferry would"),
        ("Ana Pell met Tom Obi. Pell said the ferry would be late.", "the ferry would"),
    ],
)
def test_a_surname_that_begins_a_sentence_is_who_bears_it(text: str, words: str) -> None:
    assert (at(text, words).speaker, at(text, words).is_person) == ("Ana Pell", True)


def test_a_name_in_any_latin_letters_is_a_person() -> None:
    quote = at("“The ferry is late,” said captain Ivan Šimić. Šimić blamed the storm.", "The ferry is late")
    assert (quote.speaker, quote.role, quote.is_person) == ("Ivan Šimić", "captain", True)


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Mayor Ana Pell said the harbour would not be sold.", "said"),
        ("Mayor Ana Pell argued that the harbour was too small for new ferries.", "argued"),
    ],
)
def test_indirect_speech_has_its_cue(text: str, cue: str) -> None:
    quote = only(text)
    assert (quote.speaker, quote.role, quote.kind) == ("Ana Pell", "Mayor", "indirect")
    assert quote.cue and text[slice(*quote.cue)] == cue
    assert "the harbour" in quote.words


def test_according_to_somebody_is_indirect_speech() -> None:
    quote = only("According to Ana Pell, the harbour will be open again on Monday.")
    assert (quote.speaker, quote.kind) == ("Ana Pell", "indirect")
    assert quote.words.startswith("the harbour will be open again")


def test_indirect_speech_with_words_in_marks_is_mixed() -> None:
    quote = only("Mayor Ana Pell called the plan “a hole in the ground” on Monday.")
    assert (quote.speaker, quote.kind) == ("Ana Pell", "mixed")
    assert "“a hole in the ground”" in quote.words


@pytest.mark.parametrize(
    "text",
    [
        "The “temporary” bridge has stood there for thirty years.",
        "In the film “Night Ferry” a captain loses his way. The song “Old Pier” was played at the end.",
        "The ferry was late. Nobody waited on the quay, and the lamps were out.",
        "",
        " \n\n ",
        "“”",
        "😀😀😀",
    ],
)
def test_what_nobody_says_is_no_quote(text: str) -> None:
    assert extract_quotes(text) == []


def test_what_is_so_called_is_no_quote() -> None:
    assert extract_quotes("The so-called “harbour fund” was closed on Monday.") == []


@pytest.mark.parametrize(
    "text",
    [
        f"😀 𝒳\n\n{SAID} 😀",
        f"قال الميناء لنا. {SAID}",
        "“الميناء لنا ولن نبيعه,” Mayor Ana Pell said on Monday.",
        f"e\u0301te\u0301 {SAID}",
        f"\ufeff\x00 {SAID}",
        SAID.replace(" ", "\xa0"),
    ],
)
def test_spans_are_characters_whatever_the_letters(text: str) -> None:
    quotes = extract_quotes(text)
    first = next(quote for quote in quotes if quote.source and "Ana" in text[slice(*quote.source)])
    assert (first.speaker, first.kind) == ("Ana Pell", "direct")
    assert first.source and text[slice(*first.source)].split()[-2:] == ["Ana", "Pell"]
    assert [text[start] for start, _ in first.spans] == ["“"] and text[first.end - 1] == "”"


def test_only_quotes_that_begin_within_the_spans_are_kept() -> None:
    text = f"{SAID}\n\n“The pier is not safe,” harbour pilot Tom Obi said on Friday."
    place = text.index("\n\n")
    assert [quote.speaker for quote in extract_quotes(text, [(0, place)])] == ["Ana Pell"]
    assert [quote.speaker for quote in extract_quotes(text, [(place, len(text))])] == ["Tom Obi"]
    assert extract_quotes(text, []) == []


def test_the_same_text_gives_the_same_quotes() -> None:
    text = f"{SAID}\n\n“The pier is not safe,” harbour pilot Tom Obi said on Friday. He said that it would close."
    assert extract_quotes(text) == extract_quotes(text)


def test_a_very_long_article_is_read_to_its_end() -> None:
    lines = [f"“We will not sell pier {at},” Mayor Ana Pell said on Monday." for at in range(100)]
    filler = "The ferry was late again, and it rained on the quay. " * (MANY // 100 // 53)
    text = "\n\n".join(f"{line}\n\n{filler}" for line in lines)
    assert len(text) > MANY
    quotes = [quote for quote in extract_quotes(text) if quote.kind == "direct"]
    assert [quote.words for quote in quotes] == [line[: line.index("”") + 1] for line in lines]
    assert {quote.speaker for quote in quotes} == {"Ana Pell"}


def test_nothing_attributed_has_no_speakers() -> None:
    assert resolve_speakers(SAID, find_mentions(SAID), []) == []
    assert not UNKNOWN_SPEAKER.name


@settings(max_examples=80)
@given(TEXT)
def test_any_text_gives_quotes_inside_it_and_in_order(text: str) -> None:
    quotes = extract_quotes(text)
    assert [quote.start for quote in quotes] == sorted(quote.start for quote in quotes)
    for quote in quotes:
        assert all(before[1] <= after[0] for before, after in pairwise(quote.spans))
        for span in (*quote.spans, *filter(None, (quote.source, quote.cue))):
            assert 0 <= span[0] < span[1] <= len(text)
        assert quote.words == " … ".join(re.sub(r"\s+", " ", text[start:end]) for start, end in quote.spans)
        assert quote.speaker == quote.speaker.strip()
