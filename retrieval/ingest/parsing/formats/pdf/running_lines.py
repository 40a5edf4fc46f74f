"""Find running headers, footers and page numbers: rows at the same height that several pages repeat."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from retrieval.ingest.parsing.formats.pdf.layout import rows
from retrieval.ingest.parsing.formats.pdf.words import Word

_EDGE_ROWS = 3  # at the top and bottom of a page, which may be running headers and footers
_TOLERANCE = 4.0  # points, by which a running line may stand higher or lower from page to page
_PAGE_NUMBER = re.compile(
    r"(?:(?:page|seite|p\.)\s*)?[-–—|]?\s*\d{1,4}\s*[-–—|]?(?:\s*(?:of|/|von|de|sur)\s*\d{1,4})?", re.IGNORECASE
)

Page = list[Word]


def split_running_lines(pages: Sequence[Page]) -> tuple[list[Page], list[str]]:
    """The pages without their running lines and page numbers, and the running lines."""
    edges = [dict(_edge_rows(page)) for page in pages]
    heights = defaultdict[str, list[float]](list)
    for page_edges in edges:
        for words, line in page_edges.items():
            heights[_key(line)].append(words[0].baseline)
    repeated = {key for key, found in heights.items() if any(_are_near(*pair) for pair in pairwise(sorted(found)))}
    running, bodies = list[str](), list[Page]()
    for page, page_edges in zip(pages, edges, strict=True):
        removed = set[Word]()
        for words, line in page_edges.items():
            if _key(line) in repeated or _PAGE_NUMBER.fullmatch(line):
                removed.update(words)
                running.append(line)
        bodies.append([word for word in page if word not in removed] if removed else page)
    return bodies, running


def _edge_rows(page: Page) -> Iterator[tuple[tuple[Word, ...], str]]:
    """The first and last rows of a page, each with its text; of a page of few rows not all."""
    found = rows(page)
    count = min(_EDGE_ROWS, len(found) // 2)
    for row in (*found[:count], *found[len(found) - count :]):
        yield tuple(row), " ".join(word.text for word in row)


def _key(line: str) -> str:
    return re.sub(r"\d+", "0", line)


def _are_near(one: float, other: float) -> bool:
    return abs(one - other) <= _TOLERANCE
