"""Reads pages for another process: `python -m retrieval.ingest.parsing.sandbox.worker SECONDS BYTES`.

What comes from the web may be made to take for ever or all memory. Here that costs this process alone: it has so many
seconds a document and so many bytes of address space where the platform can limit them, and who started it kills it
otherwise. It ends when its stdin does, which is when whoever started it has ended, in whatever way.
"""

import logging
import os
import signal
import sys
from dataclasses import asdict
from typing import Any

from retrieval.ingest.fetching.response import FetchedDocument
from retrieval.ingest.parsing.entry import Entry
from retrieval.ingest.parsing.pages import page
from retrieval.ingest.parsing.sandbox.framing import Message, receive_frame, send_frame

LARGEST_REQUEST = 512_000_000  # bytes; what is fetched has a limit of its own
_TOO_MUCH = "takes too much memory to be read"


def main() -> None:
    """The process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever is interrupted in the terminal decides what ends
    logging.disable(logging.CRITICAL)  # trafilatura's opinions of pages
    seconds, memory = int(sys.argv[1]), int(sys.argv[2])
    _bound(memory)
    # The answers have a pipe that nothing else can write into.
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr
    send_frame(answers, {"found": "ready"})
    while True:
        try:
            asked, content = receive_frame(requests, largest=LARGEST_REQUEST)
        except EOFError:
            return
        _alarm(seconds)
        answer = _answer(asked, content)
        _alarm(0)
        send_frame(answers, answer)


def _answer(asked: Message, content: bytes) -> Message:
    try:
        return {"found": _found(asked, content)}
    except ValueError as exc:
        return {"refused": str(exc)}
    except MemoryError:
        return {"refused": _TOO_MUCH}
    except RecursionError:
        return {"refused": "is nested too deeply to be read"}
    except Exception as exc:  # a library's own failure on this one document
        return {"refused": f"could not be read ({type(exc).__name__})"}


def _found(asked: Message, content: bytes) -> Any:
    entry = _entry(asked["entry"])
    if asked["kind"] == "entry":
        article = page.article_of_entry(entry or Entry(""), asked["outlet"])
        return [asdict(article)] if article else []
    fetched = FetchedDocument(content=content, **asked["fetched"])
    if asked["kind"] == "announced":
        return asdict(page.discover_links(fetched))
    return [asdict(article) for article in page.articles_of_page(fetched, entry)]


def _entry(facts: Message | None) -> Entry | None:
    return Entry(**(facts | {"authors": tuple(facts["authors"])})) if facts else None


def _bound(memory: int) -> None:
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        bound = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
        try:
            resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
        except (ValueError, OSError):  # macOS knows the limit and refuses it
            return


def _alarm(seconds: int) -> None:
    """Have the kernel end this process, even inside a library that never comes back, when nobody is left to do it."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


if __name__ == "__main__":
    main()
