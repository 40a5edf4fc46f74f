"""Answers without a model are the articles' own sentences, clear on their own and said once."""

from dataclasses import replace

from bot.answering.extraction.repetition import MAX_CLAIMS
from bot.answering.extraction.sentence_claims import choose_sentences, extract_claims, sentence_claim
from bot.answering.reading.answerability import ANSWER_THRESHOLD, answer_probability
from bot.answering.reading.passage_reading import read_question
from bot.answering.reading.read_sentences import PartReading, ReadSentence
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
    text = " ".join(f"The crew reached {town} {way}." for town, way in zip(towns, ways, strict=True))
    assert (
        1
        <= len(answer(store, "Which towns did the crew reach?", article("crew", text, title="Over the pass")))
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


def test_facts_that_have_nothing_in_common_need_no_day() -> None:
    def reading(part: str, told: Article) -> PartReading:
        passage = Passage(f"{told.id}#0", told.id, 0, len(told.text), told.text)
        hit = Hit(passage, told.title, "", "", (), told.published, "", 1.0)
        return PartReading(part, (ReadSentence(hit, told, (0, len(told.text)), 9.0, 9.0, 9.0),))

    mayor = article("mayor", "Ines Rook has led Lowick since March.", published="2025-01-05")
    readings = [reading(HURT, FIRST), reading("Who leads Lowick?", mayor)]
    assert [claim.text for claim in extract_claims(readings)] == [FIRST.text, mayor.text]
    assert [claim.text[:12] for claim in extract_claims([readings[0], reading(HURT, SECOND)])] == ["Reported on "] * 2


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
    text = "Lind won the race. It rained. Velde won the regatta."
    sentences = [
        read(text, "Lind won the race.", 8.0),
        read(text, "Velde won the regatta.", 6.5),
        read(text, "It rained.", -2.0),
    ]
    assert [sentence.text for sentence in choose_sentences(sentences)] == [
        "Lind won the race.",
        "Velde won the regatta.",
    ]


def test_a_neighbour_that_answers_too_is_told_in_one_breath() -> None:
    text = "It rained.\n\nLind won the race.\n\nShe was an hour ahead of the others. Tea was served."
    sentences = [
        read(text, "She was an hour ahead of the others.", 8.0),
        read(text, "Lind won the race.", 5.5),
        read(text, "Tea was served.", -1.0),
    ]
    told = [sentence.text for sentence in choose_sentences(sentences)]
    assert told == ["Lind won the race. She was an hour ahead of the others."]


def test_the_answering_words_are_marked_after_white_space_is_normalized() -> None:
    text = "The  race was\nwon by\tRosa Lind on Sunday."
    at = text.index("Rosa")
    sentence = replace(read(text, text, 2.0), answer=(at, at + len("Rosa Lind")))
    claim = sentence_claim(sentence)
    assert claim.text == "The race was won by Rosa Lind on Sunday."
    assert claim.answer is not None and claim.text[slice(*claim.answer)] == "Rosa Lind"


def test_a_headline_within_the_text_is_told_after_what_states_something() -> None:
    text = "Lind won the race in Farn.\n\nHow Lind won the race of her life"
    sentences = [
        read(text, "How Lind won the race of her life", 7.0),
        read(text, "Lind won the race in Farn.", 6.0),
    ]
    assert choose_sentences(sentences)[0].text == "Lind won the race in Farn."


def test_a_list_is_told_whole_with_what_introduces_it() -> None:
    items = "- The Gull, of Arle\n- The Tern, of Borden\n- The Heron, of Cleve"
    text = f"It rained. These boats reached the finals:\n\n{items}\n\nThe race is on Sunday."
    whole = "These boats reached the finals: - The Gull, of Arle - The Tern, of Borden - The Heron, of Cleve"
    for best in ("- The Tern, of Borden", "These boats reached the finals:"):
        (told,) = choose_sentences([read(text, best, 7.0), read(text, "It rained.", -3.0)])
        assert told.text == whole


def test_items_that_are_sentences_come_with_the_colon_before_them() -> None:
    items = ("Ferries run until midnight.", "Dogs travel free.")
    after = "The council votes in May. It is the third attempt."
    text = "\n\n".join(("It rained.", "The new rules are:", *items, after))
    (told,) = choose_sentences([read(text, "The new rules are:", 7.0)])
    assert told.text == f"The new rules are: {' '.join(items)}"
    (told,) = choose_sentences([read(text, items[1], 7.0)])
    assert told.text == items[1]
    (told,) = choose_sentences([read(text.removesuffix(after), "The new rules are:", 7.0)])
    assert told.text == f"The new rules are: {' '.join(items)}"


def test_a_list_ends_with_a_whole_line_and_may_have_none() -> None:
    line = "The Tern, a cutter of the northern sound"
    text = "\n\n".join(("It rained.", "These boats sail:", *[line] * 30))
    (told,) = choose_sentences([read(text, "These boats sail:", 7.0)])
    assert told.text.endswith(line) and told.text.count(line) > 9
    (told,) = choose_sentences([read("It rained. These boats sail:", "These boats sail:", 7.0)])
    assert told.text == "These boats sail:"


def test_a_long_line_within_a_list_introduces_nothing() -> None:
    long = "The Tern, a cutter that was built in Borden for the pilots of the northern sound"
    text = "\n\n".join(("It rained.", "Boats", "The Gull", long, "The Heron", "The Rail", "The race is on Sunday."))
    (told,) = choose_sentences([read(text, "The Rail", 7.0)])
    assert told.text == "The Rail"


def test_a_row_of_a_table_is_told_alone_and_first(store: Store) -> None:
    rows = "Candidate: Ida Brandvold; Votes: 4,210\n\nCandidate: Pavel Hruska; Votes: 3,100\n\nTurnout was 61 percent."
    votes = article("votes", f"The council was elected on Sunday.\n\n{rows}", title="Election results")
    assert answer(store, "How many votes did Pavel Hruska get?", votes)[0] == "Candidate: Pavel Hruska; Votes: 3,100"


def test_a_list_may_be_introduced_without_a_mark() -> None:
    crews = ("Ada Quist", "Per Holm", "Rosa Lind", "Tomas Velde")
    opening = "The harbour office announced the full list of captains who take part in the regatta, which includes"
    text = "\n\n".join((opening, *crews, "The regatta begins at noon on Sunday and ends at the old pier."))
    for line in (opening, "Rosa Lind"):
        (told,) = choose_sentences([read(text, line, 5.0)])
        assert told.text == f"{opening} {' '.join(crews)}"
    (headline,) = choose_sentences([read(f"{opening}\n\nThe regatta begins at noon.", opening, 5.0)])
    assert headline.text == opening
