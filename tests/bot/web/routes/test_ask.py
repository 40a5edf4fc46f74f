"""Questions over HTTP: whole answers, answers sentence by sentence, an article asked first."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.answering.messages import MAX_QUESTION_LENGTH
from bot.service.turns import article_turn
from retrieval.index.store import Store
from tests.support.articles import article
from tests.support.endpoint_standin import Standin, talking
from tests.support.marked_answers import FOURTEEN, PASSENGERS, marked_answer
from tests.support.model_answers import COST, TOLL, cited
from tests.support.newsroom import BRANDT, LORRIES, OKORO
from tests.support.web_server import Served, serving

NOTE = article(
    "note", "The harbour master counted 73 seals on the mole.", title="Seals", url="file:///srv/news/note.md"
)
SIDE = article(
    "side",
    "The council also heard a report on the bridge toll. Bicycles cross for nothing, clerk Eva Lund said.",
    title="Bicycles and the toll",
    url="https://www.example.org/side/?utm_source=rss&id=7#top",
)


@pytest.fixture(scope="module")
def served(shared_newsroom: Store) -> Iterator[Served]:
    """A server that the tests of this module share."""
    with serving(shared_newsroom, articles=(NOTE, SIDE)) as running:
        yield running


def test_an_answer_cites_the_words_it_gives(served: Served) -> None:
    answer = served.ask(TOLL)
    (first, *_) = answer["citations"]
    assert answer["status"] == "answered" and BRANDT in answer["text"]
    assert first["quote"] == served.client.get("/v1/articles/toll").json()["text"][first["start"] : first["end"]]
    assert first["deep_link"].startswith("https://example.org/toll#:~:text=")


def test_the_events_are_the_answer_in_pieces(served: Served) -> None:
    told = served.events(TOLL)
    done = told[-1][1]
    assert [name for name, _ in told][:2] == ["status", "citation"] and told[-1][0] == "done"
    assert "".join(data["text"] for name, data in told if name == "sentence") == done["text"]
    assert [data for name, data in told if name == "citation"] == done["citations"]


def test_the_words_that_answer_are_told_as_characters_of_each_text(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(article_turn, "answer_question", marked_answer())
    told = served.events(TOLL)
    done = told[-1][1]
    assert marked(done["text"], done) == [FOURTEEN, PASSENGERS]
    assert [marked(data["text"], data) for name, data in told if name == "sentence"] == [[FOURTEEN], [PASSENGERS]]
    assert [marked(data["quote"], data) for name, data in told if name == "citation"] == [[FOURTEEN], [PASSENGERS]]
    assert marked((answer := served.ask(TOLL))["text"], answer) == [FOURTEEN, PASSENGERS]


def marked(text: str, data: dict[str, Any]) -> list[str]:
    return [text[one["start"] : one["end"]] for one in data["highlights"]]


def test_every_citation_comes_before_the_sentence_that_cites_it(served: Served) -> None:
    known = set[int]()
    for name, data in served.events("How many passengers did the ferries carry?"):
        if name == "citation":
            known.add(data["number"])
        elif name == "sentence":
            assert set(map(int, re.findall(r"\[(\d+)\]", data["text"]))) <= known


def test_a_refusal_has_no_sentences(served: Served) -> None:
    told = served.events("Who designed the Sydney Opera House?")
    assert [name for name, _ in told] == ["status", "done"] and told[-1][1]["status"] == "no_answer"


def test_small_talk_is_no_question_and_no_context(served: Served) -> None:
    first = served.ask(TOLL)
    told = served.events("thanks a lot!", conversation_id=first["conversation_id"])
    thanked = told[-1][1]
    assert [name for name, _ in told] == ["status", "done"]
    assert (thanked["status"], thanked["understood"]["kind"], thanked["turn"]) == ("no_question", "thanks", 2)
    assert "toll" in served.ask("What did Okoro say?", conversation_id=first["conversation_id"])["standalone_question"]


def test_a_conversation_may_begin_with_a_greeting(served: Served) -> None:
    greeted = served.ask("hello")
    answer = served.ask(TOLL, conversation_id=greeted["conversation_id"])
    assert (answer["status"], answer["conversation_id"]) == ("answered", greeted["conversation_id"])


def test_a_greeting_offers_questions_that_are_answered(served: Served) -> None:
    suggested = served.ask("hello there")["suggestions"]
    assert suggested and all(served.ask(question)["status"] == "answered" for question in suggested)


def test_a_list_of_articles_is_streamed_and_cited(served: Served) -> None:
    told = served.events("articles by Nia Roth")
    done = told[-1][1]
    assert [name for name, _ in told] == ["status", "citation", "sentence", "done"]
    assert (done["answered_by"], done["understood"]["kind"], done["understood"]["author"]) == (
        "catalog",
        "articles_by",
        "Nia Roth",
    )
    assert [citation["article"] for citation in done["citations"]] == ["toll"]


def test_a_follow_up_is_understood_in_its_conversation(served: Served) -> None:
    first = served.ask(TOLL)
    second = served.ask("What did Okoro say?", conversation_id=first["conversation_id"])
    assert OKORO in second["text"] and "toll" in second["standalone_question"]
    assert (first["turn"], second["turn"]) == (1, 2)
    assert second["conversation_id"] == first["conversation_id"]


def test_an_unknown_conversation_is_refused_with_and_without_events(served: Served) -> None:
    for accept in ("application/json", "text/event-stream"):
        body = {"question": TOLL, "conversation_id": "nobodys"}
        response = served.client.post("/v1/ask", json=body, headers={"Accept": accept})
        assert (response.status_code, response.json()["error"]["code"]) == (404, "unknown_conversation")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "question"),
        ({"question": " \n"}, "question"),
        ({"question": "x" * (MAX_QUESTION_LENGTH + 1)}, "question"),
        ({"question": TOLL, "k": 0}, "k"),
        ({"question": TOLL, "k": "5"}, "k"),
        ({"question": TOLL, "prompt": "Be rude."}, "prompt"),
        ({"question": TOLL, "filters": {"since": "2025-02-30"}}, "filters.since"),
        ({"question": TOLL, "conversation_id": "../other/id"}, "conversation_id"),
    ],
)
def test_a_wrong_request_names_its_field(served: Served, body: dict[str, object], param: str) -> None:
    response = served.client.post("/v1/ask", json=body)
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["param"]) == (422, "invalid_request", param)
    assert error["request_id"] == response.headers["X-Request-Id"]


def test_filters_limit_the_articles(served: Served) -> None:
    assert served.ask(TOLL, filters={"since": "2026"})["status"] == "no_answer"
    assert served.ask(TOLL, filters={"until": "2025-05", "outlet": "quay"})["status"] == "answered"


def test_half_a_character_is_no_server_error(served: Served) -> None:
    raw = b'{"question": "What did Brandt say about the toll? \\ud800", "article": "\\udfff"}'
    response = served.client.post("/v1/ask", content=raw, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["error"]["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    "named", ["side", "https://example.org/side?id=7", "http://www.example.org/side/?id=7&fbclid=x#comments"]
)
def test_the_article_that_is_read_is_asked_first(served: Served, named: str) -> None:
    question = "What about the council and the bridge toll?"
    assert {citation["article"] for citation in served.ask(question, article=named)["citations"]} == {"side"}


@pytest.mark.parametrize("named", ["side", "https://example.org/unknown", "http://[", "nonsense"])
def test_the_archive_answers_where_the_article_does_not(served: Served, named: str) -> None:
    answer = served.ask(TOLL, article=named)
    assert answer["text"] == served.ask(TOLL)["text"] and BRANDT in answer["text"]


def test_an_article_outside_the_filters_is_not_asked(served: Served) -> None:
    answer = served.ask(TOLL, article="side", filters={"outlet": "Quay"})
    assert {citation["article"] for citation in answer["citations"]} == {"toll"}


def test_no_file_of_the_server_is_named(served: Served) -> None:
    answer = served.ask("How many seals did the harbour master count?")
    (citation,) = answer["citations"]
    assert (citation["article"], citation["url"], citation["deep_link"]) == ("note", "", "")
    assert "file:" not in str(answer) + str(served.events("How many seals did the harbour master count?"))


def test_a_model_that_finds_nothing_in_the_article_is_asked_about_the_archive(store: Store) -> None:
    declines, answers = (
        talking("The articles do not say."),
        cited("Lorries will pay 14 crowns a crossing. [#]", LORRIES),
    )
    with Standin(declines, answers).serving() as llm, serving(store, llm=llm, articles=(SIDE,)) as served:
        told = served.events("Why did the council vote on the bridge toll?", article="side")
        assert len(llm.asked) == 2
        assert "Lorries" not in llm.asked[0].body["messages"][-1]["content"]
    assert told[-1][1]["text"] == "Lorries will pay 14 crowns a crossing. [1]"
    assert told[-1][1]["answered_by"] == "tiny"


def test_a_failing_model_is_not_described_to_readers(store: Store) -> None:
    with Standin(talking("")).serving() as gone:
        pass
    with serving(store, llm=gone) as served:
        answer = served.ask(COST)
    assert answer["answered_by"] == "extract" and "127.0.0.1" not in str(answer)
    assert answer["notes"] == ["These are the articles' own sentences."]
