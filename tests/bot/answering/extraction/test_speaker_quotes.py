"""Questions about a speaker are answered with that speaker's own words, named and dated, or honestly not at all."""

from collections.abc import Iterator

import pytest

from bot.answering.messages import Answer
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from retrieval.documents import Article
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search
from tests.support.articles import article, fill
from tests.support.newsroom import ARTICLES, BRANDT, OKORO, VELDE

HARBOUR = article(
    "harbour",
    "Councillor Tomas Ferrow opened the new harbour wall on Monday.\n\n"
    "“The wall will stand for a hundred winters,” Ferrow said. “Nobody in the lower town will sleep badly again.”\n\n"
    "His rival Nils Ferrow, a fisherman, called the wall “a monument to vanity”.\n\n"
    "Engineer Ada Brook warned that the wall would sink without a second footing.",
    published="2025-03-03",
    title="Harbour wall opens",
)
STORM = article(
    "storm",
    "After the storm Tomas Ferrow inspected the damage.\n\n"
    "“The wall held, and that is all that counts,” Ferrow told reporters.",
    published="2025-11-20",
    title="Wall holds in storm",
)


@pytest.fixture
def conversation(store: Store) -> Iterator[Conversation]:
    search = Search(store)
    yield Conversation(store, search, ConversationHistory(store.folder / "conversations.db"))
    search.close()


def ask(conversation: Conversation, store: Store, question: str, *articles: Article) -> Answer:
    fill(store, *articles)
    answer = conversation.ask(question)
    for citation in (*answer.citations, *answer.nearest):
        assert citation.quote == store.catalog.article(citation.article).text[citation.start : citation.end]
    return answer


def test_the_whole_quotation_leads_with_name_role_and_day(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Brandt say about the toll?", *ARTICLES)
    assert answer.text.startswith(f"Ilse Brandt, Mayor, 2 May 2025: {BRANDT} [1]")
    assert answer.citations[0].speaker == "Ilse Brandt"


def test_somebody_elses_words_about_the_speaker_are_not_an_answer(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Brandt say about the ferries?", *ARTICLES)
    assert VELDE not in answer.text and "forgotten" not in answer.text


def test_two_speakers_in_one_article_are_told_apart(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Okoro say about the toll?", *ARTICLES)
    assert OKORO in answer.text and "nine years" not in answer.text


def test_she_said_is_given_to_whom_she_is(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Lind say about the engine?", *ARTICLES)
    assert answer.text.startswith("Rosa Lind, Captain, ") and "would outlive her" in answer.text


def test_a_speaker_who_says_nothing_on_it_is_said_to_and_what_else_they_say_is_offered(
    conversation: Conversation, store: Store
) -> None:
    answer = ask(conversation, store, "What did Tomas Ferrow say about taxes?", HARBOUR, STORM)
    assert answer.status == "no_answer"
    assert answer.text == "The articles quote Tomas Ferrow, but not on taxes."
    assert [citation.article for citation in answer.nearest] == ["storm", "harbour"]
    assert {citation.speaker for citation in answer.nearest} == {"Tomas Ferrow"}


def test_somebody_who_is_not_quoted_is_said_not_to_be(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Zebulon say about the wall?", HARBOUR)
    assert (answer.status, answer.text) == ("no_answer", "The articles quote nobody called Zebulon.")


def test_two_people_of_one_surname_are_told_apart(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Nils Ferrow say about the wall?", HARBOUR, STORM)
    assert "vanity" in answer.text and "hundred winters" not in answer.text


def test_who_said_it_is_answered_with_the_name(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "Who said the wall would stand for a hundred winters?", HARBOUR, STORM)
    assert answer.text.startswith("Tomas Ferrow")
    answer = conversation.ask("Who warned that the wall would sink without a second footing?")
    assert answer.text.startswith("Ada Brook")


def test_a_misspelt_name_is_guessed_and_that_is_said(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Tomas Ferow say about the wall?", HARBOUR)
    assert "hundred winters" in answer.text
    assert answer.notes == ("Nobody called Tomas Ferow is quoted; taken to mean Tomas Ferrow.",)


def test_the_latest_words_come_first_where_the_latest_are_asked_for(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Tomas Ferrow say most recently about the wall?", HARBOUR, STORM)
    assert answer.citations[0].article == "storm"


def test_words_of_several_days_come_oldest_first(conversation: Conversation, store: Store) -> None:
    answer = ask(conversation, store, "What did Tomas Ferrow say about the wall in 2025?", HARBOUR, STORM)
    assert [citation.article for citation in answer.citations][:2] == ["harbour", "storm"]
