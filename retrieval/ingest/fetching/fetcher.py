"""Fetching documents: robots.txt asked first, redirects checked one by one, within bounds of time and size."""

import asyncio
import re
import ssl
from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version
from typing import Self

from retrieval.endpoints.cancellation import Cancellation
from retrieval.endpoints.event_loop import loop_thread
from retrieval.errors import SourceError, SourceForbidden, SourceUnreachable, UsageError
from retrieval.ingest.fetching import redirects, robots
from retrieval.ingest.fetching.http_client import HttpClient, HttpResponse
from retrieval.ingest.fetching.politeness import HostQueue
from retrieval.ingest.fetching.response import NOTHING_KNOWN, FetchedDocument, Validators
from retrieval.ingest.fetching.safety.allowed_networks import AllowedNetworks
from retrieval.ingest.fetching.safety.checked_connections import CheckedBackend, Resolve, resolve
from retrieval.ingest.fetching.safety.url import Url, join_url
from retrieval.ingest.fetching.status_codes import NOT_MODIFIED, http_error, retry_after_seconds
from retrieval.ingest.fetching.time_budget import TimeBudget

LARGEST = 10_000_000  # bytes, as sent and unpacked
SECONDS = 30.0
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([^\s"';,]+)""", re.IGNORECASE)


class Fetcher:
    """Fetches over http and https from the public internet; safe to share between threads.

    A process has one, because it sees to it that a host has one request at a time. `networks` (`10.0.0.0/8`) may be
    reached besides the public internet. `largest` is in bytes. `seconds` is how long one document may take, with its
    redirects and robots.txt, but without waiting for a turn at its host. `contact`, an address or a mailbox, is
    named to the servers. Proxies are not used, not even those that HTTPS_PROXY names, because they would resolve names
    themselves; there are no cookies.
    """

    def __init__(
        self,
        *,
        networks: Sequence[str] = (),
        largest: int = LARGEST,
        seconds: float = SECONDS,
        contact: str = "",
        resolve: Resolve = resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        if not contact.isascii() or not contact.isprintable():
            raise UsageError(f"The contact {contact!r} cannot be sent in a header; write it in plain ASCII.")
        self._backend, self._tls = CheckedBackend(AllowedNetworks(networks), resolve), tls
        self._largest, self._seconds = largest, seconds
        self._agent = f"{robots.AGENT}/{version('onrecord')}" + (f" (+{contact})" if contact else "")
        self._hosts, self._robots = HostQueue(), robots.RobotsCache()
        self._loop = loop_thread()  # this one for good: what is kept of hosts and connections belongs to it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept."""
        self._loop.run(self._close())

    def get(
        self,
        url: str,
        validators: Validators = NOTHING_KNOWN,
        *,
        accept: str = "",
        cancellation: Cancellation | None = None,
    ) -> FetchedDocument:
        """A document, or word that it is `unchanged` since the server gave these validators.

        Redirects are followed, to http as well: nothing secret is sent, and sites pass through it on their way back.
        Raises SourceGone, SourceForbidden, SourceUnreachable, SourceError; Cancelled.
        """
        return self._loop.run(self._get(redirects.address(url), validators, accept), cancellation)

    def sitemaps(self, url: str, *, cancellation: Cancellation | None = None) -> tuple[str, ...]:
        """The addresses of the sitemaps that the robots.txt beside this address names. Raises as `get` does."""
        return self._loop.run(self._sitemaps(redirects.address(url)), cancellation)

    @cached_property
    def _client(self) -> HttpClient:  # made by the first who fetches, in the loop's thread: it loads the authorities
        return HttpClient(self._backend, tls=self._tls)

    async def _close(self) -> None:
        await self._client.aclose()

    async def _get(self, start: Url, validators: Validators, accept: str) -> FetchedDocument:
        budget, headers = TimeBudget(self._seconds), _headers(validators, accept)

        async def ask(url: Url) -> HttpResponse:
            rules = await self._rules(url, budget)
            if not rules.allow(url):
                raise SourceForbidden(str(url), f"is kept from {robots.AGENT} by robots.txt")
            return await self._answer(url, headers, budget, pause=rules.pause, largest=self._largest)

        found = await redirects.follow(start, ask)
        if found.answer.status == NOT_MODIFIED and validators != NOTHING_KNOWN:
            return _fetched(found, validators)
        error = http_error(str(start), found.answer)
        if error is not None:
            raise error
        return _fetched(found)

    async def _sitemaps(self, start: Url) -> tuple[str, ...]:
        rules = await self._rules(start, TimeBudget(self._seconds))
        return tuple(found for line in rules.sitemaps if (found := _joined(start, line)))

    async def _rules(self, url: Url, budget: TimeBudget) -> robots.RobotsRules:
        async def ask(hop: Url) -> HttpResponse:
            return await self._answer(hop, {}, budget, largest=robots.LARGEST, whole=False)

        async def fetch() -> robots.RobotsRules:
            try:
                found = await redirects.follow(join_url(url, robots.PATH), ask)
            except (SourceForbidden, SourceUnreachable):
                raise
            except SourceError:  # it redirects without end or is packed in a way that nobody reads
                return robots.RobotsRules()
            error = http_error(str(url), found.answer)
            if isinstance(error, SourceUnreachable):
                reason = f"has a robots.txt that {error.reason}"
                raise SourceUnreachable(str(url), reason, retry_after=error.retry_after)
            return robots.RobotsRules() if error else await asyncio.to_thread(robots.parse_robots, found.answer.content)

        return await self._robots.of(url, fetch)

    async def _answer(
        self,
        url: Url,
        headers: dict[str, str],
        budget: TimeBudget,
        *,
        largest: int,
        pause: float = 0.0,
        whole: bool = True,
    ) -> HttpResponse:
        sent = {"User-Agent": self._agent, "Accept": "*/*", **headers}
        async with self._hosts.turn(url, pause), budget.spending(url):
            answer = await self._client.ask(url, sent, largest=largest, whole=whole)
        seconds = retry_after_seconds(answer)
        if seconds:
            self._hosts.leave_alone(url, seconds)
        return answer


def _headers(validators: Validators, accept: str) -> dict[str, str]:
    named = {
        "Accept": accept,
        "If-None-Match": validators.etag,
        "If-Modified-Since": validators.last_modified,
    }
    return {name: value for name, value in named.items() if value}


def _fetched(found: redirects.RedirectResult, known: Validators | None = None) -> FetchedDocument:
    """`known` are the validators that still hold."""
    headers, before = found.answer.headers, known or NOTHING_KNOWN
    kind = headers.get("content-type", "")
    charset = _CHARSET.search(kind)
    return FetchedDocument(
        url=str(found.url),
        content=found.answer.content,
        content_type=kind.partition(";")[0].strip().lower(),
        charset=charset[1].lower() if charset else "",
        headers=headers,
        validators=Validators(headers.get("etag", before.etag), headers.get("last-modified", before.last_modified)),
        unchanged=known is not None,
        moved=found.moved,
    )


def _joined(base: Url, written: str) -> str:
    try:
        return str(join_url(base, written))
    except (ValueError, PermissionError):
        return ""
