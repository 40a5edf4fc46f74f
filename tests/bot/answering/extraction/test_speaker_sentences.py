"""Where no quote answers, a sentence about the speaker does; offices and groups have the words of those who speak."""

from datetime import date

from bot.answering.messages import Answer
from bot.service.conversation import Conversation
from retrieval.documents import Article
from retrieval.index.store import Store
from tests.support.articles import article, fill

STRIKE = article(
    "strike",
    "Asked about the dockers' strike, Harbour Minister Dana Ferro said she would wait for the arbiter.\n\n"
    "“I would rather have had a quiet summer,” Ferro told the paper over tea.",
    published="2026-05-02",
    title="Minister waits",
)
CRANES = article(
    "cranes",
    "Harbour Minister Dana Ferro dismissed the complaint about the new cranes as noise.\n\n"
    "“We sail on Monday whatever happens,” the minister said of the regatta.",
    published="2026-05-09",
    title="Complaint about cranes",
)
PALACE = article(
    "palace",
    "“The gates stay shut,” said Ewan Brodie, a spokesman for the Amber Palace, when he was asked about the garden.\n\n"
    "Residents of Seaford said that the garden had always been open.",
    published="2026-06-01",
    title="Palace shuts its garden",
)


def ask(conversation: Conversation, store: Store, question: str, *articles: Article) -> Answer:
    fill(store, *articles)
    return conversation.ask(question, today=date(2026, 6, 2))


def test_the_topic_may_stand_beside_the_quote(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Dana Ferro say about the dockers' strike?", STRIKE, CRANES)
    assert "wait for the arbiter" in answer.text.split("[1]")[0]


def test_a_topic_that_the_sentence_begins_with_is_what_the_words_are_about(
    conversation: Conversation, store: Store
) -> None:
    text = "Harbour Minister Dana Ferro took questions on Monday. On taxes, she said they would not rise."
    questions = article("taxes", text, published="2026-05-04", title="Minister takes questions")
    answer = ask(conversation, store, "What did Dana Ferro say about taxes?", questions, CRANES)
    assert "they would not rise" in answer.text


def test_a_sentence_about_the_speaker_answers_where_no_quote_does(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "How did Dana Ferro respond to the complaint about the cranes?", STRIKE, CRANES)
    assert "dismissed the complaint" in answer.text


def test_an_office_has_the_words_of_who_speaks_for_it(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did the Amber Palace say about the garden?", PALACE, CRANES)
    assert answer.text.startswith("Ewan Brodie") and "gates stay shut" in answer.text


def test_a_group_has_its_own_words(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did residents of Seaford say about the garden?", PALACE, CRANES)
    assert "had always been open" in answer.text.split("[1]")[0]


def test_who_is_described_in_other_words_is_found_by_reading(conversation: Conversation, store: Store) -> None:
    text = (
        "Beetles will hatch by the million, said Ada Brook, who teaches entomology at Lowick.\n\n"
        "“People will photograph every beetle with their telephones,” she said."
    )
    beetles = article("beetles", text, title="Beetles hatch in Lowick", published="2026-05-01")
    answer = ask(conversation, store, "What did the Lowick insect expert say about photographing beetles?", beetles)
    assert answer.status == "answered" and "photograph every beetle" in answer.text


def test_a_group_without_a_name_is_told_of_in_any_words(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What do locals in the town think about the palace garden?", PALACE, CRANES)
    assert "had always been open" in answer.text


def test_words_of_another_person_about_the_speaker_are_no_answer(conversation: Conversation, store: Store) -> None:
    rival = article(
        "rival",
        "“Dana Ferro will sink the whole fishing fleet with her quota,” said Olaf Brin, a skipper.",
        published="2026-05-20",
        title="Skipper rails at minister over the fishing quota",
    )
    answer = ask(conversation, store, "What did Dana Ferro say about the fishing quota?", STRIKE, rival)
    assert (answer.status, "Brin" in answer.text) == ("no_answer", False)


def test_silence_is_no_response(conversation: Conversation, store: Store) -> None:
    silent = article(
        "silent",
        "The Amber Palace lowered its flags after the death of the old gardener.\n\n"
        "The Amber Palace did not respond to a request for comment.",
        published="2026-06-02",
        title="Palace mourns its gardener",
    )
    answer = ask(conversation, store, "How did the Amber Palace respond to the death of the gardener?", silent)
    assert answer.status == "no_answer" or "lowered its flags" in answer.text.split("[1]")[0]
    assert {citation.speaker for citation in answer.citations} <= {""}


def test_words_of_other_days_are_offered_not_told(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Dana Ferro say in 2024?", STRIKE, CRANES)
    expected = "The articles quote Dana Ferro, but not in that time; the newest words of theirs are of 9 May 2026."
    assert answer.text == expected
    assert {citation.speaker for citation in answer.nearest} == {"Dana Ferro"}


def test_days_choose_among_the_words(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Dana Ferro say on 2 May 2026?", STRIKE, CRANES)
    assert answer.status == "answered"
    assert {citation.article for citation in answer.citations} == {"strike"}


def test_words_on_the_topic_from_other_days_say_so(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Dana Ferro say about the dockers' strike in 2024?", STRIKE, CRANES)
    assert "wait for the arbiter" in answer.text
    assert "These words are of other days than the question asks about." in answer.notes


def test_whether_something_was_said_is_answered_by_that_it_was_not(conversation: Conversation, store: Store) -> None:
    silent = article(
        "flood",
        "The flood reached the old mill on Sunday.\n\nDana Ferro has said nothing about the flood so far.",
        published="2026-06-01",
        title="Flood reaches the mill",
    )
    answer = ask(conversation, store, "Has Dana Ferro said anything about the flood?", STRIKE, silent)
    assert "said nothing about the flood" in answer.text


def test_words_on_the_topic_of_their_passage_answer(conversation: Conversation, store: Store) -> None:
    barred = article(
        "barred",
        "Councillor Olaf Brin was kept out of the closed hearing on the harbour tunnel on Monday.\n\n"
        "“That is garbage,” Brin said.",
        published="2026-06-01",
        title="Councillor kept out of hearing",
    )
    answer = ask(conversation, store, "What did Olaf Brin call it when he was kept out of the hearing?", STRIKE, barred)
    assert "garbage" in answer.text


ASKED = article(
    "asked",
    "Asked whether her deputy Ivo Lindt had said “the ferry is sinking”, chair Dana Ferro shook her head.",
    published="2026-05-20",
    title="Chair shakes her head",
)


def test_words_that_were_asked_about_are_nobodys(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "Who said that the ferry is sinking?", ASKED)
    assert answer.status == "no_answer"
