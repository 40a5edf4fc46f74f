"""Follow redirects one checked step after another, from the URL that was asked for to the document."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from retrieval.errors import SourceError, SourceForbidden, SourceUnreachable
from retrieval.ingest.fetching.http_response import HttpResponse
from retrieval.ingest.fetching.safety.url import Url, display_url, join_url, parse_url

MAX_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class RedirectResult:
    """The last response and its URL; `moved` is true when there were redirects and all were permanent."""

    url: Url
    response: HttpResponse
    moved: bool


def parse_source_url(text: str) -> Url:
    """Parse a URL as a user wrote it. Raises SourceError, SourceForbidden."""
    try:
        return parse_url(text)
    except PermissionError as exc:
        raise SourceForbidden(display_url(text), str(exc)) from exc
    except ValueError as exc:
        raise SourceError(display_url(text), str(exc)) from exc


async def follow_redirects(start: Url, request: Callable[[Url], Awaitable[HttpResponse]]) -> RedirectResult:
    """Request `start` and the targets of its redirects; errors name `start` and, if another URL failed, that one."""
    url, redirects = start, list[HttpResponse]()
    while len(redirects) <= MAX_REDIRECTS:
        try:
            response = await request(url)
        except SourceError as exc:
            raise _error_at_start(start, url, exc) from exc
        if not response.is_redirect:
            is_moved = bool(redirects) and all(redirect.is_permanent_redirect for redirect in redirects)
            return RedirectResult(url, response, moved=is_moved)
        redirects.append(response)
        url = _redirect_target(start, url, response)
    raise SourceError(str(start), f"redirects more than {MAX_REDIRECTS} times")


def _redirect_target(start: Url, url: Url, response: HttpResponse) -> Url:
    location = response.headers.get("location", "")
    try:
        if not location:
            raise ValueError("is nowhere")
        return join_url(url, location)
    except PermissionError as exc:
        raise SourceForbidden(str(start), f"redirects to {display_url(location)}, which {exc}") from exc
    except ValueError as exc:
        raise SourceError(str(start), f"redirects to {display_url(location) or 'an address'}, which {exc}") from exc


def _error_at_start(start: Url, url: Url, error: SourceError) -> SourceError:
    """The same error, about `start`."""
    reason = error.reason if url == start else f"redirects to {url}, which {error.reason}"
    if isinstance(error, SourceUnreachable):
        return SourceUnreachable(str(start), reason, retry_after=error.retry_after)
    return type(error)(str(start), reason)
