"""Short-lived tokens for readers of a site, signed with HMAC-SHA256.

`s1.PAYLOAD.SIGNATURE`: the version says how all of it is read, so that no token can choose its algorithm; the payload
holds the site, the origin and the second at which it ends, as JSON in base64url. Nothing is stored: whoever has the
secret can check it.
"""

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import asdict, dataclass

from bot.web.schemas.error_responses import ErrorResponse

VERSION = "s1"


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What a token grants: to ask as a reader of one site, from one origin, until a moment (seconds since 1970)."""

    site: str
    origin: str
    ends: int


class SessionTokens:
    """Issues and reads tokens that are good for `seconds`."""

    def __init__(self, secret: bytes, seconds: float, clock: Callable[[], float] = time.time) -> None:
        self._secret, self._seconds, self._clock = secret, seconds, clock

    def issue(self, site: str, origin: str) -> tuple[str, TokenClaims]:
        """A new token, with what it grants."""
        grant = TokenClaims(site, origin, int(self._clock() + self._seconds))
        return self._signed(f"{VERSION}.{_encoded(json.dumps(asdict(grant)).encode())}"), grant

    def read(self, token: str) -> TokenClaims:
        """What a token grants. Raises Problem where it is not ours, or no longer good."""
        content = token.rpartition(".")[0]
        # Compared as text, so that no second spelling of the same bytes passes, and before anything of it is read.
        if not hmac.compare_digest(token.encode(), self._signed(content).encode()):
            raise ErrorResponse(401, "unauthorized", "This token or key is not known.")
        version, _, payload = content.partition(".")
        if version != VERSION:
            raise ErrorResponse(401, "unauthorized", "This token is of another version of OnRecord; get a new one.")
        grant = TokenClaims(**json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
        if self._clock() >= grant.ends:
            raise ErrorResponse(401, "unauthorized", "This token has ended; POST /v1/session gives a new one.")
        return grant

    def _signed(self, content: str) -> str:
        return f"{content}.{_encoded(hmac.digest(self._secret, content.encode(), hashlib.sha256))}"


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")
