"""Cut a long text into windows, so that what is done with it takes no more memory the longer it is."""

from collections.abc import Iterator

from retrieval.text.sentences import Span


def text_windows(text: str, size: int, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Windows of at most `size` characters, in order, each cut before the last white space that leaves it whole words.

    A word longer than a window is cut within. There is always one window, which may be empty.
    """
    stop = len(text) if end is None else end
    while stop - start > size:
        cut = max(text.rfind(" ", start + 1, start + size), text.rfind("\n", start + 1, start + size))
        cut = cut if cut > 0 else start + size
        yield start, cut
        start = cut
    yield start, stop
