"""Counts that several processes share, for limits and circuit breakers: in Redis, else in the shared database."""

import logging
import math
import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from limits.errors import ConfigurationError, StorageError
from limits.storage import Storage, storage_from_string
from sqlalchemy import BigInteger, Column, Float, Index, MetaData, Table, case, delete, select
from sqlalchemy.exc import DBAPIError

from bot.app.data_folder import shared_database
from bot.app.settings import Settings
from retrieval.catalog.database.dialects import AnyText, server_time, upsert
from retrieval.catalog.database.engine import Database
from retrieval.catalog.database.records import Records
from retrieval.errors import IndexUnavailable, UsageError
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker, ProcessCounts, WindowCounts

T = TypeVar("T")

PRUNE_SECONDS = 60.0  # between two deletions of windows that have ended, with the addresses in their keys
STORAGE_COOL_DOWN = 10.0  # seconds without requests to a storage that failed
STORAGE_TIMEOUT = 0.5  # seconds for a connection to Redis, and for a response

METADATA = MetaData()
_windows = Table(
    "rate_limit_windows",
    METADATA,
    Column("key", AnyText, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("ends", Float(53), nullable=False),  # seconds since 1970 by the server's clock
    Index("rate_limit_windows_by_end", "ends"),
)
_IS_OPEN = _windows.c.ends > server_time()
_log = logging.getLogger(__name__)


class DatabaseStorage(Storage):
    """Counts in fixed windows on a PostgreSQL server; may be shared between threads. Raises DatabaseUnavailable."""

    STORAGE_SCHEME = None
    base_exceptions = (IndexUnavailable, DBAPIError)

    def __init__(self, database: Database) -> None:
        super().__init__(wrap_exceptions=True)
        self._records, self._pruned = Records("The counts", database, "shared", METADATA), time.monotonic()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count in the window of a key, which begins now where none is open; returns the count."""
        self._prune()
        ends = server_time() + expiry
        counted = upsert(
            _windows,
            count=case((_IS_OPEN, _windows.c.count + amount), else_=amount),
            ends=case((_IS_OPEN, _windows.c.ends), else_=ends),
        )
        counted = counted.values(key=key, count=amount, ends=ends)
        with self._records.transaction() as db:
            return int(db.execute(counted.returning(_windows.c.count)).scalar_one())

    def get(self, key: str) -> int:
        """The count in the window of a key."""
        rows = self._records.rows(select(_windows.c.count).where(_windows.c.key == key, _IS_OPEN))
        return int(rows[0][0]) if rows else 0

    def get_expiry(self, key: str) -> float:
        """When the window of a key ends, in seconds since 1970 by this machine's clock."""
        rows = self._records.rows(select(_windows.c.ends - server_time()).where(_windows.c.key == key))
        return time.time() + max(0.0, float(rows[0][0]) if rows else 0.0)

    def check(self) -> bool:
        """Whether the database can be used."""
        self.get("")
        return True

    def reset(self) -> int:
        """Forget all windows; returns how many there were."""
        return self._records.run(delete(_windows))

    def clear(self, key: str) -> None:
        """Forget the window of a key."""
        self._records.run(delete(_windows).where(_windows.c.key == key))

    def _prune(self) -> None:
        if time.monotonic() - self._pruned > PRUNE_SECONDS:
            self._pruned = time.monotonic()
            self._records.run(delete(_windows).where(~_IS_OPEN))


class SharedStorage:
    """A storage that may fail: it is left alone for a while then, and each process counts alone meanwhile."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self._circuit = CircuitBreaker(failures=1, cool_down=STORAGE_COOL_DOWN)
        self._is_down = False

    def run(self, action: Callable[[], T], otherwise: Callable[[], T]) -> T:
        """The result of an action on the storage, or what is done instead while the storage fails."""
        if not self._circuit.allow_request():
            return otherwise()
        try:
            done = action()
        except StorageError as exc:
            self._circuit.record_failure()
            if not self._is_down:
                _log.error("The shared counts fail (%s); this process counts alone.", type(exc.__cause__).__name__)
            self._is_down = True
            return otherwise()
        self._circuit.record_success()
        if self._is_down:
            _log.warning("The shared counts are back.")
        self._is_down = False
        return done


class SharedCounts:
    """Counts in a shared storage, for circuit breakers; counts of this process while it fails."""

    def __init__(self, shared: SharedStorage) -> None:
        self._shared, self._local = shared, ProcessCounts()

    def increment(self, key: str, seconds: float) -> int:
        """Count in the window of a key, of whole seconds as Redis has them."""
        expiry = math.ceil(seconds)
        return self._shared.run(
            lambda: self._shared.storage.incr(key, expiry), lambda: self._local.increment(key, seconds)
        )

    def get(self, key: str) -> int:
        """The count in the window of a key."""
        return self._shared.run(lambda: self._shared.storage.get(key), lambda: self._local.get(key))

    def clear(self, key: str) -> None:
        """End the window of a key."""
        self._local.clear(key)
        self._shared.run(lambda: self._shared.storage.clear(key), lambda: None)


def shared_storage(settings: Settings) -> SharedStorage | None:
    """Where several processes count together: Redis, else the shared database; None where each counts alone.

    Raises UsageError.
    """
    url, database = settings.rate_limit_storage_url.get_secret_value(), shared_database(settings)
    if url:
        return None if url.startswith("memory:") else _redis(url)
    return _in_database(database) if database else None


def circuit_counts(settings: Settings) -> WindowCounts | None:
    """The counts of circuit breakers that several processes share, None where each counts alone. Raises UsageError."""
    shared = shared_storage(settings)
    return SharedCounts(shared) if shared else None


@cache
def _redis(url: str) -> SharedStorage:
    return SharedStorage(open_storage(url))


@cache
def _in_database(database: Database) -> SharedStorage:
    return SharedStorage(DatabaseStorage(database))


def open_storage(url: str) -> Storage:
    """Open the storage at an address. Errors do not repeat the address, because it may contain a password."""
    scheme = url.partition(":")[0]
    is_redis = scheme.startswith("redis")
    options = {"socket_timeout": STORAGE_TIMEOUT, "socket_connect_timeout": STORAGE_TIMEOUT} if is_redis else {}
    try:
        storage = storage_from_string(url, wrap_exceptions=True, **options)
    except ConfigurationError as exc:
        if is_redis:
            raise UsageError(
                "ONRECORD_RATE_LIMIT_STORAGE_URL names Redis, for which 'pip install redis' is needed."
            ) from exc
        raise UsageError(
            f"ONRECORD_RATE_LIMIT_STORAGE_URL begins with {scheme!r}; write memory:// or redis://HOST:6379."
        ) from exc
    except ValueError as exc:
        raise UsageError(
            "ONRECORD_RATE_LIMIT_STORAGE_URL is no address; write it as redis://:PASSWORD@HOST:6379/0."
        ) from exc
    if not isinstance(storage, Storage) or not hasattr(storage, "acquire_entry"):
        raise UsageError(
            f"ONRECORD_RATE_LIMIT_STORAGE_URL begins with {scheme!r}, which keeps no moving window; use Redis."
        )
    return storage
