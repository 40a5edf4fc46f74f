"""What the name of a file says: its format, by the suffix; and how the name is shown."""

from pathlib import Path

JSON_LINES = frozenset({".jsonl", ".ndjson"})
PLAIN = frozenset({".txt", ".text"})
MARKDOWN = frozenset({".md", ".markdown"})
HTML = frozenset({".html", ".htm", ".xhtml"})
PDF = frozenset({".pdf"})
SUPPORTED = JSON_LINES | PLAIN | MARKDOWN | HTML | PDF
# Files that belong to saved pages and are never articles; in a folder they are skipped without an error.
ASSETS = frozenset(
    ".css .js .mjs .map .png .jpg .jpeg .gif .svg .webp .avif .ico .woff .woff2 .ttf .otf .mp3 .mp4 .webm".split()
)


def source_name(path: Path | str) -> str:
    """The name of a source on one line: characters that cannot be printed are escaped, so that none forges a line."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in str(path))
