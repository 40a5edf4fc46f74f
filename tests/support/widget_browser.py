"""Debian's Chromium against the real server over loopback; nothing is downloaded, nothing of ours is replaced."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, Page, Route

from bot.app.build import App
from bot.app.settings import Settings
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from bot.web.app import make_app
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search
from tests.support.articles import article

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
PATIENCE = 30_000  # milliseconds, on a busy machine
ASK, TOLL = "Your question", "What did Brandt say about the toll?"
WORDS = "“A pier that nobody repairs is a pier that nobody wants,” harbour master Ines Falk said."
LONG = article(
    "long",
    "\n\n".join([*(f"The inspection on day {day} found the planks wet but whole." for day in range(1, 90)), WORDS]),
    title="Ninety days on the pier",
    outlet="Northern Tide",
    published="2025-06-01",
    url="",
)
HOSTILE = article(
    "hostile",
    "Inspector Boris Quill read a note to the court on Monday.\n\n"
    "“<script>window.taken = 1</script> <img src=x onerror='window.taken = 1'> "
    "[click](javascript:window.taken=1) ![dot](https://example.org/dot.png) is what the lighthouse note says,” "
    "Quill said.",
    title="<img src=x onerror='window.taken = 1'> A note in the lighthouse",
    outlet="<b>Quay</b> Gazette",
    published="2025-06-02",
    url="javascript:window.taken=1",
)

# Every script of a page sees what its policy refuses, and counts what the widget announces.
WATCH = """
window.refused = []; window.announced = []; window.told = [];
document.addEventListener("securitypolicyviolation", (event) => refused.push(event.violatedDirective));
for (const name of ["question", "answer", "open", "close", "error", "cite"])
  document.addEventListener(`onrecord:${name}`, (event) => told.push([name, event.detail]));
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) {
  const root = attach.call(this, options);
  new MutationObserver((changes) => changes.forEach(({ target }) => {
    const region = target.closest?.("[role=status]");
    if (region?.textContent) announced.push(region.textContent);
  })).observe(root, { subtree: true, childList: true });
  return root;
};
"""


@contextmanager
def serving(store: Store, conversation: Conversation) -> Iterator[str]:
    """The application on a port of its own; gives its address."""
    app = App(
        Settings(data=store.folder),
        store,
        Search(store),
        conversation,
        ConversationHistory(store.folder / "conversations.db"),
    )
    config = uvicorn.Config(
        make_app(app), host="127.0.0.1", port=0, log_level="warning", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    thread = threading.Thread(target=server.run, args=[[listening]])
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        app.search.close()


@dataclass
class Reader:
    """Opens pages of the paper and holds that none of them did what it must not."""

    browser: Browser
    pages: list[Page] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def page(self, **options: Any) -> Page:
        context = self.browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        context.set_default_timeout(PATIENCE)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.pages.append(page)
        return page

    def opens(self, address: str, **options: Any) -> Page:
        page = self.page(**options)
        page.goto(address)
        return page

    def close(self) -> None:
        for page in self.pages:
            assert page.evaluate("[window.refused ?? [], window.taken ?? null]") == [[], None]
            page.context.close()
        assert self.errors == []


def ask(page: Page, question: str = TOLL) -> None:
    """Ask and wait for the whole answer."""
    turns = page.locator("onrecord-chat .turn").count()
    page.get_by_label(ASK).fill(question)
    page.get_by_label(ASK).press("Enter")
    page.locator("onrecord-chat .turn").nth(turns).locator(".actions").wait_for()


def said(page: Page) -> str:
    """The text of the last answer."""
    return page.locator("onrecord-chat .prose").last.inner_text()


def told(page: Page, name: str) -> list[Any]:
    """What the host page heard of one event."""
    return [detail for event, detail in page.evaluate("window.told") if event == name]


def embed(page: Page, paper: str, markup: str, head: str = "", html: str = "lang='en'") -> None:
    """Open a publisher's page of its own, served where the paper is."""
    text = (
        f"<!DOCTYPE html><html {html}><head><meta charset=utf-8><title>A page</title>{head}"
        f"<script src='/widget.js' defer></script></head><body><main><h1>A page</h1>{markup}</main></body></html>"
    )
    page.route(f"{paper}/page", lambda route: route.fulfill(body=text, content_type="text/html"))
    page.goto(f"{paper}/page")


def events(*told: tuple[str, Any]) -> Callable[[Route], None]:
    """An answer of the endpoint, written by the test."""
    body = "".join(f"event: {name}\r\ndata: {json.dumps(data)}\r\n\r\n" for name, data in told)
    return lambda route: route.fulfill(body=body, content_type="text/event-stream")


def failing(status: int, code: str, **headers: str) -> Callable[[Route], None]:
    """A refusal of the endpoint."""
    error = {"error": {"message": "Made up.", "code": code, "param": None}}
    return lambda route: route.fulfill(status=status, json=error, headers=headers)


def answer(text: str = "The pier is closed.", **facts: Any) -> dict[str, Any]:
    """A whole answer as `done` carries it."""
    empty = {"citations": [], "nearest": [], "notes": [], "newest_source": "", "indexed_at": ""}
    return {"status": "answered", "text": text, "conversation_id": "c1", "turn": 1} | empty | facts
