"""Messages between the parser process and its parent: a JSON object and some bytes, with their lengths first."""

import json
import struct
from typing import IO, Any

_LENGTHS = struct.Struct("!II")
Message = dict[str, Any]


def send_frame(stream: IO[bytes], message: Message, content: bytes = b"") -> None:
    """Write one message and flush it. Raises OSError."""
    header = json.dumps(message).encode("ascii")
    stream.write(_LENGTHS.pack(len(header), len(content)))
    stream.write(header)
    stream.write(content)
    stream.flush()


def receive_frame(stream: IO[bytes], *, max_bytes: int) -> tuple[Message, bytes]:
    """Read the next message. Raises EOFError when the other process has ended, ValueError over `max_bytes`."""
    header_size, content_size = _LENGTHS.unpack(_read_exactly(stream, _LENGTHS.size))
    if header_size + content_size > max_bytes:
        raise ValueError("is larger than what is sent between processes")
    message = json.loads(_read_exactly(stream, header_size))
    if not isinstance(message, dict):
        raise ValueError("is no message")
    return message, _read_exactly(stream, content_size)


def _read_exactly(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise EOFError("the other process has ended")
    return content
