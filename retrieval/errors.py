"""Everything that can go wrong in the library, as one tree.

OnRecordError
 +- UsageError             the caller asked for something that cannot be; nothing was done
 |   +- UnknownArticle
 +- SourceError            one source could not be read; the others can
 +- IndexUnavailable       there is no index here, or it cannot be opened
 |   +- IndexBusy          another process is writing it
 +- EmbeddingUnavailable   the embedding model is missing or refuses; words alone still answer
"""


class OnRecordError(Exception):
    """Base of all of them; `str()` is one sentence for the user: what is wrong and what to do."""

    retryable = False


class UsageError(OnRecordError):
    """The caller asked for something that cannot be."""


class UnknownArticle(UsageError):
    """No article has this id."""


class SourceError(OnRecordError):
    """One source could not be read; `source` names it."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source, self.reason = source, reason


class IndexUnavailable(OnRecordError):
    """There is no index here, or it cannot be opened."""


class IndexBusy(IndexUnavailable):
    """Another process is writing the index."""

    retryable = True


class EmbeddingUnavailable(OnRecordError):
    """The embedding model is missing, damaged or refuses to answer."""
