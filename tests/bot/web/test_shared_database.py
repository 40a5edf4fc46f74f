"""Two servers in separate folders share conversations, feedback, keys and limits through one database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.command_line import WORDS_ALONE, run_process, started
from tests.support.newsroom import write_articles
from tests.support.postgresql import PostgreSQLServer

pytestmark = [pytest.mark.process, pytest.mark.postgresql]


@contextmanager
def server(folder: Path, **settings: str) -> Iterator[httpx.Client]:
    """A client of `onrecord serve` in a folder of its own."""
    folder.mkdir()
    settings |= {"ONRECORD_ARTICLES": str(write_articles(folder / "news.jsonl"))} | WORDS_ALONE
    with started(folder, "serve", "--port", "0", **settings) as process:
        assert process.stderr
        line = next(line for line in process.stderr if "listening on" in line)
        with httpx.Client(base_url=line.split()[-1], trust_env=False, timeout=60) as client:
            yield client


def test_a_conversation_goes_on_on_another_server_and_limits_count_together(
    tmp_path: Path, postgresql: PostgreSQLServer
) -> None:
    address = postgresql.new_database().render_as_string(hide_password=False)
    settings = {"ONRECORD_DATABASE_URL": address, "ONRECORD_RATE_LIMIT_PER_KEY": "3/hour"}
    with ExitStack() as servers:
        one, two = (servers.enter_context(server(tmp_path / name, **settings)) for name in ("one", "two"))
        made = run_process(tmp_path / "one", "keys", "add", "archive", **settings)
        for client in (one, two):
            client.headers["Authorization"] = f"Bearer {made.stdout.strip()}"
        first = one.post("/v1/ask", json={"question": "What did Brandt say about the toll?"})
        conversation = {"conversation_id": first.json()["conversation_id"]}
        second = two.post("/v1/ask", json={"question": "And since when?"} | conversation)
        assert (first.status_code, second.status_code, second.json()["turn"]) == (200, 200, 2)
        judged = two.post("/v1/feedback", json={"turn": 1, "helpful": True} | conversation)
        assert judged.status_code == 204
        third = one.post("/v1/ask", json={"question": "Why?"} | conversation)
        refused = two.post("/v1/ask", json={"question": "Why?"} | conversation)
        assert (third.json()["turn"], refused.status_code) == (3, 429)
        assert not list(tmp_path.glob("*/data/*.db")), "nothing but caches is in the folders"
