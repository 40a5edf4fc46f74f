"""Fetch documents: consult robots.txt first, check every redirect, and stay within limits on time and size."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cached_property
from importlib.metadata import version
from typing import Self

from retrieval.errors import SourceError, SourceForbidden, SourceUnreachable, UsageError
from retrieval.ingest.fetched_document import NO_VALIDATORS, FetchedDocument, Validators
from retrieval.ingest.fetching import robots
from retrieval.ingest.fetching.http_client import HttpClient
from retrieval.ingest.fetching.http_response import HttpResponse, http_error
from retrieval.ingest.fetching.politeness import HostQueue
from retrieval.ingest.fetching.redirects import RedirectResult, follow_redirects, parse_source_url
from retrieval.ingest.fetching.safety.allowed_networks import AllowedNetworks
from retrieval.ingest.fetching.safety.checked_connections import CheckedBackend, Resolver, resolve_host
from retrieval.ingest.fetching.safety.url import Url, join_url
from retrieval.models.endpoints.cancellation import Cancellation
from retrieval.models.endpoints.event_loop import shared_loop_thread

MAX_BYTES = 10_000_000  # of a document, as sent and decompressed
TIMEOUT_SECONDS = 30.0


class Fetcher:
    """Fetches over http and https from the public internet; safe to share between threads.

    A process needs only one, because it limits each host to one request at a time. `networks` (`10.0.0.0/8`) are
    allowed besides the public internet. `seconds` is the timeout for one document with its redirects and robots.txt,
    without the wait for a turn at its host. `contact`, a URL or an e-mail address, becomes part of the User-Agent.
    There are no cookies, and no proxies are used, not even that of HTTPS_PROXY, because a proxy would resolve host
    names itself.
    """

    def __init__(
        self,
        *,
        networks: Sequence[str] = (),
        max_bytes: int = MAX_BYTES,
        seconds: float = TIMEOUT_SECONDS,
        contact: str = "",
        resolve: Resolver = resolve_host,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        if not contact.isascii() or not contact.isprintable():
            raise UsageError(f"The contact {contact!r} cannot be sent in a header; write it in plain ASCII.")
        self._backend, self._tls = CheckedBackend(AllowedNetworks(networks), resolve), tls
        self._max_bytes, self._seconds = max_bytes, seconds
        self._user_agent = f"{robots.PRODUCT_TOKEN}/{version('onrecord')}" + (f" (+{contact})" if contact else "")
        self._hosts, self._robots = HostQueue(), robots.RobotsCache()
        self._loop = shared_loop_thread()  # connections, host queue and robots cache belong to this one event loop

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the idle connections."""
        self._loop.run(self._close())

    def get(
        self,
        url: str,
        validators: Validators = NO_VALIDATORS,
        *,
        accept: str = "",
        cancellation: Cancellation | None = None,
    ) -> FetchedDocument:
        """Fetch a document; it is `unchanged` when the server says so about these validators.

        Redirects are followed, from https to http as well: no secrets are sent, and some sites redirect by way of http.
        Raises SourceGone, SourceForbidden, SourceUnreachable, SourceError; Cancelled.
        """
        return self._loop.run(self._get(parse_source_url(url), validators, accept), cancellation)

    def sitemaps(self, url: str, *, cancellation: Cancellation | None = None) -> tuple[str, ...]:
        """URLs of the sitemaps that the robots.txt of this URL's site names. Raises as `get` does."""
        return self._loop.run(self._sitemaps(parse_source_url(url)), cancellation)

    @cached_property
    def _client(self) -> HttpClient:  # created with the first request, in the loop's thread: it loads certificates
        return HttpClient(self._backend, tls=self._tls)

    async def _close(self) -> None:
        await self._client.aclose()

    async def _get(self, start: Url, validators: Validators, accept: str) -> FetchedDocument:
        budget, headers = _TimeBudget(self._seconds), _request_headers(validators, accept)

        async def request(url: Url) -> HttpResponse:
            rules = await self._robots_rules(url, budget)
            if not rules.can_fetch(url):
                raise SourceForbidden(str(url), f"is kept from {robots.PRODUCT_TOKEN} by robots.txt")
            return await self._request(url, headers, budget, delay=rules.crawl_delay, max_bytes=self._max_bytes)

        result = await follow_redirects(start, request)
        if result.response.is_not_modified and validators != NO_VALIDATORS:
            return _fetched_document(result, validators)
        error = http_error(str(start), result.response)
        if error is not None:
            raise error
        return _fetched_document(result)

    async def _sitemaps(self, start: Url) -> tuple[str, ...]:
        rules = await self._robots_rules(start, _TimeBudget(self._seconds))
        return tuple(url for line in rules.sitemaps if (url := _join_or_empty(start, line)))

    async def _robots_rules(self, url: Url, budget: "_TimeBudget") -> robots.RobotsRules:
        async def request(hop: Url) -> HttpResponse:
            return await self._request(hop, {}, budget, max_bytes=robots.MAX_ROBOTS_BYTES, truncate=True)

        async def fetch() -> robots.RobotsRules:
            try:
                result = await follow_redirects(join_url(url, robots.ROBOTS_PATH), request)
            except (SourceForbidden, SourceUnreachable):
                raise
            except SourceError:  # too many redirects, or a compression that was not offered
                return robots.RobotsRules()
            error = http_error(str(url), result.response)
            if isinstance(error, SourceUnreachable):
                reason = f"has a robots.txt that {error.reason}"
                raise SourceUnreachable(str(url), reason, retry_after=error.retry_after)
            if error:
                return robots.RobotsRules()
            return await asyncio.to_thread(robots.parse_robots, result.response.content)

        return await self._robots.rules(url, fetch)

    async def _request(
        self,
        url: Url,
        headers: dict[str, str],
        budget: "_TimeBudget",
        *,
        max_bytes: int,
        delay: float = 0.0,
        truncate: bool = False,
    ) -> HttpResponse:
        sent = {"User-Agent": self._user_agent, "Accept": "*/*", **headers}
        async with self._hosts.turn(url, delay), budget.spend(url):
            response = await self._client.get(url, sent, max_bytes=max_bytes, truncate=truncate)
        if response.retry_delay:
            self._hosts.backoff(url, response.retry_delay)
        return response


