"""API keys of servers: created, listed and revoked by the operator, looked up at every request.

Only the SHA-256 of a key is stored. A key is 256 random bits, so a slow password hash would add nothing.
"""

import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Column, LargeBinary, MetaData, Table, delete, select, update

from bot.web.auth.principal import NAME_PATTERN
from retrieval.catalog.database.dialects import AnyText, insert_new
from retrieval.catalog.database.engine import SQLiteOptions
from retrieval.catalog.database.records import Place, Records
from retrieval.errors import DatabaseUnavailable, StorageError, UsageError, opening_error

KEY_PREFIX = "onrecord-"  # distinguishes a key from a token, and lets secret scanners find a leaked one
KEY_BITS = 256
LOCK_TIMEOUT_SECONDS = 1.0  # that a request waits for another process's write, which takes milliseconds

METADATA = MetaData()
_keys = Table(
    "keys",
    METADATA,
    Column("name", AnyText, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("created", AnyText, nullable=False),
    Column("used", AnyText, nullable=False),
)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """The stored record of a key; `created` and `used` are days (UTC), `used` is empty for a key never used."""

    name: str
    digest: bytes
    created: str
    used: str


class ApiKeyStore:
    """The API keys of one index. Its methods raise UsageError, IndexDamaged, StorageError and DatabaseUnavailable."""

    def __init__(self, place: Place) -> None:
        options = SQLiteOptions(LOCK_TIMEOUT_SECONDS, pragmas=(), connections=0)
        self.records = Records("The keys", place, "keys", METADATA, options)

    def add(self, name: str) -> str:
        """Create a key and return it; it cannot be shown again."""
        if not NAME_PATTERN.fullmatch(name):
            raise UsageError(f"{name!r} is no key's name; use lower-case letters, digits and hyphens, at most 40.")
        key = KEY_PREFIX + secrets.token_urlsafe(KEY_BITS // 8)
        self.create_file()
        row = {"name": name, "digest": _digest(key), "created": _today(), "used": ""}
        if not self.records.run(insert_new(_keys), row):
            raise UsageError(f"There is a key {name} already; 'onrecord keys revoke {name}' ends it.")
        return key

    def all(self) -> list[ApiKey]:
        """All valid keys, by name."""
        if self.records.path and not self.records.path.exists():
            return []
        self.records.prepare()
        columns = select(_keys.c.name, _keys.c.digest, _keys.c.created, _keys.c.used)
        return [ApiKey(*row) for row in self.records.rows(columns.order_by(_keys.c.name))]

    def revoke(self, name: str) -> None:
        """Delete a key; running servers refuse it from then on."""
        if name not in (key.name for key in self.all()):
            raise UsageError(f"There is no key {name}; 'onrecord keys list' shows all.")
        self.records.run(delete(_keys).where(_keys.c.name == name))

    def authenticate(self, key: str) -> str:
        """The name of a key, empty for an unknown one; records that it was used today."""
        digest = _digest(key)
        # Every key is compared, so that the time taken does not depend on which one matches.
        matches = [known for known in self.all() if hmac.compare_digest(known.digest, digest)]
        for known in matches:
            if known.used != _today():
                with suppress(StorageError, DatabaseUnavailable):  # a missing day is harmless
                    self.records.run(update(_keys).values(used=_today()).where(_keys.c.name == known.name))
        return matches[0].name if matches else ""

    def create_file(self) -> None:
        """Create the file, readable by its owner only."""
        if path := self.records.path:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
            except OSError as exc:
                raise opening_error(f"The keys in {path}", exc) from exc
        self.records.prepare()


def _digest(key: str) -> bytes:
    return sha256(key.encode()).digest()


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
