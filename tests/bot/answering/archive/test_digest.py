"""Summaries and news on a topic: the sentences that carry an article, in its own words."""

from collections.abc import Iterator
from datetime import date

import pytest

from bot.answering.messages import Answer
from bot.service.conversation import Conversation
from retrieval.index.store import Store
from tests.support.articles import article, fill
from tests.support.newsroom import talking

HARBOUR_DAY, FLOOD_DAY, REPAIR_DAY = "2025-03-01", "2025-04-02", "2025-04-20"
MUSEUM = article(
    "museum",
    "The harbour museum in Brackwater will close for two years so that its roof can be rebuilt.\n\n"
    "WHAT YOU NEED TO KNOW\n\n"
    "Rain has damaged eleven of the museum's ship models since the autumn, director Petra Voss said.\n\n"
    "What will become of the café?\n\n"
    "The rebuilding of the harbour museum costs nine million crowns, half of which the town pays. "
    "Schools will be shown part of the collection in the old customs house. "
    "Voss grew up two streets away. She likes tea. "
    "The museum is to open again in the spring of 2027 with a new hall for its largest ships.",
    title="Harbour museum closes for two years",
    published=HARBOUR_DAY,
)
FLOOD = article(
    "flood",
    "The Lowick tunnel was flooded on Tuesday night and both tubes are closed. "
    "Nobody was hurt when the water broke through a wall of the Lowick tunnel. "
    "Engineers pumped through the night.",
    title="Water closes the Lowick tunnel",
    published=FLOOD_DAY,
)
REPAIR = article(
    "repair",
    "The Lowick tunnel opens again on Monday after three weeks of repairs. "
    "The wall of the Lowick tunnel was rebuilt in concrete. "
    "Drivers will pay no toll in the first week.",
    title="Lowick tunnel opens again on Monday",
    published=REPAIR_DAY,
)

ROUNDUP = article(
    "roundup",
    "The mayor opened the flower market on Monday and praised its growers.\n\n"
    "Ferry captain Rosa Lind was taken to hospital after her ferry hit the quay.\n\n"
    "Bread is cheaper than a year ago, and bakers say that it will stay so.\n\n"
    "Lind's ferry will be back in service on Friday, the harbour office said.",
    title="What you may have missed today",
    published="2025-05-06",
)

TRAMS = article(
    "trams",
    "Brackwater spends less on its trams from May.\n\nThe depot is the part of the tram department that was almost "
    "completely closed. Which lines will run less often is not yet known. Passengers were told on Monday.",
    title="Cuts at the tram department",
    published="2025-05-01",
)


@pytest.fixture(scope="module")
def conversation(tmp_path_factory: pytest.TempPathFactory, model: object) -> Iterator[Conversation]:
    with Store(tmp_path_factory.mktemp("digest") / "index", lambda: model) as store:  # type: ignore[arg-type, return-value]
        fill(store, MUSEUM, FLOOD, REPAIR, ROUNDUP, TRAMS)
        with talking(store) as talk:
            yield talk


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


def test_a_summary_is_several_sentences_of_the_article_in_its_order(conversation: Conversation) -> None:
    answer = conversation.ask("Summarise the article about the harbour museum.")
    places = [MUSEUM.text.index(quote) for quote in quotes(answer)]
    assert (answer.status, answer.understood.kind) == ("answered", "summary")
    assert 3 <= len(places) <= 5 and places == sorted(places) and places[0] == 0
    assert answer.text == " ".join(f"{quote} [{number}]" for number, quote in enumerate(quotes(answer), start=1))
    assert "NEED TO KNOW" not in answer.text and "café" not in answer.text


def test_this_article_is_summarised_where_it_is_open(conversation: Conversation) -> None:
    answer = conversation.ask("Summarise this article.", first_article="flood")
    assert {citation.article for citation in answer.citations} == {"flood"}


def test_what_no_article_is_about_is_not_summarised(conversation: Conversation) -> None:
    assert conversation.ask("Summarise the article about the Ravenna opera house.").status == "no_answer"


def test_an_article_is_of_the_year_in_which_it_was_published(conversation: Conversation) -> None:
    assert conversation.ask("Summarise the 2025 article about the harbour museum.").status == "answered"


def test_a_misspelt_question_is_taken_for_no_summary(conversation: Conversation) -> None:
    answer = conversation.ask("wich part of the tram departmnt was almost completly closd")
    assert quotes(answer) == ["The depot is the part of the tram department that was almost completely closed."]


def test_the_news_on_a_topic_are_sentences_the_newest_day_first(conversation: Conversation) -> None:
    answer = conversation.ask("What's the latest on the Lowick tunnel?", today=date(2025, 4, 21))
    articles = list(dict.fromkeys(citation.article for citation in answer.citations))
    assert answer.understood.kind == "latest" and articles == ["repair", "flood"]
    assert answer.text.startswith("Reported on 20 April 2025: The Lowick tunnel opens again on Monday")
    assert "\n\nReported on 2 April 2025: " in answer.text


def test_a_summary_of_several_articles_is_in_order_of_their_days(conversation: Conversation) -> None:
    answer = conversation.ask("Tell me about the Lowick tunnel.")
    articles = list(dict.fromkeys(citation.article for citation in answer.citations))
    assert articles == ["flood", "repair"] and len(answer.citations) <= 5


def test_news_on_a_topic_from_a_review_of_the_day_are_only_on_the_topic(conversation: Conversation) -> None:
    answer = conversation.ask("latest on ferry captain Lind?", today=date(2025, 5, 6))
    assert {citation.article for citation in answer.citations} == {"roundup"}
    assert "Lind" in answer.text and "flower market" not in answer.text and "Bread" not in answer.text
