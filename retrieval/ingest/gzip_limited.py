"""Gzip (RFC 1952), undone only as far as somebody agreed to."""

import zlib

MARK = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS


def decompressed(content: bytes, largest: int) -> bytes:
    """All that is inside. Raises ValueError when that is more than `largest` bytes, damaged or cut off."""
    inside = beginning(content, largest + 1)
    if len(inside) > largest:
        raise ValueError(f"holds more than {largest:,} bytes when decompressed")
    return inside


def beginning(content: bytes, length: int) -> bytes:
    """At most the first `length` bytes of what is inside. Raises ValueError when it is damaged or cut off before."""
    inside, rest = bytearray(), content
    try:
        while rest.startswith(MARK) and len(inside) < length:  # a file may be several, one after the other
            member = zlib.decompressobj(_GZIP)
            inside += member.decompress(rest, length - len(inside))
            if not member.eof and len(inside) < length:
                raise ValueError("is compressed, and its end is missing")
            rest = member.unused_data
    except zlib.error as exc:
        raise ValueError("is compressed, and damaged") from exc
    return bytes(inside)
