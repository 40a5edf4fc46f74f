"""Parse pages and files in a separate process with limits on time and memory, which is kept for the next ones."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from retrieval.documents import Article
from retrieval.errors import ParserUnavailable
from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.parsing.entry import Entry
from retrieval.ingest.parsing.sandbox.framing import Message, receive_frame, send_frame
from retrieval.text.sentences import Span

if TYPE_CHECKING:
    from retrieval.ingest.parsing.pages.page import DiscoveredLinks

TIMEOUT_SECONDS = 20.0  # for one document
MAX_MEMORY_BYTES = 300_000_000  # of address space more than without a document, where the platform can limit it
_START_TIMEOUT_SECONDS = 60.0
_GRACE_SECONDS = 5  # between our timeout and the alarm in the process itself
_SHUTDOWN_TIMEOUT_SECONDS = 2.0  # after which the process is killed
_MAX_RESPONSE_BYTES = 256_000_000
_ENDED = "could not be read (the reader ended)"


class ParserProcess:
    """Parses pages and files in a process that starts with the first one; thread-safe, one document at a time.

    A document that takes longer than `seconds` is rejected and the process killed; the next document starts another.
    Each method raises ParserUnavailable when the process cannot be started.
    """

    def __init__(self, *, seconds: float = TIMEOUT_SECONDS, memory: int = MAX_MEMORY_BYTES) -> None:
        self._seconds, self._memory = seconds, memory
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def parse_page(
        self, fetched: FetchedDocument, entry: Entry | None = None, further: Sequence[FetchedDocument] = ()
    ) -> tuple[Article, ...]:
        """The articles of a page, of which `further` pages follow. Raises ValueError with the reason if it has none."""
        documents = (fetched, *further)
        pages = [_encode_document(one) | {"size": len(one.content)} for one in documents]
        request = {"kind": "page", "pages": pages, "entry": asdict(entry) if entry else None}
        return _decode_articles(self._request(request, b"".join(one.content for one in documents)))

    def parse_fragment(self, html: str, title: str, authors: Sequence[str]) -> tuple[str, tuple[Span, ...]]:
        """The text and the headings of an article in HTML without a page. Raises ValueError with the reason."""
        request = {"kind": "fragment", "title": title, "authors": list(authors)}
        text, headings = self._request(request, html.encode("utf-8", "replace"))
        return text, tuple((start, end) for start, end in headings)

    def parse_entry(self, entry: Entry, outlet: str) -> Article | None:
        """The article in an entry with its whole text, None for a teaser. Raises ValueError with the reason."""
        articles = _decode_articles(self._request({"kind": "entry", "entry": asdict(entry), "outlet": outlet}))
        return articles[0] if articles else None

    def parse_file(self, path: Path, content: bytes) -> tuple[Article, ...]:
        """The articles of a file with this content. Raises ValueError with the reason when there is none."""
        return _decode_articles(self._request({"kind": "file", "path": str(path)}, content))

    def discover_links(self, fetched: FetchedDocument) -> "DiscoveredLinks":
        """Find the feeds and APIs that a page announces. Raises ValueError with the reason."""
        from retrieval.ingest.parsing.pages.page import DiscoveredLinks  # trafilatura takes 250 ms to import

        links = self._request({"kind": "links", "fetched": _encode_document(fetched)}, fetched.content)
        return DiscoveredLinks(**(links | {"feeds": tuple(links["feeds"])}))

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _request(self, message: Message, content: bytes = b"") -> Any:
        with self._lock:
            response = self._send_to_process(message, content)
        if "error" in response:
            raise ValueError(response["error"])
        return response["result"]

    def _send_to_process(self, message: Message, content: bytes) -> Message:
        process = self._process
        if process is None or process.poll() is not None:
            self._end()
            process = self._start()
        response = self._exchange(process, self._seconds, message, content)
        if response["is_grown"]:  # libraries keep memory that the next document may need
            self._end()
        return response

    def _start(self) -> "subprocess.Popen[bytes]":
        try:
            self._process = process = _start_process(self._seconds, self._memory)
            self._exchange(process, _START_TIMEOUT_SECONDS)
        except (OSError, ValueError) as exc:
            raise ParserUnavailable(getattr(exc, "strerror", None) or "it ends at once or does not answer") from exc
        return process

    def _exchange(
        self, process: "subprocess.Popen[bytes]", seconds: float, message: Message | None = None, content: bytes = b""
    ) -> Message:
        """Send a message, if any, and wait for the response. Raises ValueError when the process ends or is too slow."""
        timed_out = threading.Event()

        def kill() -> None:
            timed_out.set()
            process.kill()

        timer = threading.Timer(seconds, kill)
        timer.daemon = True
        timer.start()
        assert process.stdin and process.stdout
        try:
            if message is not None:
                send_frame(process.stdin, message, content)
            return receive_frame(process.stdout, max_bytes=_MAX_RESPONSE_BYTES)[0]
        except (EOFError, OSError, ValueError):
            self._end()
            raise ValueError(f"took longer than {seconds:g} s to read" if timed_out.is_set() else _ENDED) from None
        finally:
            timer.cancel()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin and process.stdout
        with suppress(OSError):  # the process ended before it read the request
            process.stdin.close()
        try:
            process.wait(_SHUTDOWN_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _start_process(seconds: float, memory: int) -> "subprocess.Popen[bytes]":
    # -P: modules in the current folder are not imported. The pipes have no other holder, so that they close with us.
    limits = [str(int(seconds) + _GRACE_SECONDS), str(memory)]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "retrieval.ingest.parsing.sandbox.worker", *limits],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _encode_document(fetched: FetchedDocument) -> Message:
    """What parsing reads of a document besides its content."""
    return {
        "url": fetched.url,
        "content_type": fetched.content_type,
        "charset": fetched.charset,
        "headers": {name: value for name, value in fetched.headers.items() if name in ("link", "content-language")},
    }


def _decode_articles(rows: list[dict[str, Any]]) -> tuple[Article, ...]:
    return tuple(
        Article(
            **(
                row
                | {"authors": tuple(row["authors"]), "warnings": tuple(row["warnings"])}
                | {"headings": tuple((start, end) for start, end in row["headings"])}
            )
        )
        for row in rows
    )
