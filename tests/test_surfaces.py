"""The same question gets the same answer, wherever it is asked."""

import json
import os
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

from bot.answering.messages import text_with_suggestions
from bot.cli.command_line import app
from retrieval.index.store import Store
from tests.support.web_server import Served, serving

QUESTIONS = [
    "What did Brandt say about the toll?",
    "Who said that a toll is a tax?",
    "How many passengers did the island ferries carry?",
    "What did Velde say about the council?",
    "Who designed the Sydney Opera House?",
    "?!",
    "hello there",
    "thanks a lot!",
    "What's new?",
    "Who wrote the article about the ferries?",
    "How many articles mention Okoro?",
]


class Said(NamedTuple):
    """What a reader gets to see."""

    text: str
    citations: list[tuple[int, str, str]]


@pytest.fixture(scope="module")
def served(shared_newsroom: Store) -> Iterator[Served]:
    """A server that the tests of this module share."""
    with serving(shared_newsroom) as running:
        yield running


def by_command(served: Served, question: str) -> Said:
    clean = {key: None for key in os.environ if key.startswith(("ONRECORD_", "OPENAI_"))}
    arguments = ["--data", str(served.app.settings.data), "ask", question, "--json"]
    done = CliRunner().invoke(app, arguments, env=clean)
    return of_answer(json.loads(done.stdout))


def by_conversation(served: Served, question: str) -> Said:
    answer = served.app.conversation.ask(question)
    return Said(text_with_suggestions(answer), [(one.number, one.deep_link, one.title) for one in answer.citations])


def by_json(served: Served, question: str) -> Said:
    return of_answer(served.ask(question))


def by_events(served: Served, question: str) -> Said:
    return of_answer(served.events(question)[-1][1])


def by_openai(served: Served, question: str) -> Said:
    body = {"model": "any", "messages": [{"role": "user", "content": question}]}
    message = served.client.post("/v1/chat/completions", json=body).json()["choices"][0]["message"]
    cited = {}
    for annotation in message["annotations"]:
        one = annotation["url_citation"]
        number = int(message["content"][one["start_index"] + 1 : one["end_index"] - 1])
        cited[number] = (number, one["url"], one["title"])
    return Said(message["content"], [cited[number] for number in sorted(cited)])


def of_answer(answer: dict[str, Any]) -> Said:
    citations = [(one["number"], one["deep_link"], one["title"]) for one in answer["citations"]]
    return Said("\n".join([answer["text"], *(f"- {question}" for question in answer["suggestions"])]), citations)


@pytest.mark.parametrize("surface", [by_command, by_json, by_events, by_openai])
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_surface_says_and_cites_the_same(served: Served, surface: Any, question: str) -> None:
    assert surface(served, question) == by_conversation(served, question)
