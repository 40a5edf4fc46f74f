"""Detect the formats that carry one document in bytes of their own, by these bytes."""

import re
from typing import Literal
from zipfile import ZipFile

from retrieval.ingest.parsing.formats.zip_archive import open_archive, read_member

FileFormat = Literal["pdf", "docx", "odt", "rtf", "epub", "vtt", "srt"]
FORMAT_NAMES: dict[FileFormat, str] = {
    "pdf": "PDF",
    "docx": "DOCX",
    "odt": "ODT",
    "rtf": "RTF",
    "epub": "EPUB",
    "vtt": "WebVTT",
    "srt": "SubRip",
}
_PDF_HEAD_BYTES = 1024  # in which a PDF file begins
ZIP_MAGIC = b"PK\x03\x04"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# First bytes of other files: https://mimesniff.spec.whatwg.org/#matching-a-mime-type-pattern
_SIGNATURES = (
    (b"\x89PNG\r\n", "a picture (image/png)"),
    (b"\xff\xd8\xff", "a picture (image/jpeg)"),
    (b"GIF8", "a picture (image/gif)"),
    (b"\x00\x00\x01\x00", "a picture (image/x-icon)"),
    (b"II*\x00", "a picture (image/tiff)"),
    (b"ID3\x03", "a sound (audio/mpeg)"),
    (b"ID3\x04", "a sound (audio/mpeg)"),
    (b"OggS", "a sound or film (application/ogg)"),
    (b"fLaC", "a sound (audio/flac)"),
    (b"\x1aE\xdf\xa3", "a film (video/webm)"),
    (b"PK\x03\x04", "an archive or an office document (application/zip)"),
    (b"Rar!", "an archive (application/vnd.rar)"),
    (b"7z\xbc\xaf", "an archive (application/x-7z-compressed)"),
    (b"\xd0\xcf\x11\xe0", "an old office document (application/x-ole-storage)"),
    (b"wOF", "a font (font/woff)"),
)
_RIFF = {b"WEBP": "a picture (image/webp)", b"WAVE": "a sound (audio/wav)", b"AVI ": "a film (video/avi)"}
_FIRST_CUE = re.compile(rb"\s*\d+[ \t]*\r?\n\d{1,3}:\d\d:\d\d[,.]\d{1,3}[ \t]+-->[ \t]+\d")


def detect_format(content: bytes) -> FileFormat | None:
    """The format of a document, None for what is no document of these formats; never raises."""
    if b"%PDF-" in content[:_PDF_HEAD_BYTES]:
        return "pdf"
    if content.startswith(ZIP_MAGIC):
        return _detect_archive(content)
    start = content[:_PDF_HEAD_BYTES].removeprefix(_BYTE_ORDER_MARK)
    if start.lstrip().startswith(b"{\\rtf"):
        return "rtf"
    if re.match(rb"WEBVTT(?:[ \t\r\n]|$)", start):
        return "vtt"
    return "srt" if _FIRST_CUE.match(start) else None


def describe_binary(content: bytes) -> str:
    """What a file without articles is by its first bytes, as `a picture (image/png)`; empty where they do not tell."""
    for signature, description in _SIGNATURES:
        if content.startswith(signature):
            return description
    if content[:4] == b"RIFF":
        return _RIFF.get(content[8:12], "")
    if content[4:8] == b"ftyp":
        return "a picture (image/avif)" if content[8:12] in (b"avif", b"heic", b"mif1") else "a film (video/mp4)"
    return ""


def _detect_archive(content: bytes) -> FileFormat | None:
    try:
        with open_archive(content) as archive:
            return _format_of(archive)
    except ValueError:
        return None


def _format_of(archive: ZipFile) -> FileFormat | None:
    names = set(archive.namelist())
    kind = read_member(archive, "mimetype").strip() if "mimetype" in names else b""
    if kind == b"application/epub+zip" or "META-INF/container.xml" in names:
        return "epub"
    if kind.startswith(b"application/vnd.oasis.opendocument.text"):
        return "odt"
    return "docx" if any(name.startswith("word/") and name.endswith(".xml") for name in names) else None
