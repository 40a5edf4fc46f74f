"""A real server on loopback, with the settings that a test is about, for tests of who may ask and how much."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import APIRouter

from bot.app.build import App
from bot.app.settings import Settings
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from bot.web.app import make_app
from bot.web.server import server_config
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search

ORIGIN, OTHER = "https://gazette.example", "https://tide.example"
SITES = f"""
[gazette]
origins = ["{ORIGIN}", "http://localhost:4000"]
name = "Quay Gazette"
starters = ["Who pays the toll?"]
outlet = "Quay Gazette"

[tide]
origins = ["{OTHER}"]
"""
QUESTION = {"question": "What will lorries pay?"}


def write_sites(folder: Path, text: str = SITES) -> Path:
    path = folder / "sites.toml"
    path.write_text(text, "utf-8")
    return path


@contextmanager
def listening(
    store: Store, host: str = "127.0.0.1", *, more: APIRouter | None = None, **settings: Any
) -> Iterator[httpx.Client]:
    """A client of a server, with `more` routes, that believes to listen on `host`; it does on loopback."""
    read = Settings(data=store.folder, **settings)
    search = Search(store)
    history = ConversationHistory(store.folder / "conversations.db")
    app = App(read, store, search, Conversation(store, search, history), history)
    try:
        web = make_app(app, host)
        web.include_router(more or APIRouter())
        server = uvicorn.Server(server_config(web))
        with running(server) as address, httpx.Client(base_url=address, trust_env=False) as client:
            yield client
    finally:
        search.close()


@contextmanager
def running(server: uvicorn.Server) -> Iterator[str]:
    """The address of a server that runs in a thread."""
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server does not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


LetIn = Callable[..., httpx.Client]


def token(client: httpx.Client, site: str = "gazette", origin: str = ORIGIN) -> str:
    """A reader's token."""
    answer = client.post("/v1/session", json={"site": site}, headers={"Origin": origin})
    return str(answer.raise_for_status().json()["token"])


def bearer(secret: str, origin: str = "") -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"} | ({"Origin": origin} if origin else {})


def ask(client: httpx.Client, **headers: str) -> httpx.Response:
    """One question that costs something; header names are written with underscores."""
    return client.post("/v1/ask", json=QUESTION, headers={k.replace("_", "-"): v for k, v in headers.items()})


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code."""
    return answer.status_code, answer.json()["error"]["code"]
