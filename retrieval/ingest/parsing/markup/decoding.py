"""Decode bytes of files, XML or JSON documents and HTML pages, each by its own rules for encodings."""

import codecs
import re
import unicodedata

from charset_normalizer import from_bytes

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BINARY_CHECK_BYTES = 8192
_ESCAPE = b"\x1b"  # ISO 2022 encodings (Japanese, Korean) shift with escapes and would pass for UTF-8
_XML_ENCODING = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_NOT_TEXT_CODECS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7"}
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_HARD_SPACE = re.compile("[\u00a0\u2007\u202f]")
# Soft hyphens, zero-width spaces and byte order marks; between Latin letters also joiners, which other scripts need.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]|(?<=[A-Za-z\u00c0-\u024f])[\u200c-\u200f](?=[A-Za-z\u00c0-\u024f])")
_HTML_ENCODING = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE
)
_HTML_HEAD_BYTES = 4096  # in which a page declares its encoding
# What declares itself Latin 1 is Windows-1252, and so on (https://encoding.spec.whatwg.org/#names-and-labels).
_HTML_LABELS = {
    **dict.fromkeys(("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis"), "cp932"),
    **{"euc-kr": "cp949", "iso-8859-9": "cp1254", "tis-620": "cp874", "iso-8859-11": "cp874", "big5": "big5hkscs"},
}
_MAX_BROKEN_SHARE = 0.25  # of the characters beyond ASCII in a page that is in the encoding it declares


def storable(text: str) -> str:
    """The same text, character for character, with what SQLite and JSON cannot hold replaced."""
    return (
        text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
        if not text.isascii() or "\x00" in text
        else text
    )


def normalised(text: str) -> str:
    """The text as a reader sees and types it: accents composed, ligatures and hard spaces resolved, nothing invisible.

    Done before anything is cut out of a text, so that all offsets refer to what is stored; what SQLite and JSON cannot
    hold is replaced.
    """
    if text.isascii():
        return storable(text)
    text = _LIGATURE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), _INVISIBLE.sub("", text))
    return storable(unicodedata.normalize("NFC", _HARD_SPACE.sub(" ", text)))


def decode_file(content: bytes) -> str:
    """Decode a text file, with line ends as `\\n`. Raises ValueError when it is empty, binary or unreadable."""
    if not content.strip():
        raise ValueError("is empty")
    text = normalised(_detect_and_decode(content).replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        raise ValueError("is empty")
    return text


def decode_xml(content: bytes, charset: str = "") -> str:
    """Decode an XML or JSON document in its actual encoding.

    In this order: byte order mark, UTF-8 if it is valid, `charset` of the header, the XML declaration; then a guess.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    if content[:2] in (b"<\x00", b"{\x00", b"[\x00"):
        return content.decode("utf-16-le", "replace")
    if content[:2] in (b"\x00<", b"\x00{", b"\x00["):
        return content.decode("utf-16-be", "replace")
    declared = _XML_ENCODING.match(content)
    named = [charset, declared[1].decode("ascii") if declared else ""]
    for encoding in (*([] if _ESCAPE in content else ["utf-8"]), *named):
        if (text := _decode_strictly(content, encoding)) is not None:
            return text
    return _decode_damaged(content)


def decode_html(content: bytes, charset: str = "") -> str:
    """Decode a page that was served as `charset`. Raises ValueError when it is empty or binary.

    Valid UTF-8 is UTF-8 whatever is declared: hardly any text in another encoding is valid by chance.
    """
    has_mark = content.startswith(tuple(mark for mark, _ in _BYTE_ORDER_MARKS))
    if not has_mark and _ESCAPE not in content:
        try:
            return storable(content.decode("utf-8")) if content.strip() else decode_file(content)
        except UnicodeDecodeError:
            pass
    declared = _HTML_ENCODING.search(content[:_HTML_HEAD_BYTES])
    for name in (charset, declared[1].decode("ascii", "replace") if declared else "", "utf-8"):
        text = _decode_labelled(content, name.strip().lower()) if name and not has_mark else ""
        if text and _broken_share(text) <= _MAX_BROKEN_SHARE:
            return storable(text)
    return decode_file(content)


def _detect_and_decode(content: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    if b"\x00" in content[:_BINARY_CHECK_BYTES]:
        raise ValueError("is binary, not text")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        best = from_bytes(content).best()
    if best is None:
        raise ValueError("is not text in any encoding that could be recognised")
    return str(best)


def _decode_strictly(content: bytes, encoding: str) -> str | None:
    try:
        codec = codecs.lookup(encoding).name if encoding else ""
        if not codec or codec in _NOT_TEXT_CODECS:
            return None
        # What declares itself Latin 1 is Windows 1252 (WHATWG Encoding, 4.2); both leave no doubt about other bytes.
        return content.decode("cp1252" if codec in ("iso8859-1", "ascii") else codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _decode_damaged(content: bytes) -> str:
    """Decode as UTF-8 with some broken characters where most non-ASCII ones are whole, else as Windows 1252."""
    text = content.decode("utf-8", "replace")
    return text if _broken_share(text) < 0.5 else content.decode("cp1252", "replace")


def _broken_share(text: str) -> float:
    """The share of broken characters in those beyond ASCII."""
    return text.count("\ufffd") / max(len(text) - len(text.encode("ascii", "ignore")), 1)


def _decode_labelled(content: bytes, label: str) -> str:
    try:
        return content.decode(_HTML_LABELS.get(label, label), "replace")
    except (LookupError, ValueError):  # not an encoding, or one that does not turn bytes into text
        return ""
