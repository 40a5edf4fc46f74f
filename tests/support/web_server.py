"""The real application behind a real uvicorn on loopback, over the newsroom's articles."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from bot.answering.generation.writer import Writer
from bot.app.build import App
from bot.app.settings import Settings
from bot.models.token_ledger import TokenLedger
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from bot.web.app import make_app
from bot.web.runtime.state import ServerState
from prompts import Prompts
from retrieval.documents import Article
from retrieval.index.store import Store
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker
from retrieval.search.hybrid_search import Search
from tests.support.articles import fill
from tests.support.chat_requests import model
from tests.support.endpoint_standin import Standin

Told = list[tuple[str, Any]]


@dataclass(frozen=True)
class Served:
    """A running server, a client of it, and what it has opened."""

    url: str
    client: httpx.Client
    app: App
    web: FastAPI
    state: ServerState
    loop: asyncio.AbstractEventLoop

    def ask(self, question: str, **more: Any) -> dict[str, Any]:
        """The answer as JSON."""
        response = self.client.post("/v1/ask", json={"question": question} | more)
        assert response.status_code == 200, response.text
        return dict(response.json())

    def events(self, question: str, **more: Any) -> Told:
        """The events of the answer, by name."""
        with self.client.stream(
            "POST", "/v1/ask", json={"question": question} | more, headers={"Accept": "text/event-stream"}
        ) as response:
            assert response.status_code == 200, response.read()
            return told(response.iter_lines())

    def tasks(self) -> int:
        """How many tasks the server's event loop has."""

        async def count() -> int:
            return len(asyncio.all_tasks())

        return asyncio.run_coroutine_threadsafe(count(), self.loop).result(5)


def told(lines: Iterator[str]) -> Told:
    """Server-sent events by name; comments are passed over."""
    name, found = "", Told()
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            found.append((name, json.loads(value)))
    return found


@contextmanager
def opened(
    store: Store, *, llm: Standin | None = None, articles: tuple[Article, ...] = (), **settings: Any
) -> Iterator[App]:
    """Everything a surface needs over a store and more articles, with a stand-in that writes where there is one."""
    if articles:
        fill(store, *articles)
    search, history = Search(store), ConversationHistory(store.folder / "conversations.db")
    writer = llm and Writer(
        model(llm.url),
        "tiny",
        Prompts(),
        5.0,
        CircuitBreaker(failures=10_000, cool_down=60),
        TokenLedger(store.folder / "spent.db", 0),
        4096,
    )
    conversation = Conversation(store, search, history, lambda: writer)
    try:
        yield App(Settings(data=store.folder, **settings), store, search, conversation, history)
    finally:
        search.close()


@contextmanager
def serving(store: Store, **options: Any) -> Iterator[Served]:
    """A server in a thread of its own; `options` are those of `opened`."""
    with opened(store, **options) as app, socket.create_server(("127.0.0.1", 0)) as listening:
        web = make_app(app)
        server = uvicorn.Server(uvicorn.Config(web, log_level="warning", access_log=False))
        loops = list[asyncio.AbstractEventLoop]()

        async def serve() -> None:
            loops.append(asyncio.get_running_loop())
            await server.serve([listening])

        thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
                yield Served(url, client, app, web, web.state.onrecord, loops[0])
        finally:
            server.should_exit = True
            thread.join()
