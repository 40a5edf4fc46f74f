"""API keys of servers: created, listed and revoked by the operator, looked up at every request.

Only the SHA-256 of a key is stored. A key is 256 random bits, so a slow password hash would add nothing.
"""

import hmac
import os
import secrets
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from bot.web.auth.principal import NAME_PATTERN
from retrieval.catalog.database import BUSY_TIMEOUT_SECONDS
from retrieval.errors import UsageError, opening_error

KEY_PREFIX = "onrecord-"  # distinguishes a key from a token, and lets secret scanners find a leaked one
KEY_BITS = 256
LAST_USE_TIMEOUT = 1.0  # seconds that a request waits for the database to record that its key was used

_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, digest BLOB NOT NULL, created TEXT NOT NULL, used TEXT NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """The stored record of a key; `created` and `used` are days (UTC), `used` is empty for a key never used."""

    name: str
    digest: bytes
    created: str
    used: str


class ApiKeyStore:
    """The API keys of one data folder. Its methods raise UsageError and IndexDamaged."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "keys.db"

    def add(self, name: str) -> str:
        """Create a key and return it; it cannot be shown again."""
        if not NAME_PATTERN.fullmatch(name):
            raise UsageError(f"{name!r} is no key's name; use lower-case letters, digits and hyphens, at most 40.")
        key = KEY_PREFIX + secrets.token_urlsafe(KEY_BITS // 8)
        self._create_database()
        with closing(self._connect()) as db, db:
            try:
                db.execute("INSERT INTO keys VALUES (?, ?, ?, '')", [name, _digest(key), _today()])
            except sqlite3.IntegrityError as exc:
                raise UsageError(f"There is a key {name} already; 'onrecord keys revoke {name}' ends it.") from exc
        return key

    def all(self) -> list[ApiKey]:
        """All valid keys, by name."""
        if not self._path.exists():
            return []
        try:
            with closing(self._connect()) as db:
                return [
                    ApiKey(*row) for row in db.execute("SELECT name, digest, created, used FROM keys ORDER BY name")
                ]
        except (sqlite3.Error, UnicodeDecodeError) as exc:  # the last if it is damaged where its schema stands
            raise opening_error(f"The keys in {self._path}", exc) from exc

    def revoke(self, name: str) -> None:
        """Delete a key; running servers refuse it from then on."""
        if name not in (key.name for key in self.all()):
            raise UsageError(f"There is no key {name}; 'onrecord keys list' shows all.")
        with closing(self._connect()) as db, db:
            db.execute("DELETE FROM keys WHERE name = ?", [name])

    def authenticate(self, key: str) -> str:
        """The name of a key, empty for an unknown one; records that it was used today."""
        digest = _digest(key)
        # Every key is compared, so that the time taken does not depend on which one matches.
        matches = [known for known in self.all() if hmac.compare_digest(known.digest, digest)]
        for known in matches:
            if known.used != _today():
                with (
                    suppress(sqlite3.Error),
                    closing(self._connect(LAST_USE_TIMEOUT)) as db,
                    db,
                ):  # a missing day is harmless
                    db.execute("UPDATE keys SET used = ? WHERE name = ?", [_today(), known.name])
        return matches[0].name if matches else ""

    def _create_database(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600))
            with closing(self._connect()) as db:
                db.execute(_SCHEMA)
        except (OSError, sqlite3.Error, UnicodeDecodeError) as exc:
            raise opening_error(f"The keys in {self._path}", exc) from exc

    def _connect(self, timeout: float = BUSY_TIMEOUT_SECONDS) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=timeout)


def _digest(key: str) -> bytes:
    return sha256(key.encode()).digest()


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
