"""The lock under which an index of a folder is opened."""

from pathlib import Path

from filelock import FileLock


def opening_lock(folder: Path) -> FileLock:
    """The lock to hold while the index in this folder is opened, beside the folder.

    Of two processes that create its files at once, one would fail (chromadb 1.5.9) or undo what the other has added
    (tantivy).
    """
    return FileLock(folder.with_suffix(".lock"))
