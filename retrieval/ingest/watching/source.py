"""A watched source (a page, feed, sitemap or WordPress site) and its runs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

SourceKind = Literal["page", "feed", "sitemap", "wordpress"]
DEFAULT_MINUTES: dict[SourceKind, float] = {"page": 24 * 60, "feed": 15, "sitemap": 60, "wordpress": 15}  # between runs
MAX_INTERVAL_MINUTES = 24 * 60  # between two runs, whatever a feed asks for
STALE_AFTER_RUNS = 3  # in a row without success
INTERRUPTED = "was interrupted"  # the error of a run that was cancelled
MIN_STALE_MINUTES = 60  # so that a short outage of a feed raises no alarm


@dataclass(frozen=True, slots=True)
class Source:
    """One source. Times are ISO 8601 in UTC, empty when there was none.

    `minutes` is the interval between runs; `due`, `tried` and `succeeded` are the times of the next run, the last run
    and the last successful run; `failures` counts failed runs since then; `complete` is true once everything that the
    source lists has been read.
    """

    url: str
    kind: SourceKind
    title: str = ""
    minutes: float = 0.0
    added: str = ""
    due: str = ""
    tried: str = ""
    succeeded: str = ""
    failures: int = 0
    error: str = ""
    complete: bool = False

    @property
    def newest(self) -> str:
        """When the index was last known to be up to date with the source."""
        return self.succeeded or self.added


@dataclass(frozen=True, slots=True)
class Run:
    """The result of one run over a source in numbers of articles; `error` is why it was aborted, empty for success."""

    source: str
    started: str
    finished: str = ""
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0
    withdrawn: int = 0
    error: str = ""


def is_stale(source: Source, at: str) -> bool:
    """Whether the source has had no successful run for STALE_AFTER_RUNS intervals, and for MIN_STALE_MINUTES."""
    max_age = max(STALE_AFTER_RUNS * source.minutes, MIN_STALE_MINUTES)
    return at > add_minutes(source.newest, max_age)


def add_minutes(time: str, minutes: float) -> str:
    """Add minutes to an ISO 8601 time; the result is in UTC with seconds."""
    later = datetime.fromisoformat(time).astimezone(UTC) + timedelta(minutes=minutes)
    return later.isoformat(timespec="seconds")


def seconds_between(start: str, end: str) -> float:
    """Seconds from one ISO 8601 time to another."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
