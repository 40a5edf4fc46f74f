"""Access control: allow-lists and limits for readers."""

from dataclasses import dataclass

from bot.telegram.storage.reader_store import ReaderStore

MINUTE = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class AccessControl:
    """Allow-lists (None allows everybody) and limits (0 is no limit); an allowed user may ask in any chat."""

    users: frozenset[int] | None = None
    chats: frozenset[int] | None = None
    admins: frozenset[int] = frozenset()
    per_minute: int = 0
    daily: int = 0

    def refusal(self, reader: int, chat: int) -> str:
        """The reply to a reader without access, empty for a reader with access."""
        if self.users is None and self.chats is None:
            return ""
        if reader in self.admins or reader in (self.users or ()) or chat in (self.chats or ()):
            return ""
        return f"This bot is not open to everybody. Its operator can let you in: your id is {reader}" + (
            f", this chat's is {chat}." if chat != reader else "."
        )

    def limit_reply(self, reader: int, readers: ReaderStore, update: int) -> str:
        """The reply to a reader over a limit, empty below it; admins have no limits."""
        if reader in self.admins:
            return ""
        if self.per_minute and readers.count_recent(reader, MINUTE, update) >= self.per_minute:
            return f"That was quick: I answer {self.per_minute} questions a minute. Ask again in a moment."
        if self.daily and readers.count_today(update) >= self.daily:
            return "All of today's questions are used up. Ask again tomorrow (after midnight UTC)."
        return ""
