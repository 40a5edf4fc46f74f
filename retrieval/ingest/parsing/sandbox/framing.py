"""What goes between the reading process and the one that started it: a JSON object and some bytes, lengths first."""

import json
import struct
from typing import IO, Any

_LENGTHS = struct.Struct("!II")
Message = dict[str, Any]


def send_frame(stream: IO[bytes], message: Message, content: bytes = b"") -> None:
    """Write one message and flush it. Raises OSError."""
    head = json.dumps(message).encode("ascii")
    stream.write(_LENGTHS.pack(len(head), len(content)))
    stream.write(head)
    stream.write(content)
    stream.flush()


def receive_frame(stream: IO[bytes], *, largest: int) -> tuple[Message, bytes]:
    """The next message. Raises EOFError when the other side has ended, ValueError when it is larger than `largest`."""
    head, content = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    if head + content > largest:
        raise ValueError("is larger than what is sent between processes")
    message = json.loads(_exactly(stream, head))
    if not isinstance(message, dict):
        raise ValueError("is no message")
    return message, _exactly(stream, content)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise EOFError("the other process has ended")
    return content
