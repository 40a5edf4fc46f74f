"""Read articles from files, folders and globs on this machine; all but JSON Lines are parsed in a separate process.

A symbolic link in a folder or a glob that leads out of it is passed over with an error: whoever can write to the folder
could otherwise have any file of this machine shown as an article.
"""

from collections.abc import Iterator, Sequence
from glob import glob, has_magic
from itertools import takewhile
from pathlib import Path

from retrieval.documents import Article
from retrieval.errors import SourceError
from retrieval.ingest.parsing.files import jsonl
from retrieval.ingest.parsing.files.file_names import ASSETS, JSON_LINES, SUPPORTED, source_name
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess

MAX_FILE_BYTES = 10_000_000  # bytes of one article
_OUTSIDE = "is a link that leads outside of the folder; add what it leads to by its own name"
_NOWHERE = "is a link that leads nowhere"

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
    if path.is_dir():
        yield from _read_folder(path, parser, largest)
    elif path.exists():
        yield from _read_file(path, parser, largest)
    elif has_magic(source):
        matches = sorted(map(Path, glob(str(path), recursive=True)))  # noqa: PTH207
        if not matches:
            yield SourceError(source_name(source), "matches no file")
        for match in _inside(matches, _fixed_part(path)):
            if isinstance(match, Path) and match.is_dir():
                yield from _read_folder(match, parser, largest)
            else:
                yield from _read_unnamed_file(match, parser, largest)
    else:
        reason = "is no address of http or https" if "://" in source else "there is no such file or folder"
        yield SourceError(source_name(source), reason)


def _read_folder(folder: Path, parser: ParserProcess, largest: int) -> Iterator[Found]:
    paths = [path for path in sorted(folder.rglob("*")) if not _is_hidden(path.relative_to(folder))]
    files = [found for found in _inside(paths, folder) if isinstance(found, SourceError) or found.is_file()]
    if not files:
        yield SourceError(source_name(folder), "has no file in it")
    for found in files:
        yield from _read_unnamed_file(found, parser, largest)


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


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _read_file(path: Path, parser: ParserProcess, largest: int) -> Iterator[Found]:
    if path.suffix.lower() in JSON_LINES:
        yield from jsonl.read_jsonl(path, largest=largest)
        return
    try:
        yield parser.parse_file(path, _read_content(path, largest))
    except OSError as exc:
        yield SourceError(source_name(path), f"cannot be read ({exc.strerror})")
    except ValueError as exc:
        yield SourceError(source_name(path), str(exc))


def _read_content(path: Path, largest: int) -> bytes:
    if not path.is_file():
        raise ValueError("is not a regular file")
    with path.open("rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise ValueError(f"is larger than {largest:,} bytes (ONRECORD_MAX_FILE_BYTES)")
    return content
