"""From the address that somebody wrote to where the document is, one checked step after another."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from retrieval.errors import SourceError, SourceForbidden, SourceUnreachable
from retrieval.ingest.fetching.http_client import HttpResponse
from retrieval.ingest.fetching.safety.url import Url, display_url, join_url, parse_url
from retrieval.ingest.fetching.status_codes import MOVED, REDIRECTS

MOST = 5


@dataclass(frozen=True, slots=True)
class RedirectResult:
    """The last answer and where it came from; `moved` where all redirects on the way are for good."""

    url: Url
    answer: HttpResponse
    moved: bool


def address(written: str) -> Url:
    """An address as somebody wrote it. Raises SourceError, SourceForbidden."""
    try:
        return parse_url(written)
    except PermissionError as exc:
        raise SourceForbidden(display_url(written), str(exc)) from exc
    except ValueError as exc:
        raise SourceError(display_url(written), str(exc)) from exc


async def follow(start: Url, ask: Callable[[Url], Awaitable[HttpResponse]]) -> RedirectResult:
    """Asks, and asks on where it is sent to; every error names `start` and, if it is another, the address at fault."""
    url, statuses = start, list[int]()
    while len(statuses) <= MOST:
        try:
            answer = await ask(url)
        except SourceError as exc:
            raise _of(start, url, exc) from exc
        if answer.status not in REDIRECTS:
            return RedirectResult(url, answer, moved=bool(statuses) and MOVED.issuperset(statuses))
        statuses.append(answer.status)
        url = _next(start, url, answer)
    raise SourceError(str(start), f"redirects more than {MOST} times")


def _next(start: Url, url: Url, answer: HttpResponse) -> Url:
    location = answer.headers.get("location", "")
    try:
        if not location:
            raise ValueError("is nowhere")
        return join_url(url, location)
    except PermissionError as exc:
        raise SourceForbidden(str(start), f"redirects to {display_url(location)}, which {exc}") from exc
    except ValueError as exc:
        raise SourceError(str(start), f"redirects to {display_url(location) or 'an address'}, which {exc}") from exc


def _of(start: Url, url: Url, error: SourceError) -> SourceError:
    reason = error.reason if url == start else f"redirects to {url}, which {error.reason}"
    if isinstance(error, SourceUnreachable):
        return SourceUnreachable(str(start), reason, retry_after=error.retry_after)
    return type(error)(str(start), reason)
