"""Compare our parsing of real feeds, each entry's headline and URL, with a plain second parser.

The second parser takes the text of the first child of that name in an lxml or JSON tree. It knows no HTML, so that
differences are to be looked at by hand.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from lxml import etree

from evals.table import Line
from retrieval.ingest.parsing.entry import Listing, is_teaser
from retrieval.ingest.parsing.feeds import feed

_ADDRESS = "https://feeds.example/feed.xml"  # where the files are said to come from

Facts = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FileComparison:
    """One file as parsed by us and by the plain parser."""

    path: Path
    listing: Listing | None
    reason: str
    expected: list[Facts]


def measure(data: Path) -> list[Line]:
    """Measure the share of entries parsed alike, one line for each kind; print files and differences."""
    files = [_read(path) for path in sorted((data / "feeds").rglob("*.*")) if path.is_file()]
    print(f"{'file':<28}{'kind':<16}{'entries':>8}{'title':>6}{'link':>6}{'date':>6}{'teaser':>8}")
    for file in files:
        print(_row(file))
        for ours, other in _differences(file):
            print(f"{'':<4}{ours}\n{'':<4}{other} (the plain reading)")
    folders = sorted({file.path.parent.name for file in files})
    return [_line(folder, [file for file in files if file.path.parent.name == folder]) for folder in folders]


def _read(path: Path) -> FileComparison:
    content = path.read_bytes()
    try:
        listing, reason = feed.parse_feed(content, _ADDRESS), ""
    except ValueError as exc:
        listing, reason = None, str(exc)
    return FileComparison(path, listing, reason, list(_parse_plainly(content)))


def _row(file: FileComparison) -> str:
    if file.listing is None:
        return f"{file.path.name[:27]:<28}{file.reason}"
    entries = file.listing.entries
    titles, links = sum(bool(entry.title) for entry in entries), sum(bool(entry.url) for entry in entries)
    dates, teasers = (
        sum(bool(entry.published or entry.updated or entry.page_changed) for entry in entries),
        sum(map(is_teaser, entries)),
    )
    return (
        f"{file.path.name[:27]:<28}{file.listing.kind:<16}{len(entries):>8}{titles:>6}{links:>6}{dates:>6}{teasers:>8}"
    )


def _differences(file: FileComparison) -> Iterator[tuple[Facts, Facts]]:
    ours = [(entry.title, entry.url) for entry in file.listing.entries] if file.listing else []
    for at, other in enumerate(file.expected):
        if file.listing and (at >= len(ours) or ours[at] != other):
            yield ours[at] if at < len(ours) else ("", ""), other


def _line(folder: str, files: list[FileComparison]) -> Line:
    feeds = [file for file in files if file.listing]
    expected = sum(len(file.expected) for file in feeds)
    wrong = sum(1 for file in feeds for _ in _differences(file))
    found = sum(len(file.listing.entries) for file in feeds if file.listing)
    figures = {"feeds": len(feeds), "entries": found, "counted": expected, "as written": expected - wrong}
    return Line(f"feeds/{folder}", "", len(files), {name: float(value) for name, value in figures.items()})


def _parse_plainly(content: bytes) -> Iterator[Facts]:
    if content.lstrip().startswith(b"{"):
        for item in json.loads(content)["items"]:
            yield unescape(item.get("title", "")), item.get("url", "")
        return
    tree = etree.fromstring(content.lstrip(), etree.XMLParser(recover=True, resolve_entities=False))
    for item in tree.iter("{*}item", "{*}entry"):
        yield _normalized(item.findtext("{*}title")), _normalized(item.findtext("{*}link")) or _href(item)


def _href(item: etree._Element) -> str:
    links = (link for link in item.findall("{*}link") if link.get("rel", "alternate") == "alternate")
    return next((str(link.get("href")) for link in links), "")


def _normalized(text: str | None) -> str:
    return " ".join((text or "").split())
