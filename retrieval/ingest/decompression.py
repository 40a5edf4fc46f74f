"""Compressed content, unpacked as it comes and never further than it may grow."""

import zlib

STEP = 256 * 1024  # bytes that are unpacked at once; the next 64 kB of a bomb alone could be 64 MB
CODINGS = ("gzip", "deflate")
_SAME = {"": "", "identity": "", "x-gzip": "gzip"}
_GZIP = 16 + zlib.MAX_WBITS
_ZLIB = zlib.MAX_WBITS
_BARE = -zlib.MAX_WBITS
GZIP_MAGIC = b"\x1f\x8b"


class Decompressor:
    """What has been fed, unpacked, up to `largest` bytes; `is_over` tells that there would be more.

    `coding` is that of a Content-Encoding header (RFC 9110, 8.4.1): gzip, deflate with or without zlib's header, none.
    Raises ValueError with the reason for another one and for what does not unpack.
    """

    def __init__(self, coding: str, largest: int) -> None:
        named = coding.strip().lower()
        self._coding = _SAME.get(named, named)
        if self._coding and self._coding not in CODINGS:
            raise ValueError(f"is compressed in a way that was not asked for ({coding.strip()[:40]})")
        self._largest, self._taken = largest, 0
        self._content, self._head = bytearray(), b""
        self._stream = zlib.decompressobj(_GZIP) if self._coding == "gzip" else None
        self.is_over = False

    def feed(self, part: bytes) -> None:
        """The next bytes as they came."""
        self._taken += len(part)
        if not self._coding:
            self._keep(part)
            return
        try:
            self._unpack(part)
        except zlib.error as exc:
            raise ValueError("is compressed in a way that cannot be unpacked") from exc
        self.is_over = self.is_over or self._taken > self._largest

    def content(self) -> bytes:
        """All of it; raises EOFError when the compressed stream has not come to its end."""
        if self._coding and self._taken and not self.is_over and not (self._stream and self._stream.eof):
            raise EOFError
        return bytes(self._content)

    def _unpack(self, part: bytes) -> None:
        if self._stream is None:
            part = self._head = self._head + part
            if len(part) < 2:
                return
            # Some servers send deflate without the zlib header that RFC 9110 wants (RFC 1950, 2.2 for its check).
            with_header = part[0] & 0x0F == 8 and int.from_bytes(part[:2]) % 31 == 0
            self._stream = zlib.decompressobj(_ZLIB if with_header else _BARE)
        while part and not self.is_over:
            if self._stream.eof:
                if self._coding != "gzip" or part[:1] != b"\x1f":  # what follows the end is nothing
                    return
                self._stream = zlib.decompressobj(_GZIP)  # gzip may have several members (RFC 1952, 2.2)
            self._keep(self._stream.decompress(part, STEP))
            part = self._stream.unconsumed_tail or self._stream.unused_data

    def _keep(self, part: bytes) -> None:
        self._content += part
        if len(self._content) > self._largest:
            del self._content[self._largest :]
            self.is_over = True


def decompress_body(content: bytes, coding: str, largest: int) -> bytes:
    """Whole content at once. Raises ValueError with the reason, also when it would grow beyond `largest` bytes."""
    unpacking = Decompressor(coding, largest)
    unpacking.feed(content)
    if unpacking.is_over:
        raise ValueError(f"is larger than {largest:,} bytes")
    try:
        return unpacking.content()
    except EOFError:
        raise ValueError("is compressed and breaks off") from None


def decompress_gzip(content: bytes, largest: int) -> bytes:
    """All that is inside. Raises ValueError when that is more than `largest` bytes, damaged or cut off."""
    inside = decompress_gzip_start(content, largest + 1)
    if len(inside) > largest:
        raise ValueError(f"holds more than {largest:,} bytes when decompressed")
    return inside


def decompress_gzip_start(content: bytes, length: int) -> bytes:
    """At most the first `length` bytes of what is inside. Raises ValueError when it is damaged or cut off before."""
    inside, rest = bytearray(), content
    try:
        while rest.startswith(GZIP_MAGIC) and len(inside) < length:  # a file may be several, one after the other
            member = zlib.decompressobj(_GZIP)
            inside += member.decompress(rest, length - len(inside))
            if not member.eof and len(inside) < length:
                raise ValueError("is compressed, and its end is missing")
            rest = member.unused_data
    except zlib.error as exc:
        raise ValueError("is compressed, and damaged") from exc
    return bytes(inside)
