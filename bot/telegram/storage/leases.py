"""Leases in a shared database: which of several machines works on a chat, or polls Telegram; they expire by themselves.

Times are those of the database server, so that the clocks of the machines need not agree.
"""

import secrets
from collections.abc import Collection

from sqlalchemy import ColumnElement, delete, or_, update

from bot.telegram.storage.telegram_database import leases
from retrieval.catalog.database.dialects import server_time, upsert
from retrieval.catalog.database.records import Records

LEASE_SECONDS = 30.0  # that a machine keeps what it works on without a word from it


def is_live() -> ColumnElement[bool]:
    """The condition that a lease has not expired."""
    return leases.c.ends > server_time()


class Leases:
    """The leases of one machine, which is named at random. Methods raise DatabaseUnavailable."""

    def __init__(self, records: Records) -> None:
        self._records, self.machine = records, secrets.token_hex(8)

    def acquire(self, name: str) -> bool:
        """Take a lease, or keep it; False while another machine has it."""
        ends = server_time() + LEASE_SECONDS
        is_free = or_(leases.c.holder == self.machine, ~is_live())
        taken = upsert(leases, "holder", "ends", "cancelled", where=is_free)
        return self._records.run(taken.values(name=name, holder=self.machine, ends=ends, cancelled="")) > 0

    def renew(self, names: Collection[str]) -> dict[str, str]:
        """Keep those of the leases that no other machine has taken; returns what `cancel` said of each, if anything."""
        mine = (leases.c.holder == self.machine, leases.c.name.in_(names))
        renewed = update(leases).where(*mine).values(ends=server_time() + LEASE_SECONDS)
        with self._records.transaction() as db:
            kept = db.execute(renewed.returning(leases.c.name, leases.c.cancelled)).all()
        return {row.name: row.cancelled for row in kept}

    def cancel(self, name: str, conversation: str) -> bool:
        """Tell the machine that holds a lease to stop the answer in a conversation; False where none holds it."""
        held = update(leases).where(leases.c.name == name, is_live())
        return self._records.run(held.values(cancelled=conversation)) > 0

    def release(self, name: str) -> None:
        """Give a lease back."""
        self._records.run(delete(leases).where(leases.c.name == name, leases.c.holder == self.machine))
