"""What is watched: a page, a feed, a sitemap or a WordPress site, and how its last runs went."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

Kind = Literal["page", "feed", "sitemap", "wordpress"]
MINUTES: dict[Kind, float] = {"page": 24 * 60, "feed": 15, "sitemap": 60, "wordpress": 15}  # between two runs
LONGEST_INTERVAL = 24 * 60  # minutes, whatever a feed asks for
MISSED = 3  # runs in a row without a success make a source stale
INTERRUPTED = "was interrupted"  # the error of a run that somebody ended
SHORTEST_PATIENCE = 60  # minutes, so that a feed's hiccup alarms nobody


@dataclass(frozen=True, slots=True)
class Source:
    """One source; moments are ISO 8601 in UTC, empty where there was none."""

    url: str
    kind: Kind
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
        """When it was last known to be as the index has it."""
        return self.succeeded or self.added


@dataclass(frozen=True, slots=True)
class Run:
    """What one look at a source brought; `error` says why it broke off."""

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
    """Whether it has not been looked at successfully for as long as three runs take, and an hour at least."""
    patience = max(MISSED * source.minutes, SHORTEST_PATIENCE)
    return at > later(source.newest, patience)


def later(moment: str, minutes: float) -> str:
    """A moment so many minutes after another one, both ISO 8601 in UTC to the second."""
    then = datetime.fromisoformat(moment).astimezone(UTC) + timedelta(minutes=minutes)
    return then.isoformat(timespec="seconds")


def seconds_between(moment: str, another: str) -> float:
    """From one moment to another."""
    return (datetime.fromisoformat(another) - datetime.fromisoformat(moment)).total_seconds()
