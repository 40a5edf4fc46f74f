"""Short-lived tokens for the readers of a site, and the secret that signs them.

A token is `s1.PAYLOAD.SIGNATURE`, signed with HMAC-SHA256 by itsdangerous. The version decides how the rest is read, so
that no token can choose its algorithm. The payload is JSON in base64url: the site, the origin and the second at which
the token expires. Tokens are not stored: every process with the secret can verify them.
"""

import hashlib
import json
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode
from sqlalchemy import Column, LargeBinary, MetaData, Table, select

from bot.web.schemas.error_responses import ApiError
from retrieval.catalog.database.dialects import AnyText, insert_new
from retrieval.catalog.database.engine import Database
from retrieval.catalog.database.records import Place
from retrieval.catalog.database.schema import upgrade
from retrieval.errors import IndexUnavailable, UsageError

VERSION = "s1"
MIN_SECRET_LENGTH = 32  # characters of a configured secret; bytes of a generated one

METADATA = MetaData()
_secrets = Table(
    "secrets", METADATA, Column("name", AnyText, primary_key=True), Column("secret", LargeBinary, nullable=False)
)


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What a token grants: questions as a reader of one site, from one origin, until `ends` (seconds since 1970)."""

    site: str
    origin: str
    ends: int


class SessionTokens:
    """Issues and verifies tokens that are valid for `seconds`."""

    def __init__(self, secret: bytes, seconds: float, clock: Callable[[], float] = time.time) -> None:
        # The secret is random and signs nothing else, so no key is derived from it.
        self._signer = Signer(secret, key_derivation="none", digest_method=hashlib.sha256)
        self._seconds, self._clock = seconds, clock

    def issue(self, site: str, origin: str) -> tuple[str, TokenClaims]:
        """A new token and its claims."""
        claims = TokenClaims(site, origin, int(self._clock() + self._seconds))
        payload = base64_encode(json.dumps(asdict(claims))).decode()
        return self._signer.sign(f"{VERSION}.{payload}").decode(), claims

    def verify(self, token: str) -> TokenClaims:
        """The claims of a token. Raises ApiError when its signature is invalid or it has expired."""
        version, _, payload = self._signed_content(token).partition(".")
        if version != VERSION:
            raise ApiError(401, "unauthorized", "This token is of another version of OnRecord; get a new one.")
        claims = TokenClaims(**json.loads(base64_decode(payload)))
        if self._clock() >= claims.ends:
            raise ApiError(401, "unauthorized", "This token has ended; POST /v1/session gives a new one.")
        return claims

    def _signed_content(self, token: str) -> str:
        """The part of a token before its signature, which is compared in constant time."""
        try:
            content = self._signer.unsign(token)
        except BadSignature as exc:
            raise ApiError(401, "unauthorized", "This token or key is not known.") from exc
        # base64 is decoded leniently: other spellings of a valid signature would pass, so only ours does.
        if self._signer.sign(content) != token.encode():
            raise ApiError(401, "unauthorized", "This token or key is not known.")
        return content.decode()


def signing_secret(place: Place, configured: str = "") -> bytes:
    """The configured secret, or one that is generated once and kept in a file or in a shared database.

    Raises UsageError, IndexUnavailable.
    """
    if configured:
        if len(configured) < MIN_SECRET_LENGTH:
            raise UsageError(
                f"ONRECORD_TOKEN_SECRET has {len(configured)} characters; "
                f"{MIN_SECRET_LENGTH} random ones are the least."
            )
        return configured.encode()
    return _secret_of_database(place) if isinstance(place, Database) else _secret_of_file(place)


def _secret_of_database(database: Database) -> bytes:
    """The secret that the first machine made."""
    upgrade(database, "shared")
    database.run(insert_new(_secrets), {"name": "tokens", "secret": secrets.token_bytes(MIN_SECRET_LENGTH)})
    return bytes(database.rows(select(_secrets.c.secret).where(_secrets.c.name == "tokens"))[0][0])


def _secret_of_file(path: Path) -> bytes:
    try:
        if not path.exists():
            _create_secret(path)
        secret = path.read_bytes()
    except OSError as exc:
        raise IndexUnavailable(f"The secret in {path} cannot be read or made: {exc}.") from exc
    if len(secret) != MIN_SECRET_LENGTH:
        raise UsageError(f"{path} is not a secret of OnRecord's; delete it, and a new one is made.")
    return secret


def _create_secret(path: Path) -> None:
    """Write the file atomically, readable by its owner only; of two processes that start together one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"secret.{secrets.token_hex(8)}")
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:  # noqa: PTH123
        file.write(secrets.token_bytes(MIN_SECRET_LENGTH))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # the other process was first
    finally:
        draft.unlink()
