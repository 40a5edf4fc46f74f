"""What the status of an answer means for whoever wanted the document (RFC 9110, 15)."""

from retrieval.endpoints.retry import retry_after
from retrieval.errors import SourceError, SourceGone, SourceUnreachable
from retrieval.ingest.fetching.http_client import HttpResponse

NOT_MODIFIED = 304
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOVED = frozenset({301, 308})
_GONE = frozenset({404, 410})
_LATER = frozenset({408, 425, 429})  # besides 5xx: the same request may succeed later
_ALONE = frozenset({429, 503})  # whose Retry-After says when
_PARTIAL = 206  # nobody asked for a part


def http_error(source: str, answer: HttpResponse) -> SourceError | None:
    """The error that an answer is, if it is one; a redirect that was not followed is."""
    status = answer.status
    if 200 <= status < 300 and status != _PARTIAL:
        return None
    if status in _GONE:
        return SourceGone(source, f"is no longer there ({status})")
    if status in _LATER or status >= 500:
        reason = "takes no more requests for now" if status == 429 else "fails on the server's side"
        return SourceUnreachable(source, f"{reason} ({status})", retry_after=retry_after_seconds(answer))
    if status in (401, 402, 403, 407, 451):
        return SourceError(source, f"is not open to everybody ({status})")
    return SourceError(source, f"is not given out ({status})")


def retry_after_seconds(answer: HttpResponse) -> float | None:
    """The seconds for which the whole host wants to be left alone, if it does."""
    return retry_after(answer.headers.get("retry-after", "")) if answer.status in _ALONE else None
