"""TODO."""

from datetime import datetime

from bot.answering.messages import Answer, Citation
from bot.formatting import ago, day


def since_published(citation: Citation) -> list[str]:
    """What became of the article: updated, corrected, in which other outlets it stands too."""
    facts = list[str]()
    updated, corrected = citation.updated[:10], citation.corrected[:10]
    if updated > citation.published[:10] and updated != corrected:
        facts.append(f"updated {day(citation.updated)}")
    if corrected:
        facts.append(f"corrected on {day(citation.corrected)}")
    if elsewhere := dict.fromkeys(copy.outlet for copy in citation.copies if copy.outlet not in ("", citation.outlet)):
        facts.append(f"also in {', '.join(elsewhere)}")
    return facts


def freshness(answer: Answer, now: datetime | None = None) -> str:
    """How new the newest source is and when articles were last looked for."""
    newest = f"newest source {day(answer.newest_source)}" if answer.newest_source else ""
    updated = f"index updated {ago(answer.indexed_at, now)}" if answer.indexed_at else ""
    line = ", ".join(part for part in (newest, updated) if part)
    return line[:1].upper() + line[1:] + "." if line else ""
