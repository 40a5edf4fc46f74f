"""A peer's side of the protocol: one JSON line in, one JSON line out. All times are measured here."""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from bench.peers.embedding import MiniLM

K = 50  # chunks a question asks for, as `evals` does: ten articles are seldom among ten chunks

Row = dict[str, Any]
"""An article: id, title, text and what else is known of it."""

Chunk = tuple[str, str]
"""The id of an article and the text of the chunk that was found in it."""


class Peer(Protocol):
    """A search system under comparison."""

    def ingest(self, articles: Sequence[Row]) -> int:
        """Index the articles; return the number of passages."""

    def keep(self) -> None:
        """Write the index to the peer's folder, where that is a separate step."""

    def search(self, question: str) -> list[Chunk]:
        """At most K chunks, best first."""


def serve_requests(make: Callable[[str, Path, MiniLM], Peer]) -> None:
    """Serve requests until stdin ends; arguments are the search mode, a folder and a file of cached vectors."""
    way, folder, *remembered = sys.argv[1:]
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no reply
    peer = make(way, Path(folder), MiniLM(Path(remembered[0]) if remembered else None))
    for line in sys.stdin:
        replies.write(json.dumps(_reply(peer, json.loads(line))) + "\n")
        replies.flush()


def _reply(peer: Peer, request: Row) -> Row:
    started, busy = time.perf_counter(), time.process_time()
    if request["do"] == "ingest":
        return {"passages": peer.ingest(request["articles"]), **_spent(started, busy)}
    if request["do"] == "keep":
        peer.keep()
        return {}
    if request["do"] == "search":
        return {"found": peer.search(request["question"]), **_spent(started, busy)}
    return _timed(peer, request["questions"], request["threads"])


def _spent(started: float, busy: float) -> Row:
    """Wall-clock seconds and CPU seconds of all cores; other work on the machine hardly changes the latter."""
    return {"seconds": time.perf_counter() - started, "cpu": time.process_time() - busy}


def _timed(peer: Peer, questions: Sequence[str], threads: int) -> Row:
    def one(question: str) -> float:
        started = time.perf_counter()
        peer.search(question)
        return (time.perf_counter() - started) * 1000

    started = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        spent = list(pool.map(one, questions))
    return {"ms": spent, "seconds": time.perf_counter() - started}
