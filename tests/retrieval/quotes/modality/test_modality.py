"""Words that were denied, asked, supposed or claimed by others are no quotes of those they are about."""

import pytest

from retrieval.documents import Modality, Quote
from retrieval.quotes.extraction import extract_quotes


def about(text: str, words: str) -> Quote:
    """The quote whose content begins with these words, or a little before them."""
    place = text.index(words)
    return next(quote for quote in extract_quotes(text) if place - 12 <= quote.start <= place)


@pytest.mark.parametrize(
    ("text", "words", "modality"),
    [
        ("Councillor Ines Pell never said that the boat tax would rise.", "the boat tax", "denied"),
        ("Ines Pell did not tell the board that the lock was rusty.", "the lock was", "denied"),
        ("Harbour chief Ines Pell denied that she had sold the crane.", "she had sold", "denied"),
        ("Pell refused to say whether the lock would open.", "whether the lock", "denied"),
        ("The harbour office has not said when the lock would open.", "when the lock", "denied"),
        ("Ines Pell did not respond to a request for comment on the lock.", "a request", "denied"),
        ("Ines Pell declined to comment on the lock.", "comment on", "denied"),
        ("The harbour office has denied any link to the lock.", "any link", "denied"),
        ("Nobody in the council said that the lock was safe.", "the lock was", "denied"),
        ("Rumours that Ines Pell said “we will close the lock” are false.", "“we will", "reported"),
        ("In a deepfake, Ines Pell says that “the lock is mine”.", "“the lock", "reported"),
        ("Asked whether her deputy Tom Obi had said “the lock is lost”, Pell left.", "“the lock", "asked"),
        ("Did Ines Pell say that the lock would close?", "the lock would", "asked"),
        ("But has Ines Pell ever said that the lock was safe?", "the lock was", "asked"),
        ("No councillor said that the lock was safe.", "the lock was", "denied"),
        ("Ines Pell said nothing about the leaking lock on Friday.", "nothing about", "denied"),
        ("Hardly anyone said the gate was safe.", "the gate was", "denied"),
        ("The harbour office denied that it had sold the crane.", "it had sold", "denied"),
        ("Ines Pell has yet to say whether the lock is safe.", "whether the lock", "denied"),
        ("Ines Pell will announce on Monday that the lock is open.", "on Monday that", "hypothetical"),
        ("Ines Pell was asked to say that the lock was safe.", "the lock was", "hypothetical"),
        ("If pilot Tom Obi says “the lock is open”, nobody believes it.", "“the lock", "hypothetical"),
        ("The mayor should say “we were wrong”, wrote Ines Pell.", "“we were", "hypothetical"),
        ("Ines Pell was quoted as saying “the lock is a toy”, but she denies it.", "“the lock", "denied"),
    ],
)
def test_what_was_not_said_is_kept_apart(text: str, words: str, modality: Modality) -> None:
    quote = about(text, words)
    assert (quote.modality, quote.is_said) == (modality, False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“I never said that the lock was mine,” Ines Pell said.", "“I never"),
        ("“If it rains, we close the lock,” Ines Pell said.", "“If it"),
        ("“Did he say that? I doubt it,” Ines Pell said.", "“Did he"),
        ("Ines Pell said she would not sell the crane.", "she would not"),
        ("Ines Pell said that nobody had been hurt at the lock.", "nobody had"),
        ("Ines Pell said nothing would change at the lock.", "nothing would"),
        ("Ines Pell did not deny that the lock was rusty.", "the lock was"),
        ("Asked whether she would resign, Ines Pell said she would stay.", "she would stay"),
        ("“The lock is rusty,” said a pilot who declined to be named.", "“The lock"),
        ("Ines Pell denied the charge before the harbour board. “I was at sea that day,” she said.", "“I was"),
        ("Ines Pell said the lock is safe. Has anybody asked?", "the lock is"),
        ("Prosecutors allege that Ines Pell sold the crane.", "Ines Pell sold"),
        ("Ines Pell was quoted as saying “the lock is shut”.", "“the lock"),
        ("Everybody at the quay said that the lock was shut.", "the lock was"),
        ("Rower Tom Obi admitted telling his coach that he was tired.", "he was"),
        ("Ines Pell will say on Monday that the lock is shut, pilots said.", "Ines Pell will"),
        ("Ines Pell denied that the crane was sold, said Tom Obi.", "Ines Pell denied"),
    ],
)
def test_denials_and_questions_within_what_is_said_are_words_like_others(text: str, words: str) -> None:
    assert about(text, words).is_said


def test_a_deed_has_no_modality_of_its_own() -> None:
    text = "Councillor Tom Obi did not support the tunnel because it would cost too much."
    assert [quote.modality for quote in extract_quotes(text) if not quote.is_speech] in ([], ["said"])


def test_a_denied_quotation_that_goes_on_in_the_next_paragraph_stays_denied() -> None:
    text = (
        "Mayor Ines Pell never said: “We will sell the lock to anybody who pays.”\n\n"
        "“We will sell the crane to anybody who pays as well.”"
    )
    assert [quote for quote in extract_quotes(text) if quote.is_said] == []


def test_what_is_told_of_future_words_is_nobody_elses() -> None:
    told = extract_quotes("The mayor will say on Monday that the lock is shut, pilots said.")
    assert [(quote.speaker, quote.words) for quote in told if quote.is_said] == [
        ("pilots", "The mayor will say on Monday that the lock is shut")
    ]


def test_what_is_said_ends_where_somebody_speaks_anew() -> None:
    told = extract_quotes("Ines Pell said that the lock was shut, but she added that it would open in May.")
    assert [quote.words for quote in told] == ["that the lock was shut", "that it would open in May."]


def test_what_the_article_adds_in_a_relative_clause_is_no_part_of_what_is_said() -> None:
    quote = about("Ines Pell said the lock was shut, which she later denied.", "the lock was")
    assert quote.words == "the lock was shut"


@pytest.mark.parametrize(
    "text",
    [
        "Ines Pell wished she had told the pilot that the lock was open.",
        "Harbour chief Ines Pell bristled at the claim that the lock was rusty.",
        "Ines Pell pushed back against the idea that the lock was rusty.",
        "Ines Pell rejected the premise that locks are dear.",
        "Ines Pell disputed a report in which she said the lock was rusty.",
        "The Echo quoted pilot Ines Pell as saying the lock was shut, which she denies.",
        "“The lock is a toy,” Ines Pell was quoted as saying, though she denies it.",
        "Ines Pell was quoted as saying that the lock was shut, but she denies it.",
    ],
)
def test_wishes_and_denials_are_nobodys_words(text: str) -> None:
    assert [quote.words for quote in extract_quotes(text) if quote.is_said] == []
