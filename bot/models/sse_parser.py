"""Server-sent events, as far as model endpoints use them."""

from codecs import BOM_UTF8

_ENDS = (b"\n", b"\r")


class SseParser:
    """Bytes as they come to the data of events.

    Every `data:` line counts as one event, because endpoints write one JSON object a line and some forget the blank
    line between two. Comments and other fields are passed over
    (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation).
    """

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, part: bytes) -> list[bytes]:
        """The data of the lines that have ended."""
        lines = (self._rest + part).removeprefix(BOM_UTF8).splitlines(keepends=True)
        self._rest = lines.pop() if lines and not lines[-1].endswith(_ENDS) else b""
        return [data for line in lines if (data := _data(line))]

    def rest(self) -> bytes:
        """The data of a last line that never ended."""
        return _data(self._rest)


def _data(line: bytes) -> bytes:
    return line[5:].strip() if line.startswith(b"data:") else b""
