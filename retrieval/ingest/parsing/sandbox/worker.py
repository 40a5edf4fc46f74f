"""Parse pages and files for a parent process: `python -m retrieval.ingest.parsing.sandbox.worker SECONDS BYTES`.

A malicious document may take endless time or all memory. Here it costs only this process, which has SECONDS for each
document and BYTES of address space more than at its start where the platform can limit them; the parent kills it
otherwise. The process ends when its stdin is closed, which happens when the parent ends in any way.
"""

import logging
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.parsing.entry import Entry
from retrieval.ingest.parsing.files.file_formats import parse_file
from retrieval.ingest.parsing.pages import page
from retrieval.ingest.parsing.sandbox.framing import Message, receive_frame, send_frame

MAX_REQUEST_BYTES = 512_000_000  # fetched documents have a smaller limit of their own
_MAX_KEPT_SHARE = 0.3  # of the memory for a document that may still be in use after it; else the parent starts anew
_OUT_OF_MEMORY = "takes too much memory to be read"


def main() -> None:
    """Answer requests from stdin until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C
    logging.disable(logging.CRITICAL)  # trafilatura logs about pages
    seconds, memory = int(sys.argv[1]), int(sys.argv[2])
    size = _own_size()
    _limit_memory(size + memory)
    # A duplicate of stdout, so that no print statement can write between the responses.
    requests, responses = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr
    send_frame(responses, {"result": "ready"})
    while True:
        try:
            request, content = receive_frame(requests, max_bytes=MAX_REQUEST_BYTES)
        except EOFError:
            return
        _set_alarm(seconds)
        response = _respond(request, content)
        _set_alarm(0)
        is_grown = _own_size() > size + memory * _MAX_KEPT_SHARE
        send_frame(responses, response | {"is_grown": is_grown})


def _respond(request: Message, content: bytes) -> Message:
    try:
        return {"result": _parse(request, content)}
    except ValueError as exc:
        return {"error": str(exc)}
    except MemoryError:
        return {"error": _OUT_OF_MEMORY}
    except RecursionError:
        return {"error": "is nested too deeply to be read"}
    except Exception as exc:  # a library failed on this one document
        return {"error": f"could not be read ({type(exc).__name__})"}


def _parse(request: Message, content: bytes) -> Any:
    if request["kind"] == "file":
        return [asdict(article) for article in parse_file(Path(request["path"]), content)]
    entry = _decode_entry(request.get("entry"))
    if request["kind"] == "entry":
        article = page.parse_entry(entry or Entry(""), request["outlet"])
        return [asdict(article)] if article else []
    if request["kind"] == "fragment":
        return page.parse_fragment(content.decode("utf-8", "replace"), request["title"], request["authors"])
    if request["kind"] == "links":
        return asdict(page.discover_links(FetchedDocument(content=content, **request["fetched"])))
    first, *further = _decode_pages(request["pages"], content)
    return [asdict(article) for article in page.parse_page(first, entry, further)]


def _decode_pages(pages: list[Message], content: bytes) -> Iterator[FetchedDocument]:
    """The pages of an article, whose contents follow one another."""
    start = 0
    for fields in pages:
        size = fields.pop("size")
        yield FetchedDocument(content=content[start : start + size], **fields)
        start += size


def _decode_entry(fields: Message | None) -> Entry | None:
    return Entry(**(fields | {"authors": tuple(fields["authors"])})) if fields else None


def _limit_memory(memory: int) -> None:
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
        try:
            resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
        except (ValueError, OSError):  # macOS knows the limit and refuses it
            return


def _own_size() -> int:
    """The address space of this process in bytes; 0 where /proc does not say."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _set_alarm(seconds: int) -> None:
    """Let the kernel end this process after `seconds`, even in a library call that never returns and without parent."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


if __name__ == "__main__":
    main()
