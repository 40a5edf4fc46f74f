"""Decompress gzip and deflate streams incrementally, within a limit on the size of the output."""

import zlib

CONTENT_CODINGS = ("gzip", "deflate")  # what Accept-Encoding offers
GZIP_MAGIC = b"\x1f\x8b"
_CHUNK_BYTES = 256 * 1024  # output of one zlib call; 64 kB of a decompression bomb would yield 64 MB at once
_ALIASES = {"": "", "identity": "", "x-gzip": "gzip"}
_GZIP_WBITS = 16 + zlib.MAX_WBITS
_ZLIB_WBITS = zlib.MAX_WBITS
_RAW_DEFLATE_WBITS = -zlib.MAX_WBITS


class Decompressor:
    """Decompresses what it is fed, up to `max_bytes` of output; `is_over` is true when there is more than that.

    `coding` is the value of a Content-Encoding header (RFC 9110, 8.4.1): gzip, deflate with or without the zlib header,
    or none. Raises ValueError with the reason for any other coding and for data that cannot be decompressed.
    """

    def __init__(self, coding: str, max_bytes: int) -> None:
        name = coding.strip().lower()
        self._coding = _ALIASES.get(name, name)
        if self._coding and self._coding not in CONTENT_CODINGS:
            raise ValueError(f"is compressed in a way that was not asked for ({coding.strip()[:40]})")
        self._max_bytes, self._bytes_fed = max_bytes, 0
        self._output, self._deflate_head = bytearray(), b""
        self._stream = zlib.decompressobj(_GZIP_WBITS) if self._coding == "gzip" else None
        self.is_over = False

    def feed(self, data: bytes) -> None:
        """Decompress the next bytes of the stream."""
        self._bytes_fed += len(data)
        if not self._coding:
            self._append(data)
            return
        try:
            self._decompress(data)
        except zlib.error as exc:
            raise ValueError("is compressed in a way that cannot be unpacked") from exc
        self.is_over = self.is_over or self._bytes_fed > self._max_bytes

    def content(self) -> bytes:
        """Return the output so far. Raises EOFError when the compressed stream is truncated."""
        if self._coding and self._bytes_fed and not self.is_over and not (self._stream and self._stream.eof):
            raise EOFError
        return bytes(self._output)

    def _decompress(self, data: bytes) -> None:
        if self._stream is None:
            data = self._deflate_head = self._deflate_head + data
            if len(data) < 2:
                return
            # Some servers send deflate without the zlib header that RFC 9110 demands (its check: RFC 1950, 2.2).
            has_zlib_header = data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0
            self._stream = zlib.decompressobj(_ZLIB_WBITS if has_zlib_header else _RAW_DEFLATE_WBITS)
        while data and not self.is_over:
            if self._stream.eof:
                if self._coding != "gzip" or data[:1] != GZIP_MAGIC[:1]:  # trailing garbage is ignored
                    return
                self._stream = zlib.decompressobj(_GZIP_WBITS)  # a gzip stream may have several members (RFC 1952, 2.2)
            # One byte beyond the limit tells that there is more; damage further on is not reached.
            room = self._max_bytes - len(self._output) + 1
            self._append(self._stream.decompress(data, min(_CHUNK_BYTES, room)))
            data = self._stream.unconsumed_tail or self._stream.unused_data

    def _append(self, data: bytes) -> None:
        self._output += data
        if len(self._output) > self._max_bytes:
            del self._output[self._max_bytes :]
            self.is_over = True


def decompress_gzip(content: bytes, max_bytes: int) -> bytes:
    """Decompress a whole gzip file. Raises ValueError when it is damaged, truncated or larger than `max_bytes`."""
    decompressor = _read_gzip(content, max_bytes)
    if decompressor.is_over:
        raise ValueError(f"holds more than {max_bytes:,} bytes when decompressed")
    return decompressor.content()


def decompress_gzip_start(content: bytes, length: int) -> bytes:
    """Decompress at most the first `length` bytes of a gzip file. Raises ValueError for damage or an end before."""
    return _read_gzip(content, length).content()


def _read_gzip(content: bytes, max_bytes: int) -> Decompressor:
    decompressor = Decompressor("gzip", max_bytes)
    try:
        decompressor.feed(content)
        decompressor.content()
    except EOFError:
        raise ValueError("is compressed, and its end is missing") from None
    except ValueError as exc:
        raise ValueError("is compressed, and damaged") from exc
    return decompressor