class _TimeBudget:
    """The time that all requests of one fetch may take together; waiting for a turn at a host is not counted."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._remaining = seconds, seconds

    @asynccontextmanager
    async def spend(self, url: Url) -> AsyncIterator[None]:
        """Count the time of the block, and cancel it when the budget is used up. Raises SourceUnreachable then."""
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with asyncio.timeout(max(self._remaining, 0.0)):
                yield
        except TimeoutError as exc:
            raise SourceUnreachable(str(url), f"did not answer within {self._seconds:g} seconds") from exc
        finally:
            self._remaining -= clock() - began


def _request_headers(validators: Validators, accept: str) -> dict[str, str]:
    headers = {
        "Accept": accept,
        "If-None-Match": validators.etag,
        "If-Modified-Since": validators.last_modified,
    }
    return {name: value for name, value in headers.items() if value}


def _fetched_document(result: RedirectResult, unchanged_since: Validators | None = None) -> FetchedDocument:
    """The document of a response; of a 304 response with the validators that are still valid."""
    response, previous = result.response, unchanged_since or NO_VALIDATORS
    headers = response.headers
    return FetchedDocument(
        url=str(result.url),
        content=response.content,
        content_type=response.content_type,
        charset=response.charset,
        headers=headers,
        validators=Validators(headers.get("etag", previous.etag), headers.get("last-modified", previous.last_modified)),
        unchanged=unchanged_since is not None,
        moved=result.moved,
    )


def _join_or_empty(base: Url, text: str) -> str:
    try:
        return str(join_url(base, text))
    except (ValueError, PermissionError):
        return ""
