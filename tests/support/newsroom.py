"""A small body of made-up articles that several test modules ask about."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from retrieval.index.store import Store
from retrieval.search.hybrid_search import Search
from tests.support.articles import article

BRANDT = (
    "“The toll will pay for the ferries, and nobody who lives on the island will pay twice,” Brandt said. "
    "“We have waited nine years for a bridge that pays its own way.”"
)
OKORO = "“A toll is a tax on people who have no other road,” Okoro told the council."
VELDE = "“Brandt has forgotten the ferries and the people who built this town,” harbour worker Tomas Velde said."
LIND = "Captain Rosa Lind has steered the oldest ferry since 1998. She told visitors that its engine would outlive her."
LORRIES = "Lorries will pay 14 crowns a crossing from 1 September."

TOLL = article(
    "toll",
    "Mayor Ilse Brandt defended the new bridge toll before the city council on Friday evening.\n\n"
    f"{BRANDT}\n\n"
    f"Transport minister Daniel Okoro was less sure. {OKORO} "
    "He added that the ministry would look at the figures in June.\n\n"
    f"The council approved the toll by 31 votes to 12. {LORRIES}",
    title="Council votes for the bridge toll",
    outlet="Quay Gazette",
    authors=("Nia Roth",),
    published="2025-05-02",
    updated="2025-05-04",
)
FERRY = article(
    "ferry",
    "The island ferries carried 412,000 passengers last year, the harbour office reported on Monday.\n\n"
    f"{LIND}\n\n{VELDE}",
    title="A good year for the ferries",
    outlet="Northern Tide",
    authors=("Per Holm", "Ada Quist"),
    published="2025-04-20",
)
ARTICLES = (TOLL, FERRY)


@contextmanager
def talking(store: Store) -> Iterator[Conversation]:
    """A conversation over a store, with its history beside it."""
    search = Search(store)
    try:
        yield Conversation(store, search, ConversationHistory(store.folder / "conversations.db"))
    finally:
        search.close()


def write_articles(path: Path) -> Path:
    """The same articles as JSON lines."""
    rows = [
        {
            "id": item.id,
            "url": item.url,
            "title": item.title,
            "authors": item.authors,
            "outlet": item.outlet,
            "date": item.published,
            "updated": item.updated,
            "text": item.text,
        }
        for item in ARTICLES
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path
