"""One HTTP response: its headers parsed, and the error that its status means (RFC 9110, 15)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from retrieval.errors import SourceError, SourceGone, SourceUnreachable
from retrieval.models.endpoints.retry import parse_retry_after

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT_REDIRECTS = frozenset({301, 308})
_NOT_MODIFIED = 304
_GONE = frozenset({404, 410})
_RETRYABLE = frozenset({408, 425, 429})  # besides 5xx: the same request may succeed later
_WITH_RETRY_AFTER = frozenset({429, 503})
_ACCESS_DENIED = frozenset({401, 402, 403, 407, 451})
_PARTIAL_CONTENT = 206  # no request asks for a range
_TOO_MANY_REQUESTS = 429
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([^\s"';,]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A status, headers by lower-case name, and the decompressed content of a successful response (2xx)."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = field(default=b"", repr=False)

    @property
    def is_redirect(self) -> bool:
        return self.status in _REDIRECTS

    @property
    def is_permanent_redirect(self) -> bool:
        return self.status in _PERMANENT_REDIRECTS

    @property
    def is_not_modified(self) -> bool:
        return self.status == _NOT_MODIFIED

    @property
    def content_type(self) -> str:
        """Media type in lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """Charset parameter of the media type in lower case; empty when there is none."""
        found = _CHARSET.search(self.headers.get("content-type", ""))
        return found[1].lower() if found else ""

    @property
    def retry_delay(self) -> float | None:
        """Seconds for which the host asks for no requests (Retry-After of a 429 or 503); None when it does not ask."""
        return parse_retry_after(self.headers.get("retry-after", "")) if self.status in _WITH_RETRY_AFTER else None


def http_error(url: str, response: HttpResponse) -> SourceError | None:
    """Return the error that a response means, None for success. A redirect that was not followed is an error."""
    status = response.status
    if 200 <= status < 300 and status != _PARTIAL_CONTENT:
        return None
    if status in _GONE:
        return SourceGone(url, f"is no longer there ({status})")
    if status in _RETRYABLE or status >= 500:
        is_rate_limited = status == _TOO_MANY_REQUESTS
        reason = "takes no more requests for now" if is_rate_limited else "fails on the server's side"
        return SourceUnreachable(url, f"{reason} ({status})", retry_after=response.retry_delay)
    if status in _ACCESS_DENIED:
        return SourceError(url, f"is not open to everybody ({status})")
    return SourceError(url, f"is not given out ({status})")
