"""Sources on the web, and what came of reading one, as text and as JSON."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.cli.output import terminal
from bot.formatting import format_age, printable
from retrieval.ingest.watching.source import INTERRUPTED, Source, is_stale
from retrieval.text.dates.clock import utc_now

if TYPE_CHECKING:
    from retrieval.ingest.watching.run import RunOutcome


def source_facts(source: Source) -> dict[str, Any]:
    """A source as JSON."""
    return asdict(source) | {"stale": is_stale(source, utc_now())}


def format_source(source: Source) -> str:
    """A source on one line."""
    last_read = f"read {format_age(source.succeeded)}" if source.succeeded else "never read whole"
    parts = [source.url, source.kind, source.title, f"every {source.minutes:g} minutes", last_read]
    if is_stale(source, utc_now()):
        parts.append("STALE")
    if source.error:
        parts.append(f"({source.error})")
    return "  ".join(part for part in parts if part)


def show_run(outcome: "RunOutcome") -> None:
    """One line on stderr about a run that brought articles or failed."""
    run = outcome.run
    counts = {"added": run.added, "changed": run.changed, "withdrawn": run.withdrawn, "failed": run.failed}
    parts = [", ".join(f"{count} {name}" for name, count in counts.items() if count)]
    if run.error and run.error != INTERRUPTED:
        parts.append(f"broke off: {run.error}")
    if summary := "; ".join(part for part in parts if part):
        terminal.warn(printable(f"{run.finished} {run.source}: {summary}"))
