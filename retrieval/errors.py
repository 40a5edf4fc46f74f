"""Everything that can go wrong in the library, as one tree.

OnRecordError
 +- UsageError             the caller asked for something that cannot be; nothing was done
 |   +- UnknownArticle
 +- SourceError            one source could not be read; the others can
 |   +- SourceGone             the page is no longer there (404, 410)
 |   +- SourceForbidden        its address or robots.txt keeps us out
 |   +- SourceUnreachable      no connection, no whole answer in time, or a failure on the server's side
 +- IndexUnavailable       there is no index here, or it cannot be opened
 |   +- IndexBusy          another process is writing it
 |   +- VectorsUnavailable the Chroma server cannot be reached or refuses; words alone still answer
 +- Cancelled              whoever asked no longer wants to know
 +- Busy                   too many questions wait already
 +- Stopping               whoever answers is about to end
 +- ModelError             a model cannot be used
     +- EmbeddingUnavailable   the embedding model is missing or refuses; words alone still answer
     +- ModelUnreachable       no connection, or no whole answer in time
     +- ModelRefused           the endpoint does not take the key, the model or the request
     +- ModelOverloaded        too many requests, or a failure on the endpoint's side
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


class SourceGone(SourceError):
    """The page is no longer there."""


class SourceForbidden(SourceError):
    """The address is none that may be reached, or robots.txt keeps us out."""


class SourceUnreachable(SourceError):
    """No connection, no whole answer in time, or a failure on the server's side.

    `retry_after` is how many seconds the server asks to be left alone, if it does.
    """

    retryable = True

    def __init__(self, source: str, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(source, reason)
        self.retry_after = retry_after


class IndexUnavailable(OnRecordError):
    """There is no index here, or it cannot be opened."""


class IndexBusy(IndexUnavailable):
    """Another process is writing the index."""

    retryable = True


class VectorsUnavailable(IndexUnavailable):
    """The Chroma server that holds the vectors cannot be reached or refuses."""


class Cancelled(OnRecordError):
    """Whoever asked no longer wants to know."""


class Busy(OnRecordError):
    """Too many questions wait already."""

    retryable = True


class ShuttingDown(OnRecordError):
    """Whoever answers is about to end."""

    retryable = True


class ModelError(OnRecordError):
    """A model cannot be used; `retry_after` is how many seconds the endpoint asks to be left alone, if it does."""

    def __init__(self, sentence: str, *, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class EmbeddingUnavailable(ModelError):
    """The embedding model is missing, damaged or refuses to answer."""


class ModelUnreachable(ModelError):
    """No connection, or no whole answer in time."""

    retryable = True


class ModelRefused(ModelError):
    """The endpoint does not take the key, the model or the request: asking again changes nothing."""


class ModelOverloaded(ModelError):
    """Too many requests, or a failure on the endpoint's side."""

    retryable = True
