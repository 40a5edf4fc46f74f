"""Pages read in a process of their own, with bounds on time and memory; it is kept and used again."""

import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self

from retrieval.documents import Article
from retrieval.ingest.fetching.response import FetchedDocument
from retrieval.ingest.parsing.entry import Entry
from retrieval.ingest.parsing.pages.page import DiscoveredLinks
from retrieval.ingest.parsing.sandbox.framing import Message, receive_frame, send_frame

LONGEST_SECONDS = 20.0  # for one document
MOST_MEMORY = 1_500_000_000  # bytes of address space, where the platform limits it
_START_SECONDS = 60.0
_GRACE_SECONDS = 5  # that the process waits longer than we do before its own alarm
_END_SECONDS = 2.0  # that it may take to end before it is killed
_LARGEST_ANSWER = 256_000_000  # bytes
_ENDED = "could not be read (the reader ended)"


class ParserProcess:
    """Reads pages as `page.py` does, in a process started when it is first needed; safe to share, one at a time.

    A document that takes longer than `seconds` is refused, the process killed; the next one starts another.
    """

    def __init__(self, *, seconds: float = LONGEST_SECONDS, memory: int = MOST_MEMORY) -> None:
        self._seconds, self._memory = seconds, memory
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, fetched: FetchedDocument, entry: Entry | None = None) -> tuple[Article, ...]:
        """The articles of a page. Raises ValueError with the reason when there is none or it cannot be read."""
        return _articles(self._ask({"kind": "page"} | _sent(fetched, entry), fetched.content))

    def of_entry(self, entry: Entry, outlet: str) -> Article | None:
        """The article that an entry carries whole, None where it is a teaser. Raises ValueError with the reason."""
        found = _articles(self._ask({"kind": "entry", "entry": asdict(entry), "outlet": outlet}))
        return found[0] if found else None

    def announced(self, fetched: FetchedDocument) -> DiscoveredLinks:
        """What a page says of itself and its site. Raises ValueError with the reason."""
        found = self._ask({"kind": "announced"} | _sent(fetched, None), fetched.content)
        return DiscoveredLinks(**(found | {"feeds": tuple(found["feeds"])}))

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _ask(self, message: Message, content: bytes = b"") -> Any:
        with self._lock:
            answer = self._answered(message, content)
        if "refused" in answer:
            raise ValueError(answer["refused"])
        return answer["found"]

    def _answered(self, message: Message, content: bytes) -> Message:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = _start(self._seconds, self._memory)
            self._exchange(self._process, _START_SECONDS)
        return self._exchange(self._process, self._seconds, message, content)

    def _exchange(
        self, process: "subprocess.Popen[bytes]", seconds: float, message: Message | None = None, content: bytes = b""
    ) -> Message:
        """Send a message, if any, and wait for the answer. Raises ValueError when the process ends or is too slow."""
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        assert process.stdin and process.stdout
        try:
            if message is not None:
                send_frame(process.stdin, message, content)
            return receive_frame(process.stdout, largest=_LARGEST_ANSWER)[0]
        except (EOFError, OSError, ValueError):
            self._end()
            raise ValueError(f"took longer than {seconds:g} s to read" if late.is_set() else _ENDED) from None
        finally:
            timer.cancel()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin and process.stdout
        with suppress(OSError):  # it has ended with a request unread
            process.stdin.close()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _start(seconds: float, memory: int) -> "subprocess.Popen[bytes]":
    # The current folder's modules are not looked at. Nobody else holds these pipes, so that they end with us.
    bounds = [str(int(seconds) + _GRACE_SECONDS), str(memory)]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "retrieval.ingest.parsing.sandbox.worker", *bounds],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _sent(fetched: FetchedDocument, entry: Entry | None) -> Message:
    """What is read of a fetched page besides its content."""
    facts = {
        "url": fetched.url,
        "content_type": fetched.content_type,
        "charset": fetched.charset,
        "headers": {name: value for name, value in fetched.headers.items() if name in ("link", "content-language")},
    }
    return {"fetched": facts, "entry": asdict(entry) if entry else None}


def _articles(rows: list[dict[str, Any]]) -> tuple[Article, ...]:
    return tuple(
        Article(
            **(
                row
                | {"authors": tuple(row["authors"]), "headings": tuple((start, end) for start, end in row["headings"])}
            )
        )
        for row in rows
    )
