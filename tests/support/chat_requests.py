"""Ways to ask the stand-in server: as a chat model, and as the bare endpoint under it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, SystemMessage

from bot.models.chat_model import ChatModel
from retrieval.models.endpoints.address import parse_address
from retrieval.models.endpoints.endpoint import Endpoint
from retrieval.models.endpoints.retry import Deadline
from tests.support.endpoint_standin import AT_ONCE

KEY = "sk-very-secret"
QUESTION = [SystemMessage("Answer from the passages."), HumanMessage("Why is the pier closed?")]
WAYS = ["invoke", "stream", "ainvoke", "astream"]


def model(url: str, **options: Any) -> ChatModel:
    return ChatModel(endpoint=Endpoint(parse_address(url, KEY), retry=AT_ONCE), model="tiny", **options)


async def joined(chunks: AsyncIterator[AIMessageChunk]) -> AIMessage:
    pieces = [chunk async for chunk in chunks]
    return sum(pieces[1:], pieces[0])


def ask(chat: ChatModel, way: str = "stream", **options: Any) -> AIMessage:
    """The answer, got in one of the four ways."""
    if way == "invoke":
        return chat.invoke(QUESTION, **options)
    if way == "ainvoke":
        return asyncio.run(chat.ainvoke(QUESTION, **options))
    if way == "astream":
        return asyncio.run(joined(chat.astream(QUESTION, **options)))
    pieces = list(chat.stream(QUESTION, **options))
    return sum(pieces[1:], pieces[0])


def endpoint(url: str, key: str = KEY, **timeouts: float) -> Endpoint:
    return Endpoint(parse_address(url, key), retry=AT_ONCE, **timeouts)


async def post(to: Endpoint, body: dict[str, Any] | None = None, seconds: float = 5.0) -> bytes:
    deadline = Deadline(seconds)
    parts = to.retry.run(lambda: to.post("/chat", body or {}, deadline), deadline)
    return b"".join([part async for part in parts])


def posted(url: str, body: dict[str, Any] | None = None, *, seconds: float = 5.0, **timeouts: float) -> bytes:
    return asyncio.run(post(endpoint(url, KEY, **timeouts), body, seconds))
