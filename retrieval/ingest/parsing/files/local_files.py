"""Files, folders and globs on this machine to articles."""

from collections.abc import Callable, Iterator
from glob import glob, has_magic
from pathlib import Path

from retrieval.documents import Article
from retrieval.errors import SourceError
from retrieval.ingest.parsing.files import jsonl, plain
from retrieval.ingest.parsing.markup.decoding import decode

LARGEST_FILE = 10_000_000  # bytes, for one article
_LINES = {".jsonl", ".ndjson"}
_PLAIN = {".txt", ".text"}
_MARKDOWN = {".md", ".markdown"}
_HTML = {".html", ".htm", ".xhtml"}
_PDF = {".pdf"}
_READ = _LINES | _PLAIN | _MARKDOWN | _HTML | _PDF
# What lies beside saved pages and is never an article; in a folder it is passed over without a word.
_ASSETS = set(
    ".css .js .mjs .map .png .jpg .jpeg .gif .svg .webp .avif .ico .woff .woff2 .ttf .otf .mp3 .mp4 .webm".split()
)


def read_files(source: str, *, largest: int = LARGEST_FILE) -> Iterator[Article | SourceError]:
    """The articles of a file, a folder (subfolders too) or a glob; what cannot be read is named with the reason."""
    try:
        yield from _found(source, largest)
    except (OSError, RuntimeError) as exc:  # a name too long for the file system, a home folder of nobody
        yield SourceError(source, f"cannot be read ({getattr(exc, 'strerror', None) or exc})")


def _found(source: str, largest: int) -> Iterator[Article | SourceError]:
    path = Path(source).expanduser()
    if path.is_dir():
        yield from _folder(path, largest)
    elif path.exists():
        yield from _file(path, largest)
    elif has_magic(source):
        matches = sorted(map(Path, glob(str(path), recursive=True)))  # noqa: PTH207
        if not matches:
            yield SourceError(source, "matches no file")
        for match in matches:
            yield from _folder(match, largest) if match.is_dir() else _in_passing(match, largest)
    else:
        is_address = "://" in source
        yield SourceError(source, "is no address of http or https" if is_address else "there is no such file or folder")


def _folder(folder: Path, largest: int) -> Iterator[Article | SourceError]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not _is_hidden(path.relative_to(folder))]
    if not files:
        yield SourceError(str(folder), "has no file in it")
    for path in files:
        yield from _in_passing(path, largest)


def _in_passing(path: Path, largest: int) -> Iterator[Article | SourceError]:
    """A file that nobody named: read if it is of a kind that is read."""
    suffix = path.suffix.lower()
    if suffix in _READ:
        yield from _file(path, largest)
    elif suffix not in _ASSETS:
        yield SourceError(str(path), f"is of no kind that OnRecord reads ({', '.join(sorted(_READ))})")


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _file(path: Path, largest: int) -> Iterator[Article | SourceError]:
    if path.suffix.lower() in _LINES:
        yield from jsonl.read_jsonl(path, largest=largest)
        return
    try:
        if not path.is_file():
            raise ValueError("is not a regular file")
        if path.stat().st_size > largest:
            raise ValueError(f"is larger than {largest:,} bytes (ONRECORD_LARGEST_FILE)")
        yield _article(path, path.read_bytes())
    except OSError as exc:
        yield SourceError(str(path), f"cannot be read ({exc.strerror})")
    except ValueError as exc:
        yield SourceError(str(path), str(exc))


def _article(path: Path, content: bytes) -> Article:
    if path.suffix.lower() in _PDF:
        from retrieval.ingest.parsing.pages import pdf  # pypdf is for them alone

        return pdf.read_pdf_file(path, content)
    return _parser(path)(path, decode(content))


def _parser(path: Path) -> Callable[[Path, str], Article]:
    suffix = path.suffix.lower()
    if suffix in _HTML:
        from retrieval.ingest.parsing.pages import html  # trafilatura takes a quarter of a second to import

        return html.read_html_file
    if suffix in _MARKDOWN:
        from retrieval.ingest.parsing.markup import markdown

        return markdown.read_markdown
    return plain.read_plain_text
