"""An assistant reaches the archive through the protocol's own client, and gets cited, verbatim text."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from mcp.client import Client

from bot.app.build import App
from bot.app.settings import Settings
from bot.cli.commands.mcp.server import KeyVerifier, make_server
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from bot.web.auth.policy import access_policy
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search
from tests.support.newsroom import LORRIES, TOLL

Call = Callable[..., dict[str, Any]]


@pytest.fixture
def app(newsroom_copy: Store) -> Iterator[App]:
    search, history = Search(newsroom_copy), ConversationHistory(newsroom_copy.folder / "conversations.db")
    settings = Settings(data=newsroom_copy.folder)
    yield App(settings, newsroom_copy, search, Conversation(newsroom_copy, search, history), history)
    search.close()


@pytest.fixture
def call(app: App) -> Call:
    """Calls one tool in a session of its own and returns what it answers."""

    async def called(tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
        async with Client(make_server(app)) as client:
            result = await client.call_tool(tool, arguments)
            text = " ".join(getattr(part, "text", "") for part in result.content)
            return {"error": text} if result.is_error else dict(result.structured_content)

    return lambda tool, **arguments: asyncio.run(called(tool, arguments))


def test_the_tools_are_listed_with_what_they_do(app: App) -> None:
    async def listed() -> dict[str, str]:
        async with Client(make_server(app)) as client:
            return {tool.name: tool.description or "" for tool in (await client.list_tools()).tools}

    found = asyncio.run(listed())
    assert set(found) == {"ask", "search", "quotes", "article", "latest", "check_quote"} and all(found.values())


def test_an_answer_is_cited_with_the_articles_own_words(call: Call) -> None:
    answer = call("ask", question="How much will lorries pay for a crossing?")
    cited = answer["citations"][0]
    assert answer["status"] == "answered" and cited["quote"] == TOLL.text[cited["start"] : cited["end"]]
    assert cited["deep_link"].startswith("https://example.org/toll#:~:text=")


def test_what_the_articles_do_not_say_is_declined(call: Call) -> None:
    assert call("ask", question="Who won the chess tournament in Oslo?")["status"] == "no_answer"


def test_passages_of_a_search_are_spans_of_their_articles(call: Call) -> None:
    hit = call("search", query="toll for lorries", k=1)["hits"][0]
    assert hit["article"] == "toll" and hit["quote"] == TOLL.text[hit["start"] : hit["end"]]


def test_quotes_are_those_of_the_speaker(call: Call) -> None:
    found = call("quotes", speaker="Okoro")["quotes"]
    assert found and {quote["speaker"] for quote in found} == {"Daniel Okoro"}
    assert call("quotes", speaker="Nobody Atall")["note"].startswith("Nobody called")


def test_verbatim_words_are_found_with_their_speaker(call: Call) -> None:
    checked = call("check_quote", words='"A toll is a tax on people who have no other road"')
    assert checked["verbatim"] and checked["places"][0]["speaker"] == "Daniel Okoro"


def test_the_articles_own_words_are_nobodys_quotation(call: Call) -> None:
    (place,) = call("check_quote", words=LORRIES)["places"]
    assert place["speaker"] == "" and place["article"] == "toll"


def test_changed_words_are_not_verbatim(call: Call) -> None:
    checked = call("check_quote", words="A toll is a tax on people who have no other bridge")
    assert not checked["verbatim"] and checked["nearest"][0]["article"] == "toll"


def test_the_newest_article_comes_first_and_its_text_by_its_id(call: Call) -> None:
    newest = call("latest", k=1)["articles"][0]
    assert newest["id"] == "toll" and call("article", id=newest["id"])["text"] == TOLL.text


@pytest.mark.parametrize(
    ("tool", "arguments"), [("article", {"id": "none"}), ("quotes", {}), ("search", {"query": "toll", "since": "soon"})]
)
def test_what_cannot_be_done_is_said_in_a_sentence(call: Call, tool: str, arguments: dict[str, Any]) -> None:
    error = call(tool, **arguments)["error"]
    assert error.endswith((".", "?")) and "Traceback" not in error


def test_over_http_a_key_of_the_index_is_asked_for(app: App) -> None:
    key = access_policy(app, "127.0.0.1").keys.add("desk")
    policy = access_policy(app, "127.0.0.1")
    verifier = KeyVerifier(policy)
    assert not policy.is_open
    found = asyncio.run(verifier.verify_token(key))
    assert found is not None and found.client_id == "desk"
    assert asyncio.run(verifier.verify_token(f"{key}x")) is None
