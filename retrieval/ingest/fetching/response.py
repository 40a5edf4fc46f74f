"""What a request brought back, and what makes the next one cheap."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of a document's state, to be sent back with the next request (RFC 9110, 13.1)."""

    etag: str = ""
    last_modified: str = ""


NOTHING_KNOWN = Validators()


@dataclass(frozen=True, slots=True)
class FetchedDocument:
    """A document as it came, decompressed; empty where the server says that it has not changed.

    `url` is where it was in the end, `moved` whether the server says that it is there for good. `content_type` is
    lower-case and bare (`text/html`), `charset` what the header names; `headers` have lower-case names.
    """

    url: str
    content: bytes = field(repr=False)
    content_type: str = ""
    charset: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    validators: Validators = NOTHING_KNOWN
    unchanged: bool = False
    moved: bool = False

    @property
    def digest(self) -> str:
        """Changes when the document does."""
        return sha256(self.content).hexdigest()[:16]
