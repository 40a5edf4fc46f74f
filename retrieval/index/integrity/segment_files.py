"""Check the files of a tantivy index by their checksums, which tantivy itself does not compare when it opens them."""

import json
import struct
import zlib
from pathlib import Path

MAGIC = 1_337  # the last word of every file of a segment; before it stand its footer and the footer's length
PARTS = ("idx", "pos", "term", "store", "fast", "fieldnorm")  # suffixes of the files that every segment has
_TRAILER = struct.Struct("<II")


def damaged_file(folder: Path) -> str:
    """The name of a damaged or missing file of the index in a folder, empty if there is none; reads all files."""
    meta = folder / "meta.json"
    if not meta.exists():
        return ""
    try:
        for segment in _segments(meta):
            for path in {*folder.glob(f"{segment}.*"), *(folder / f"{segment}.{part}" for part in PARTS)}:
                if not _is_sound(path) and segment in _segments(meta):  # else another process has just merged it
                    return path.name
    except (OSError, ValueError, KeyError, TypeError):
        return meta.name
    return ""


def _segments(meta: Path) -> list[str]:
    """The names of the segments, as their files have them."""
    return [segment["segment_id"].replace("-", "") for segment in json.loads(meta.read_bytes())["segments"]]


def _is_sound(path: Path) -> bool:
    """Whether the checksum in a file's footer is that of its content."""
    try:
        content = path.read_bytes()
        length, magic = _TRAILER.unpack_from(content, len(content) - _TRAILER.size)
        end = len(content) - _TRAILER.size - length
        footer = json.loads(content[end : end + length])
        return bool(magic == MAGIC and footer["crc"] == zlib.crc32(memoryview(content)[:end]))
    except (OSError, struct.error, ValueError, KeyError, TypeError, IndexError):
        return False
