"""The plain data that fetching hands to parsing: a document, and the validators for the next request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Validators:
    """The ETag and Last-Modified headers of a response, sent back with the next request (RFC 9110, 13.1)."""

    etag: str = ""
    last_modified: str = ""


NO_VALIDATORS = Validators()


@dataclass(frozen=True, slots=True)
class FetchedDocument:
    """A document as the server sent it, decompressed; `content` is empty when `unchanged` is true.

    `url` is the final URL after redirects; `moved` is true when all redirects are permanent. `content_type` is
    lower-case and without parameters (`text/html`), `charset` comes from the header; `headers` have lower-case names.
    """

    url: str
    content: bytes = field(repr=False)
    content_type: str = ""
    charset: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    validators: Validators = NO_VALIDATORS
    unchanged: bool = False
    moved: bool = False

    @property
    def digest(self) -> str:
        """Hash of the content."""
        return sha256(self.content).hexdigest()[:16]
