"""How fast a bot may write."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

from tests.bot_api.entities import Refusal


@dataclass(frozen=True)
class Rates:
    """As documented: a message a second in one chat after a short burst, 20 a minute in a group, 30 a second in all.

    The real limits are softer than documented, and so are these: `slack` lets requests bunch up on their way, for a
    client that sends thirty at once and then one every 33 ms cannot say when they arrive.
    """

    per_chat: float = 1
    burst: int = 3
    group_minute: int = 20
    overall: int = 30
    slack: int = 20


UNLIMITED = Rates(per_chat=1e9, burst=10**9, group_minute=10**9, overall=10**9)


@dataclass
class _Bucket:
    size: float
    refill: float  # a second
    level: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until there is room for one more."""
        self.level = min(self.size, self.level + (now - self.at) * self.refill)
        self.at = now
        return max(0.0, (1 - self.level - 1e-9) / self.refill)


@dataclass
class Flood:
    """Counts what the bot sends, and refuses what is too much."""

    rates: Rates
    clock: Callable[[], float]
    buckets: dict[object, _Bucket] = field(default_factory=dict)

    def count(self, chat: int, *, group: bool, sending: bool) -> None:
        """One request that readers see; `sending` tells a new message from an edit or a draft."""
        rates, now = self.rates, self.clock()
        due = [self._bucket("all", rates.overall + rates.slack, rates.overall, now)]
        if sending:
            due.append(self._bucket(("chat", chat), rates.burst, rates.per_chat, now))
        if group:
            due.append(self._bucket(("group", chat), rates.group_minute + 1, rates.group_minute / 60, now))
        if wait := max(bucket.wait(now) for bucket in due):
            seconds = max(1, ceil(wait))
            raise Refusal(f"Too Many Requests: retry after {seconds}", 429, retry_after=seconds)
        for bucket in due:
            bucket.level -= 1

    def _bucket(self, key: object, size: float, refill: float, now: float) -> _Bucket:
        return self.buckets.setdefault(key, _Bucket(size, refill, size, now))
