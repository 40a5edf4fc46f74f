"""The exceptions of the library, as one tree.

OnRecordError
 +- UsageError             an invalid argument or setting; nothing was done
 |   +- UnknownArticle
 +- SourceError            one source could not be read; others may be
 |   +- SourceGone             the page is no longer there (404, 410)
 |   +- SourceForbidden        the address is not allowed, or robots.txt disallows it
 |   +- SourceUnreachable      no connection, no complete answer in time, or a server error
 +- IndexUnavailable       the index is missing or cannot be opened
 |   +- IndexBusy          another process is writing it
 |   +- IndexDamaged       a file of the data folder is damaged
 |   +- DatabaseUnavailable the PostgreSQL server cannot be reached, or takes no more connections
 |   +- IndexServerUnavailable the Milvus server cannot be reached or refuses; nothing can be searched
 |   +- VectorsUnavailable the Chroma server cannot be reached or refuses; BM25 alone still answers
 +- StorageError           a file of the data folder cannot be read or written: the disk is full, or it is locked
 +- ParserUnavailable      the process that parses documents cannot be started
 +- Cancelled              the caller no longer waits for the answer
 +- Busy                   the queue of waiting questions is full
 +- ShuttingDown           the server is about to exit
 +- ModelError             a model cannot be used
     +- EmbeddingUnavailable   the embedding model is missing or refuses; BM25 alone still answers
     +- ModelUnreachable       no connection, or no complete answer in time
     +- ModelRefused           the endpoint rejects the key, the model or the request
     +- ModelOverloaded        too many requests, or a server error
"""

import errno

DISK_FULL = "The disk is full; make room on it and try again."
_FULL_ERRNOS = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})  # Windows has no quotas of this name
# SQLITE_FULL, and SQLITE_IOERR_SHMSIZE: no room for the file through which the readers of a database share memory.
_SQLITE_FULL_CODES = frozenset({13, 4874})
_RUST_FULL_MARKS = (f"(os error {errno.ENOSPC})", "(code: 13)")  # libraries in Rust give the numbers in their text
_NO_TEXT = "Could not decode to UTF-8"  # Python's message for a column, without a code
_SQLITE_DAMAGE_CODES = frozenset({11, 26})  # SQLITE_CORRUPT, SQLITE_NOTADB; the extended ones have them as lowest byte


class OnRecordError(Exception):
    """Base class; `str()` is one sentence for the user that says what is wrong and what to do."""

    retryable = False


class UsageError(OnRecordError):
    """An argument or setting is invalid; nothing was done."""


class UnknownArticle(UsageError):
    """No article has this id."""


class SourceError(OnRecordError):
    """One source could not be read; `source` names it."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source, self.reason = source, reason


class SourceGone(SourceError):
    """The page no longer exists (404, 410)."""


class SourceForbidden(SourceError):
    """The address is not allowed, or robots.txt disallows it."""


class SourceUnreachable(SourceError):
    """No connection, no complete answer in time, or a server error.

    `retry_after` is the number of seconds that the server asks to wait, None if it asks for none.
    """

    retryable = True

    def __init__(self, source: str, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(source, reason)
        self.retry_after = retry_after


class IndexUnavailable(OnRecordError):
    """The index is missing or cannot be opened."""


class IndexBusy(IndexUnavailable):
    """Another process is writing the index."""

    retryable = True


class IndexDamaged(IndexUnavailable):
    """A file of the data folder is damaged, and cannot be made anew from the others."""


class DatabaseUnavailable(IndexUnavailable):
    """The database server that holds the catalog cannot be reached, or takes no more connections."""

    retryable = True


class IndexServerUnavailable(IndexUnavailable):
    """The Milvus server that holds words and vectors cannot be reached or refuses."""

    retryable = True


class VectorsUnavailable(IndexUnavailable):
    """The Chroma server that holds the vectors cannot be reached or refuses."""


class StorageError(OnRecordError):
    """A file of the data folder cannot be read or written: the disk is full, or another process locks the file."""

    retryable = True


def storage_error(what: str, cause: Exception) -> StorageError:
    """The error that says why `what` ("The conversations in FILE") cannot be read or written, and what to do."""
    if is_disk_full(cause):
        return StorageError(f"{what} cannot be stored. {DISK_FULL}")
    if is_database_damaged(cause):
        return StorageError(f"{what} cannot be read ({cause}); restore the file from a backup, or move it away.")
    return StorageError(f"{what} cannot be read or written ({cause}); make sure that no other program locks the file.")


def opening_error(what: str, cause: Exception) -> IndexDamaged:
    """The error that says why the file of `what` ("The conversations in FILE") cannot be opened, and what to do."""
    return IndexDamaged(
        f"{what} cannot be opened ({cause}); restore the file from a backup, or move it away to begin it anew."
    )


def is_disk_full(error: BaseException | None) -> bool:
    """Whether a full disk is the cause of an error, or the cause of its cause."""
    while error is not None:
        if getattr(error, "sqlite_errorcode", None) in _SQLITE_FULL_CODES or getattr(error, "errno", 0) in _FULL_ERRNOS:
            return True
        if any(mark in str(error) for mark in _RUST_FULL_MARKS):
            return True
        error = error.__cause__ or error.__context__
    return False


def is_rust_panic(error: BaseException) -> bool:
    """Whether an error is a panic in a library written in Rust, which is no `Exception` and has no class to import."""
    return type(error).__name__ == "PanicException"


def is_database_damaged(error: BaseException) -> bool:
    """Whether an error says that a file is no SQLite database, or a damaged one.

    Where a schema is damaged, SQLite's message quotes it, and that may be no text; a row may hold no text either.
    """
    return (
        isinstance(error, UnicodeDecodeError)
        or _NO_TEXT in str(error)
        or (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in _SQLITE_DAMAGE_CODES
    )


class ParserUnavailable(OnRecordError):
    """The process that parses documents cannot be started."""

    retryable = True

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The process that reads documents cannot be started ({reason}); close other programs and try again."
        )


class Cancelled(OnRecordError):
    """The caller no longer waits for the answer."""


class Busy(OnRecordError):
    """The queue of waiting questions is full."""

    retryable = True


class ShuttingDown(OnRecordError):
    """The server is about to exit."""

    retryable = True


class ModelError(OnRecordError):
    """A model cannot be used; `retry_after` is the number of seconds that the endpoint asks to wait, if any."""

    def __init__(self, sentence: str, *, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class EmbeddingUnavailable(ModelError):
    """The embedding model is missing, damaged or refuses to answer."""


class ModelUnreachable(ModelError):
    """No connection, or no complete answer in time."""

    retryable = True


class ModelRefused(ModelError):
    """The endpoint rejects the key, the model or the request: a retry would not help."""


class ModelOverloaded(ModelError):
    """Too many requests, or a server error at the endpoint."""

    retryable = True
