"""The write lock of an index folder: one process at a time writes the indexes, and `writer.json` says which."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from retrieval.errors import IndexBusy, IndexUnavailable
from retrieval.text.dates.clock import utc_now

POLL_SECONDS = 0.2


@contextmanager
def write_lock(folder: Path, *, wait: float = -1, on_wait: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the write lock of an index folder, waiting up to `wait` seconds for it; -1 is no limit.

    `on_wait` is called once with the holder if the lock is not free. The operating system releases the lock of a
    process that dies. Raises IndexBusy after the wait, IndexUnavailable where there cannot be a lock.
    """
    lock = FileLock(folder / "writer.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if on_wait and wait:
            on_wait(lock_holder(folder))
        try:
            lock.acquire(timeout=wait, poll_interval=POLL_SECONDS)
        except Timeout as exc:
            raise IndexBusy(f"{lock_holder(folder)} is writing the index; try again when it has finished.") from exc
    except OSError as exc:
        raise IndexUnavailable(f"There is no lock {lock.lock_file}: {exc.strerror}; move what is there away.") from exc
    try:
        with suppress(OSError):  # a full disk: others then do not learn who holds the lock
            (folder / "writer.json").write_text(json.dumps({"pid": os.getpid(), "since": utc_now()}), "utf-8")
        yield
    finally:
        with suppress(OSError):
            (folder / "writer.json").unlink(missing_ok=True)
        lock.release()


def lock_holder(folder: Path) -> str:
    """The process that holds the lock, for messages."""
    try:
        process = json.loads((folder / "writer.json").read_text("utf-8"))
        return f"Process {process['pid']} (since {process['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "Another process"


def is_write_locked(folder: Path) -> bool:
    """Whether a process is writing the indexes now."""
    try:
        with FileLock(folder / "writer.lock").acquire(timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # there cannot be a lock, and so nobody holds it
        return False
