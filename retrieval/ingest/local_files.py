"""Read articles from files, folders and globs on this machine; all but JSON and tables in a separate process.

A symbolic link in a folder or a glob that leads out of it is passed over with an error: whoever can write to the folder
could otherwise have any file of this machine shown as an article.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from glob import glob, has_magic
from itertools import takewhile
from pathlib import Path

from retrieval.documents import Article
from retrieval.errors import SourceError
from retrieval.ingest.parsing.files import jsonl
from retrieval.ingest.parsing.files.file_names import ASSETS, HTML, JSON, SUPPORTED, TABLES, source_name
from retrieval.ingest.parsing.files.rows import article_row, csv_table
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess

MAX_FILE_BYTES = 10_000_000  # bytes of one article
_PROGRAM_FOLDERS = frozenset(("node_modules", "__pycache__", "__MACOSX"))
_PARTS_SUFFIX = "_files"  # of the folder with the parts of a saved page
_OUTSIDE = "is a link that leads outside of the folder; add what it leads to by its own name"
_NOWHERE = "is a link that leads nowhere"
_LOCKED = "is a folder that cannot be read (Permission denied)"

Found = Article | SourceError


def read_files(source: str, parser: ParserProcess, *, largest: int = MAX_FILE_BYTES) -> Iterator[Found]:
    """The articles of a file, a folder with its subfolders or a glob; an error for each file that cannot be read.

    Raises ParserUnavailable when the process that parses files cannot be started.
    """
    try:
        yield from _read_source(source, parser, largest)
    except (OSError, RuntimeError) as exc:  # a name too long for the file system, an unknown user in `~user`
        yield SourceError(source_name(source), f"cannot be read ({getattr(exc, 'strerror', None) or exc})")


def _read_source(source: str, parser: ParserProcess, largest: int) -> Iterator[Found]:
    path = Path(source).expanduser()
    if not source.strip():
        yield SourceError("''", "names no file and no folder; `.` is the folder that you are in")
    elif path.is_dir():
        yield from _read_folder(path, parser, largest)
    elif path.exists():
        yield from _read_file(path, parser, largest)
    elif has_magic(source):
        matches = sorted(map(Path, glob(str(path), recursive=True)))  # noqa: PTH207
        if not matches:
            yield SourceError(source_name(source), "matches no file")
        folder = _fixed_part(path)
        for match in _inside([match for match in matches if not _is_foreign(match, folder)], folder):
            if isinstance(match, Path) and match.is_dir():
                yield from _read_folder(match, parser, largest)
            else:
                yield from _read_unnamed_file(match, parser, largest)
    else:
        reason = "is no address of http or https" if "://" in source else "there is no such file or folder"
        yield SourceError(source_name(source), reason)


def _read_folder(folder: Path, parser: ParserProcess, largest: int) -> Iterator[Found]:
    listed, locked = _paths_below(folder)
    paths = [path for path in listed if not (_is_hidden(path, folder) or _is_foreign(path, folder))]
    files = [found for found in _inside(paths, folder) if isinstance(found, SourceError) or not found.is_dir()]
    yield from (SourceError(source_name(one), _LOCKED) for one in locked if not _is_hidden(one, folder))
    if not files and folder not in locked:
        yield SourceError(source_name(folder), "has no file in it")
    is_read = False
    for article in (article for file in files for article in _read_unnamed_file(file, parser, largest)):
        is_read = True
        yield article
    if files and not is_read:
        yield SourceError(
            source_name(folder), "has only pictures and other parts of pages in it; add scans as PDF files"
        )


def _paths_below(folder: Path) -> tuple[list[Path], list[Path]]:
    """All paths below a folder in order, and the folders that cannot be read, below which there are none."""
    paths, locked = list[Path](), [] if _is_readable(folder) else [folder]
    for parent, folders, files in os.walk(folder) if not locked else ():
        locked += [path for name in folders if not _is_readable(path := Path(parent, name))]
        folders[:] = [name for name in folders if _is_readable(Path(parent, name))]
        paths += [Path(parent, name) for name in (*folders, *files)]
    return sorted(paths), locked


def _is_readable(folder: Path) -> bool:
    """Whether a folder can be listed and entered; a link is looked at elsewhere."""
    return folder.is_symlink() or os.access(folder, os.R_OK | os.X_OK)


def _fixed_part(pattern: Path) -> Path:
    """The folder that a glob names before its first wildcard."""
    return Path(*takewhile(lambda part: not has_magic(part), pattern.parts))


def _inside(paths: Sequence[Path], folder: Path) -> Iterator[Path | SourceError]:
    """The paths that are in `folder`, each file once; an error for each symbolic link that leads out of it."""
    root = folder.resolve()
    links = {path: _link_target(path) for path in paths if _passes_link(path, folder)}
    seen = {root / path.relative_to(folder) for path in paths if path not in links}
    for path in paths:
        target = links.get(path)
        if path not in links:
            yield path
        elif target is None or not target.is_relative_to(root):
            if path.suffix.lower() not in ASSETS:
                yield SourceError(source_name(path), _OUTSIDE if target else _NOWHERE)
        elif target not in seen:
            seen.add(target)
            yield path


def _passes_link(path: Path, folder: Path) -> bool:
    """Whether a path below `folder` is a symbolic link or goes through one."""
    parts = path.relative_to(folder).parts
    return any(folder.joinpath(*parts[:count]).is_symlink() for count in range(1, len(parts) + 1))


def _link_target(path: Path) -> Path | None:
    """What a link leads to in the end; None when that is nothing, or the links lead in a circle."""
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError):
        return None


def _read_unnamed_file(found: Path | SourceError, parser: ParserProcess, largest: int) -> Iterator[Found]:
    """A file in a folder or of a glob: read if its type is supported, skipped if it is an asset of a page."""
    if isinstance(found, SourceError):
        yield found
        return
    suffix = found.suffix.lower()
    if suffix in SUPPORTED:
        yield from _read_file(found, parser, largest)
    elif suffix not in ASSETS:
        yield SourceError(source_name(found), f"is of no kind that OnRecord reads ({', '.join(sorted(SUPPORTED))})")


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _is_foreign(path: Path, folder: Path) -> bool:
    """Whether a path is in a folder of programs below `folder`, or in one with the parts of a saved page."""
    parts = path.relative_to(folder).parts
    return any(
        part in _PROGRAM_FOLDERS
        or (part.endswith(_PARTS_SUFFIX) and _is_part_of_page(folder.joinpath(*parts[:count]), part))
        for count, part in enumerate(parts)
    )


def _is_part_of_page(parent: Path, name: str) -> bool:
    """Whether a browser made this folder beside a page that it saved: `pier_files` beside `pier.html`."""
    stem = name.removesuffix(_PARTS_SUFFIX)
    return any(parent.joinpath(stem + suffix).is_file() for suffix in HTML)


def _read_file(path: Path, parser: ParserProcess, largest: int) -> Iterator[Found]:
    suffix = path.suffix.lower()
    if suffix in JSON or suffix in TABLES:
        read_rows = jsonl.read_jsonl if suffix in JSON else csv_table.read_csv
        yield from (_read_html(found, parser) for found in read_rows(path, largest=largest))
        return
    try:
        yield from parser.parse_file(path, _read_content(path, largest))
    except OSError as exc:
        yield SourceError(source_name(path), f"cannot be read ({exc.strerror})")
    except ValueError as exc:
        yield SourceError(source_name(path), str(exc))


def _read_html(found: Found, parser: ParserProcess) -> Found:
    """The article of a row; if its text is HTML, with the text in it."""
    if isinstance(found, SourceError) or not article_row.is_html(found.text):
        return found
    try:
        text, headings = parser.parse_fragment(found.text, found.title, found.authors)
    except ValueError as exc:
        return SourceError(found.source, str(exc))
    if not text:
        return SourceError(found.source, "has no text")
    title = found.title if found.title != article_row.first_words(found.text) else article_row.first_words(text)
    return replace(found, title=title, text=text, headings=headings)


def _read_content(path: Path, largest: int) -> bytes:
    if not path.is_file():
        raise ValueError("is not a regular file")
    with path.open("rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise ValueError(f"is larger than {largest:,} bytes (ONRECORD_MAX_FILE_BYTES)")
    return content
