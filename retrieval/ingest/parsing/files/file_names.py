"""What the name of a file says: its format, by the suffix; and how the name is shown."""

from pathlib import Path

from retrieval.ingest.parsing.formats.detection import FileFormat

JSON = frozenset({".jsonl", ".ndjson", ".json"})
TABLES = frozenset({".csv", ".tsv"})
PLAIN = frozenset({".txt", ".text"})
MARKDOWN = frozenset({".md", ".markdown"})
HTML = frozenset({".html", ".htm", ".xhtml"})
DOCUMENTS: dict[str, FileFormat] = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".odt": "odt",
    ".rtf": "rtf",
    ".epub": "epub",
    ".vtt": "vtt",
    ".srt": "srt",
}
SUPPORTED = JSON | TABLES | PLAIN | MARKDOWN | HTML | DOCUMENTS.keys()
# Files that belong to saved pages and are never articles; in a folder they are skipped without an error.
ASSETS = frozenset(
    ".css .js .mjs .map .png .jpg .jpeg .gif .svg .webp .avif .ico .woff .woff2 .ttf .otf .mp3 .mp4 .webm".split()
)


def source_name(path: Path | str) -> str:
    """The name of a source on one line: characters that cannot be printed are escaped, so that none forges a line."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in str(path))
