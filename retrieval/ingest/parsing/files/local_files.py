"""Read articles from files, folders and globs on this machine."""

from collections.abc import Callable, Iterator
from glob import glob, has_magic
from pathlib import Path

from retrieval.documents import Article
from retrieval.errors import SourceError
from retrieval.ingest.parsing.files import jsonl, markdown, plain_text, saved_pages
from retrieval.ingest.parsing.markup.decoding import decode_file

MAX_FILE_BYTES = 10_000_000  # bytes of one article
_JSON_LINES = {".jsonl", ".ndjson"}
_PLAIN = {".txt", ".text"}
_MARKDOWN = {".md", ".markdown"}
_HTML = {".html", ".htm", ".xhtml"}
_PDF = {".pdf"}
_SUPPORTED = _JSON_LINES | _PLAIN | _MARKDOWN | _HTML | _PDF
# Files that belong to saved pages and are never articles; in a folder they are skipped without an error.
_ASSETS = set(
    ".css .js .mjs .map .png .jpg .jpeg .gif .svg .webp .avif .ico .woff .woff2 .ttf .otf .mp3 .mp4 .webm".split()
)


def read_files(source: str, *, largest: int = MAX_FILE_BYTES) -> Iterator[Article | SourceError]:
    """The articles of a file, a folder with its subfolders or a glob; an error for each file that cannot be read."""
    try:
        yield from _read_source(source, largest)
    except (OSError, RuntimeError) as exc:  # a name too long for the file system, an unknown user in `~user`
        yield SourceError(source, f"cannot be read ({getattr(exc, 'strerror', None) or exc})")


def _read_source(source: str, largest: int) -> Iterator[Article | SourceError]:
    path = Path(source).expanduser()
    if path.is_dir():
        yield from _read_folder(path, largest)
    elif path.exists():
        yield from _read_file(path, largest)
    elif has_magic(source):
        matches = sorted(map(Path, glob(str(path), recursive=True)))  # noqa: PTH207
        if not matches:
            yield SourceError(source, "matches no file")
        for match in matches:
            yield from _read_folder(match, largest) if match.is_dir() else _read_unnamed_file(match, largest)
    else:
        is_address = "://" in source
        yield SourceError(source, "is no address of http or https" if is_address else "there is no such file or folder")


def _read_folder(folder: Path, largest: int) -> Iterator[Article | SourceError]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not _is_hidden(path.relative_to(folder))]
    if not files:
        yield SourceError(str(folder), "has no file in it")
    for path in files:
        yield from _read_unnamed_file(path, largest)


def _read_unnamed_file(path: Path, largest: int) -> Iterator[Article | SourceError]:
    """A file in a folder or of a glob: read if its type is supported, skipped if it is an asset of a page."""
    suffix = path.suffix.lower()
    if suffix in _SUPPORTED:
        yield from _read_file(path, largest)
    elif suffix not in _ASSETS:
        yield SourceError(str(path), f"is of no kind that OnRecord reads ({', '.join(sorted(_SUPPORTED))})")


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _read_file(path: Path, largest: int) -> Iterator[Article | SourceError]:
    if path.suffix.lower() in _JSON_LINES:
        yield from jsonl.read_jsonl(path, largest=largest)
        return
    try:
        if not path.is_file():
            raise ValueError("is not a regular file")
        if path.stat().st_size > largest:
            raise ValueError(f"is larger than {largest:,} bytes (ONRECORD_MAX_FILE_BYTES)")
        yield _parse_file(path, path.read_bytes())
    except OSError as exc:
        yield SourceError(str(path), f"cannot be read ({exc.strerror})")
    except ValueError as exc:
        yield SourceError(str(path), str(exc))


def _parse_file(path: Path, content: bytes) -> Article:
    if path.suffix.lower() in _PDF:
        return saved_pages.read_pdf_file(path, content)
    return _text_reader(path)(path, decode_file(content))


def _text_reader(path: Path) -> Callable[[Path, str], Article]:
    suffix = path.suffix.lower()
    if suffix in _HTML:
        return saved_pages.read_html_file
    if suffix in _MARKDOWN:
        return markdown.read_markdown
    return plain_text.read_plain_text
