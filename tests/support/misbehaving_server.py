"""A web site to fetch from: real HTTP over loopback, each page as well or as badly behaved as the test wants it."""

import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import repeat

from retrieval.ingest.fetching.fetcher import Fetcher

LOOPBACK = ("127.0.0.0/8",)
KEPT = 5.0  # seconds that the site waits for the next request or for a client to leave

Step = bytes | float
"""Bytes to send or seconds to wait."""


@dataclass(frozen=True)
class Asked:
    """A request as the site saw it, with lower-case header names; `at` and `done` are seconds of a steady clock."""

    path: str
    headers: Mapping[str, str]
    connection: int
    at: float
    done: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Reply:
    """A status, headers and a body; `raw` stands for the whole reply, head included, and ends the connection."""

    body: bytes | Iterable[Step] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: Iterable[Step] | None = None

    def steps(self) -> Iterator[Step]:
        """What goes over the wire."""
        if self.raw is not None:
            yield from self.raw
            return
        named = {"Content-Type": "text/html; charset=utf-8"} | dict(self.headers)
        if isinstance(self.body, bytes):
            named = {"Content-Length": str(len(self.body))} | named
        else:
            named |= {"Connection": "close"}
        lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        yield f"HTTP/1.1 {self.status} Anything\r\n{lines}\r\n".encode()
        yield from [self.body] if isinstance(self.body, bytes) else self.body

    @property
    def keeps_the_connection(self) -> bool:
        return self.raw is None and isinstance(self.body, bytes)


Page = Reply | Callable[[Asked], Reply]
NOT_THERE = Reply(b"not here", 404)


class Site:
    """Serves pages by path with query, on a port of its own, and remembers what it was asked."""

    def __init__(
        self, pages: Mapping[str, Page], *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
    ) -> None:
        self.pages, self.asked, self.connections = dict(pages), list[Asked](), 0
        self._tls, self._stopping = tls, threading.Event()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listening = socket.create_server((host, port), family=family, backlog=64)
        self._listening.settimeout(0.05)
        self.host, self.port = host, int(self._listening.getsockname()[1])
        self.url = f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"

    def paths(self) -> list[str]:
        """What was asked for, robots.txt aside."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    @contextmanager
    def serving(self) -> Iterator["Site"]:
        """Runs in threads of its own."""
        threading.Thread(target=self._accept, daemon=True).start()
        try:
            yield self
        finally:
            self._stopping.set()
            self._listening.close()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listening.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection, self.connections - 1), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            connection.settimeout(KEPT)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._tls.wrap_socket(connection, server_side=True) if self._tls else connection as wire:
                while (asked := _asked(wire, number)) and self._reply(wire, asked):
                    pass
        except OSError:  # a client that leaves is what many tests are about
            pass

    def _reply(self, wire: socket.socket, asked: Asked) -> bool:
        self.asked.append(asked)
        page = self.pages.get(asked.path, NOT_THERE)
        reply = page if isinstance(page, Reply) else page(asked)
        try:
            for step in reply.steps():
                if self._stopping.is_set():
                    return False
                wire.sendall(step) if isinstance(step, bytes) else time.sleep(step)
        finally:
            asked.done.append(time.monotonic())
        return reply.keeps_the_connection


def _asked(wire: socket.socket, number: int) -> Asked | None:
    head = b""
    while b"\r\n\r\n" not in head:
        part = wire.recv(65536)
        if not part:
            return None
        head += part
    first, *lines = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Asked(first.split(" ")[1], headers, number, time.monotonic())


@contextmanager
def site(pages: Mapping[str, Page], **kind: object) -> Iterator[Site]:
    """A site that is serving."""
    with Site(pages, **kind).serving() as serving:
        yield serving


@contextmanager
def fetching(**options: object) -> Iterator[Fetcher]:
    """A fetcher that may reach loopback and trusts no authority, because loading the usual ones takes a while."""
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with Fetcher(**{"networks": LOOPBACK, "seconds": 5.0, "tls": bare} | options) as fetcher:
        yield fetcher


def redirect(to: str, status: int = 302) -> Reply:
    """A page that is elsewhere."""
    return Reply(b"", status, {"Location": to})


def robots(text: str) -> dict[str, Page]:
    """The robots.txt of a site."""
    return {"/robots.txt": Reply(text.encode(), headers={"Content-Type": "text/plain"})}


def endless(part: bytes, pause: float = 0.0) -> Iterator[Step]:
    """The same again and again, with pauses in between."""
    for step in repeat(part):
        yield step
        if pause:
            yield pause


def bomb(megabytes: int, wbits: int) -> bytes:
    """Zeros, compressed a thousandfold: gzip with `wbits` 31, zlib's deflate with 15, bare deflate with -15."""
    packing, bare = zlib.compressobj(9, wbits=wbits), zlib.compressobj(9, wbits=-15)
    begun = packing.compress(b"") + packing.flush(zlib.Z_FULL_FLUSH)
    one = bare.compress(bytes(1_000_000)) + bare.flush(zlib.Z_FULL_FLUSH)  # stands on its own, as often as one likes
    return begun + one * megabytes
