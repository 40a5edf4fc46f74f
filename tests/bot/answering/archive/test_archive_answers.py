"""The archive is asked about itself: lists, authorship and exact counts over a few made-up articles."""

from collections.abc import Iterator
from datetime import date

import pytest

from bot.answering.messages import Answer
from bot.service.conversation import Conversation
from retrieval.catalog.filters import Filters
from retrieval.index import indexer
from retrieval.index.store import Store
from tests.support.articles import article, fill
from tests.support.newsroom import talking

ROTH, HOLM = ("Nia Roth",), ("Per Holm", "Nia Roth")
QUAY, TIDE = "Quay Gazette", "Northern Tide"
TODAY = date(2025, 5, 6)
ARTICLES = (
    article(
        "toll",
        "The council approved the bridge toll. Lorries will pay 14 crowns.",
        title="Council votes for the bridge toll",
        outlet=QUAY,
        authors=ROTH,
        published="2025-05-05",
    ),
    article(
        "ferry",
        "The island ferries carried more passengers last year, Okoro’s ministry said. The bridge was shut in March.",
        title="A good year for the ferries",
        outlet=TIDE,
        authors=HOLM,
        published="2025-05-03",
    ),
    article(
        "school",
        "Minister Daniel Okoro opened the new school on the hill. Tolls were not discussed.",
        title="A school on the hill",
        outlet=QUAY,
        authors=ROTH,
        published="2024-09-01",
    ),
    article("letter", "An old letter was found in the harbour museum.", title="A letter from 1824", outlet=TIDE),
)


@pytest.fixture(scope="module")
def conversation(tmp_path_factory: pytest.TempPathFactory, model: object) -> Iterator[Conversation]:
    with Store(tmp_path_factory.mktemp("archive") / "index", lambda: model) as store:  # type: ignore[arg-type, return-value]
        fill(store, *ARTICLES)
        with talking(store) as talk:
            yield talk


def cited(answer: Answer) -> list[str]:
    return [citation.article for citation in answer.citations]


@pytest.mark.parametrize(
    ("question", "lead", "listed"),
    [
        ("What's new?", "4 articles:", ["toll", "ferry", "school", "letter"]),
        ("What's new this week?", "2 articles from 29 April 2025 to 6 May 2025:", ["toll", "ferry"]),
        ("What happened on 3 May?", "1 article of 3 May 2025:", ["ferry"]),
        ("What happened on 1 September 2024?", "1 article of 1 September 2024:", ["school"]),
        ("articles by Nia Roth", "3 articles by Nia Roth:", ["toll", "ferry", "school"]),
        ("what has per holm written?", "1 article by Per Holm:", ["ferry"]),
        ("articles from the Quay Gazette", "2 articles from Quay Gazette:", ["toll", "school"]),
        ("How many articles mention Okoro?", "2 of 4 articles mention “Okoro”. The newest:", ["ferry", "school"]),
        ("How many articles are about the bridge?", "2 of 4 articles mention “bridge”. The newest:", ["toll", "ferry"]),
        ("How many articles mention tolls?", "1 of 4 articles mentions “tolls”:", ["school"]),
        ("Which articles mention Okoro?", "2 of 4 articles mention “Okoro”. The newest:", ["ferry", "school"]),
        ("How many articles mention pizza?", "0 of 4 articles mention “pizza”.", []),
        ("How many articles are by Nia Roth?", "3 of 4 articles are by Nia Roth. The newest:", None),
        (
            "How many articles are there?",
            "There are 4 articles, from 1 September 2024 to 5 May 2025. The newest:",
            None,
        ),
    ],
)
def test_lists_and_counts(conversation: Conversation, question: str, lead: str, listed: list[str] | None) -> None:
    answer = conversation.ask(question, today=TODAY)
    assert (answer.text.split("\n")[0].removesuffix(" [1]"), answer.answered_by) == (lead, "catalog")
    assert listed is None or cited(answer) == listed


