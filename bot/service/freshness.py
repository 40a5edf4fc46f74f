"""State how current an answer and its sources are, in words for every surface."""

from datetime import datetime

from bot.answering.messages import Answer, Citation
from bot.formatting import format_age, format_date


def publication_notes(citation: Citation) -> list[str]:
    """List what happened to the article after publication: updated, corrected, published by other outlets too."""
    notes = list[str]()
    updated, corrected = citation.updated[:10], citation.corrected[:10]
    if updated > citation.published[:10] and updated != corrected:
        notes.append(f"updated {format_date(citation.updated)}")
    if corrected:
        notes.append(f"corrected on {format_date(citation.corrected)}")
    if others := dict.fromkeys(copy.outlet for copy in citation.copies if copy.outlet not in ("", citation.outlet)):
        notes.append(f"also in {', '.join(others)}")
    return notes


def freshness_line(answer: Answer, now: datetime | None = None) -> str:
    """State the newest source's date and the index's age in one sentence; empty where neither is known."""
    newest = f"newest source {format_date(answer.newest_source)}" if answer.newest_source else ""
    updated = f"index updated {format_age(answer.indexed_at, now)}" if answer.indexed_at else ""
    line = ", ".join(part for part in (newest, updated) if part)
    return line[:1].upper() + line[1:] + "." if line else ""
