"""Keys of servers that ask: made, listed and revoked by the operator, looked up at every request.

Only their SHA-256 is kept. A key is 256 random bits, so that there is nothing to guess that a slow hash would have to
slow down.
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

from bot.web.auth.principal import NAME
from retrieval.catalog.database import BUSY_SECONDS
from retrieval.errors import IndexUnavailable, UsageError

PREFIX = "onrecord-"  # tells a key from a token, and lets scanners find one that leaked
BITS = 256
SOON = 1.0  # seconds that a request waits to write down that its key was used

_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, digest BLOB NOT NULL, created TEXT NOT NULL, used TEXT NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key; `created` and `used` are days (UTC), `used` is empty where it never was."""

    name: str
    digest: bytes
    created: str
    used: str


class ApiKeyStore:
    """The keys of one data folder. Raises UsageError, IndexUnavailable."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "keys.db"

    def add(self, name: str) -> str:
        """A new key, which cannot be shown again."""
        if not NAME.fullmatch(name):
            raise UsageError(f"{name!r} is no key's name; use lower-case letters, digits and hyphens, at most 40.")
        key = PREFIX + secrets.token_urlsafe(BITS // 8)
        self._make()
        with closing(self._connect()) as db, db:
            try:
                db.execute("INSERT INTO keys VALUES (?, ?, ?, '')", [name, _digest(key), _today()])
            except sqlite3.IntegrityError as exc:
                raise UsageError(f"There is a key {name} already; 'onrecord keys revoke {name}' ends it.") from exc
        return key

    def all(self) -> list[ApiKey]:
        """Every key that is good, by name."""
        if not self._path.exists():
            return []
        try:
            with closing(self._connect()) as db:
                return [
                    ApiKey(*row) for row in db.execute("SELECT name, digest, created, used FROM keys ORDER BY name")
                ]
        except sqlite3.Error as exc:
            raise IndexUnavailable(f"The keys in {self._path} cannot be read: {exc}.") from exc

    def revoke(self, name: str) -> None:
        """End a key, also for servers that are running."""
        if name not in (key.name for key in self.all()):
            raise UsageError(f"There is no key {name}; 'onrecord keys list' shows all.")
        with closing(self._connect()) as db, db:
            db.execute("DELETE FROM keys WHERE name = ?", [name])

    def name_of(self, key: str) -> str:
        """Whose key this is, empty where nobody's; that it was used today is written down."""
        digest = _digest(key)
        same = [known for known in self.all() if hmac.compare_digest(known.digest, digest)]  # all, whichever it is
        for known in same:
            if known.used != _today():
                with suppress(sqlite3.Error), closing(self._connect(SOON)) as db, db:  # a day not written harms nobody
                    db.execute("UPDATE keys SET used = ? WHERE name = ?", [_today(), known.name])
        return same[0].name if same else ""

    def _make(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600))
            with closing(self._connect()) as db:
                db.execute(_SCHEMA)
        except (OSError, sqlite3.Error) as exc:
            raise IndexUnavailable(f"The keys in {self._path} cannot be opened: {exc}.") from exc

    def _connect(self, wait: float = BUSY_SECONDS) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=wait)


def _digest(key: str) -> bytes:
    return sha256(key.encode()).digest()


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
