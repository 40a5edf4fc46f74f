"""Bytes of a file to text, whatever their encoding; what is not text is refused with the reason."""

import codecs

from charset_normalizer import from_bytes

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LOOKED_AT = 8192


def decode(content: bytes) -> str:
    """Text with `\\n` line ends. Raises ValueError with the reason when the bytes are empty, binary or unreadable."""
    if not content.strip():
        raise ValueError("is empty")
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ValueError("is empty")
    return storable(text)


def storable(text: str) -> str:
    """The same text, character for character, with what SQLite and JSON cannot hold replaced."""
    return (
        text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
        if not text.isascii() or "\x00" in text
        else text
    )


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    if b"\x00" in content[:_LOOKED_AT]:
        raise ValueError("is binary, not text")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        best = from_bytes(content).best()
    if best is None:
        raise ValueError("is not text in any encoding that could be recognised")
    return str(best)
