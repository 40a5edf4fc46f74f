"""Parse server-sent events, as far as model endpoints use them."""

from codecs import BOM_UTF8

_LINE_ENDS = (b"\n", b"\r")


class SseParser:
    """Turns bytes that come in pieces into the data of events.

    Every `data:` line counts as one event, because endpoints write one JSON object a line and some omit the blank line
    between two. Comments and other fields are ignored
    (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation).
    """

    def __init__(self) -> None:
        self._unfinished_line = b""

    def feed(self, part: bytes) -> list[bytes]:
        """Return the data of the lines that this part completes."""
        lines = (self._unfinished_line + part).removeprefix(BOM_UTF8).splitlines(keepends=True)
        self._unfinished_line = lines.pop() if lines and not lines[-1].endswith(_LINE_ENDS) else b""
        return [data for line in lines if (data := _event_data(line))]

    def end(self) -> bytes:
        """Return the data of a last line that has no line end."""
        return _event_data(self._unfinished_line)


def _event_data(line: bytes) -> bytes:
    return line[5:].strip() if line.startswith(b"data:") else b""