def test_each_line_has_day_and_headline_and_is_cited(conversation: Conversation) -> None:
    answer = conversation.ask("articles by Per Holm", today=TODAY)
    assert answer.text == "1 article by Per Holm:\n\n3 May 2025 – A good year for the ferries [1]"
    (citation,) = answer.citations
    assert (citation.outlet, citation.authors, citation.url) == (TIDE, HOLM, "https://example.org/ferry")
    assert citation.quote.startswith("The island ferries carried")


def test_who_wrote_an_article_and_when(conversation: Conversation) -> None:
    answer = conversation.ask("Who wrote the article about the ferries?")
    assert answer.text == (
        "“A good year for the ferries” was written by Per Holm and Nia Roth for Northern Tide and published on "
        "3 May 2025. [1]"
    )
    assert conversation.ask("Who wrote the story about the harbour museum?").text == (
        "“A letter from 1824” names no author; it was published by Northern Tide. [1]"
    )


def test_this_article_is_the_one_at_hand(conversation: Conversation) -> None:
    assert cited(conversation.ask("Who wrote this article?", first_article="school")) == ["school"]


def test_articles_on_a_topic(conversation: Conversation) -> None:
    answer = conversation.ask("What do you have on the bridge?")
    assert set(cited(answer)) == {"toll", "ferry"} and "“bridge”" in answer.text


def test_articles_about_a_person_are_not_taken_for_those_by_one(conversation: Conversation) -> None:
    assert set(cited(conversation.ask("articles about Daniel Okoro"))) >= {"school"}


def test_what_is_understood_is_told(conversation: Conversation) -> None:
    understood = conversation.ask("What happened on 3 May?", today=TODAY).understood
    assert (understood.kind, understood.since, understood.until) == ("latest", "2025-05-03", "2025-05-03")
    assert conversation.ask("articles from the Quay Gazette").understood.outlet == QUAY
    assert conversation.ask("articles by Nia Roth").understood.author == "Nia Roth"


def test_an_author_whom_nobody_knows_goes_the_ordinary_way(conversation: Conversation) -> None:
    answer = conversation.ask("articles by Zebulon Quix")
    assert answer.answered_by != "catalog"


@pytest.mark.parametrize(
    "question",
    [
        "What is the article about the bridge about?",
        "Which members of parliament shared their own bridge stories?",
        "How many pages does the bridge report have?",
    ],
)
def test_what_only_resembles_a_question_about_the_archive_is_answered_by_the_articles(
    conversation: Conversation, question: str
) -> None:
    assert conversation.ask(question).answered_by != "catalog"


def test_the_news_on_a_topic_is_the_sentence_that_answers_or_else_a_list(conversation: Conversation) -> None:
    answer = conversation.ask("latest on the bridge", today=TODAY)
    assert answer.understood.kind == "latest" and answer.status == "answered"


def test_filters_hold_for_lists_and_counts(conversation: Conversation) -> None:
    tide = Filters(outlet=TIDE)
    assert cited(conversation.ask("What's new?", filters=tide)) == ["ferry", "letter"]
    assert conversation.ask("How many articles mention Okoro?", filters=tide).text.startswith("1 of 2 articles from")
    assert conversation.ask("articles from the Quay Gazette", filters=tide).answered_by != "catalog"
    assert conversation.ask("hello", filters=tide).suggestions == ()


def test_days_without_an_article_are_said_to_have_none(conversation: Conversation) -> None:
    answer = conversation.ask("What's new today?", today=date(2025, 5, 20))
    assert answer.text.startswith("No article is of 20 May 2025. The newest before that:")


def test_an_article_that_waits_for_the_index_is_counted(store: Store) -> None:
    fill(store, ARTICLES[0])
    with talking(store) as talk:
        indexer.add_articles(store, ARTICLES[1:2])
        assert talk.ask("How many articles mention Okoro?").text.startswith("1 of 2 articles mentions")
