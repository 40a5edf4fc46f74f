"""Answers without a model are the articles' own sentences, clear on their own and said once."""

from dataclasses import replace

from bot.answering.extraction.repetition import MAX_CLAIMS
from bot.answering.extraction.sentence_claims import choose_sentences, extract_claims, sentence_claim
from bot.answering.reading.answerability import ANSWER_THRESHOLD, answer_probability
from bot.answering.reading.passage_reading import read_question
from bot.answering.reading.read_sentences import ReadSentence
from retrieval.documents import Article, Hit, Passage
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search
from tests.support.articles import article, fill
from tests.support.newsroom import ARTICLES, LORRIES


def answer(store: Store, question: str, *articles: Article) -> list[str]:
    """The claims made for a question over some articles; none where what was read is no answer."""
    fill(store, *articles)
    search = Search(store)
    try:
        found = search(question)
    finally:
        search.close()
    readings = read_question(question, found, store.catalog)
    if answer_probability(readings[0].sentences) < ANSWER_THRESHOLD:
        return []
    claims = extract_claims(readings, latest=found.question.wants_latest)
    for claim in claims:
        for key, (start, end) in claim.support:
            text = store.catalog.article(key).text
            assert claim.text.endswith(" ".join(text[start:end].split()))
    return [claim.text for claim in claims]


def test_a_fact_is_answered_with_the_sentence_that_has_the_figure(store: Store) -> None:
    assert answer(store, "How much will lorries pay for a crossing?", *ARTICLES)[0] == LORRIES


def test_near_identical_sentences_are_not_repeated(store: Store) -> None:
    told = "The harbour museum opens on Saturday with a show of ship models from {} countries."
    copies = [article(f"copy{at}", f"{told.format('nine')} Visitors pay nothing. {at}") for at in range(3)]
    claims = answer(store, "When does the harbour museum open?", *copies)
    assert len([claim for claim in claims if "ship models" in claim]) == 1


def test_no_more_claims_are_made_than_a_reader_wants(store: Store) -> None:
    towns = ("Arle", "Borden", "Cleve", "Dorne", "Elmar", "Farn", "Gotha")
    ways = ("by coach", "over the pass", "before noon", "in heavy rain", "with a brass band", "on foot", "by night")
    text = " ".join(f"The ferry crew reached {town} {way}." for town, way in zip(towns, ways, strict=True))
    assert (
        1
        <= len(answer(store, "Which towns did the ferry crew reach?", article("crew", text, title="Over the pass")))
        <= MAX_CLAIMS
    )


def test_a_sentence_that_leans_on_another_brings_it_along(store: Store) -> None:
    text = "The lighthouse on Gull Rock was built by Marta Stein. It cost 90,000 crowns in gold coins and four lives."
    claims = answer(store, "How many crowns in gold coins did it cost?", article("light", text))
    assert claims == [text]


def test_nothing_that_fits_is_no_claim(store: Store) -> None:
    assert answer(store, "How much is the toll?", article("sea", "The sea was calm on Sunday.")) == []


FIRST = article("first", "Nine people were hurt when the ferry hit the quay.", published="2025-03-03")
SECOND = article("second", "Fourteen people were hurt when the ferry hit the quay.", published="2025-03-09T08:00")
HURT = "How many people were hurt when the ferry hit the quay?"


def test_reports_of_different_days_say_when_they_were_reported(store: Store) -> None:
    assert sorted(answer(store, HURT, SECOND, FIRST)) == [
        f"Reported on 3 March 2025: {FIRST.text}",
        f"Reported on 9 March 2025: {SECOND.text}",
    ]


def test_the_newest_report_comes_first_where_the_latest_is_asked_for(store: Store) -> None:
    claims = answer(store, f"What is the latest: {HURT}", FIRST, SECOND)
    assert claims[0] == f"Reported on 9 March 2025: {SECOND.text}"


def test_reports_of_one_day_need_no_day(store: Store) -> None:
    claims = answer(store, HURT, FIRST, article("third", SECOND.text, published="2025-03-03T19:30"))
    assert sorted(claims) == sorted([FIRST.text, SECOND.text])


def test_another_towns_bridge_is_no_answer(store: Store) -> None:
    lowick = article("lowick", "The old bridge in Lowick is closed to lorries.", title="Bridge in Lowick closed")
    brack = article("brack", "The bridge in Brackwater cost 31 million crowns.", title="Brackwater has its bridge")
    assert answer(store, "How much did the bridge in Brackwater cost?", lowick, brack) == [brack.text]
    assert answer(store, "How much did the bridge in Lowick cost?") == []


def test_both_parts_of_a_question_are_answered(store: Store) -> None:
    text = (
        "Captain Rosa Lind won the ferry race on Sunday, ahead of eleven other boats. The council met at noon. "
        "Tomas Velde finished last, an hour behind her."
    )
    asked = "Who won the ferry race, and who finished last?"
    claims = answer(store, asked, article("race", text, title="Lind wins the ferry race"))
    assert claims[0].startswith("Captain Rosa Lind won") and any("Velde finished last" in claim for claim in claims)


def read(text: str, words: str, score: float) -> ReadSentence:
    """A sentence of an article as the reader might have judged it."""
    one = article("a", text)
    start = text.index(words)
    passage = Passage("p", "a", 0, len(text), text)
    hit = Hit(passage, one.title, "", "", (), "", "", 1.0)
    return ReadSentence(hit, one, (start, start + len(words)), score, score, score)


def test_a_second_sentence_is_told_only_where_it_answers_too() -> None:
    text = "Lind won the race. Velde won the regatta. It rained."
    sentences = [
        read(text, "Lind won the race.", 8.0),
        read(text, "Velde won the regatta.", 6.5),
        read(text, "It rained.", -2.0),
    ]
    assert [sentence.text for sentence in choose_sentences(sentences)] == [
        "Lind won the race.",
        "Velde won the regatta.",
    ]


def test_the_answering_words_are_marked_after_white_space_is_normalized() -> None:
    text = "The  race was\nwon by\tRosa Lind on Sunday."
    at = text.index("Rosa")
    sentence = replace(read(text, text, 2.0), answer=(at, at + len("Rosa Lind")))
    claim = sentence_claim(sentence)
    assert claim.text == "The race was won by Rosa Lind on Sunday."
    assert claim.answer is not None and claim.text[slice(*claim.answer)] == "Rosa Lind"
