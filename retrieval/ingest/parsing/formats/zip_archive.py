"""Open the ZIP archives that office documents and e-books are, within bounds."""

import zlib
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from lxml import etree

from retrieval.ingest.parsing.markup.xml import refuse_entities

MAX_UNPACKED_BYTES = 50_000_000  # of one member; sizes that an archive declares are kept to by `zipfile`
MAX_MEMBERS = 10_000
_DAMAGED = "is a damaged ZIP archive"


def open_archive(content: bytes) -> ZipFile:
    """Open an archive in memory. Raises ValueError when it is damaged, or unpacks to more than can be read."""
    try:
        archive = ZipFile(BytesIO(content))
        members = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError) as exc:
        raise ValueError(_DAMAGED) from exc
    texts = (member for member in members if not member.filename.lower().endswith((".png", ".jpg", ".jpeg", ".gif")))
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in texts) > MAX_UNPACKED_BYTES:
        raise ValueError(f"unpacks to more than can be read ({MAX_UNPACKED_BYTES:,} bytes, {MAX_MEMBERS:,} files)")
    return archive


def read_member(archive: ZipFile, name: str) -> bytes:
    """The bytes of one member, empty if there is none. Raises ValueError when it is damaged or encrypted."""
    try:
        return archive.read(name)
    except KeyError:
        return b""
    except RuntimeError as exc:  # what zipfile raises where a password is needed
        raise ValueError("is encrypted; save it without a password") from exc
    except (BadZipFile, EOFError, NotImplementedError, OSError, zlib.error) as exc:
        raise ValueError(_DAMAGED) from exc


def read_xml(archive: ZipFile, name: str) -> etree._Element | None:
    """The root element of an XML member, None if there is none. Raises ValueError for damage and XML entities."""
    content = read_member(archive, name)
    if not content.strip():
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as exc:
        raise ValueError(_DAMAGED) from exc
    if root is None:
        raise ValueError(_DAMAGED)
    refuse_entities(root)
    return root


def texts_of(root: etree._Element | None, name: str) -> list[str]:
    """The texts of all elements with this local name, without the empty ones."""
    if root is None:
        return []
    found = root.iterfind(f".//{{*}}{name}")
    return [text for element in found if (text := " ".join("".join(map(str, element.itertext())).split()))]


def first_text(root: etree._Element | None, name: str) -> str:
    """The text of the first element with this local name that has any, else empty."""
    return next(iter(texts_of(root, name)), "")
