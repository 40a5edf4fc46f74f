"""State how current an answer and its sources are, in words for every surface."""

from datetime import datetime

from bot.answering.messages import Answer, Citation
from bot.answering.questions.reader_strings import packaged_strings
from bot.formatting import format_age, format_date
from retrieval.text.language import ENGLISH


def publication_notes(citation: Citation, language: str = ENGLISH) -> list[str]:
    """List what happened to the article after publication: updated, corrected, published by other outlets too."""
    notes, phrases = list[str](), packaged_strings().of(language)
    updated, corrected = citation.updated[:10], citation.corrected[:10]
    if updated > citation.published[:10] and updated != corrected:
        notes.append(phrases.say("updated", day=format_date(citation.updated, phrases.language)))
    if corrected:
        notes.append(phrases.say("corrected", day=format_date(citation.corrected, phrases.language)))
    if others := dict.fromkeys(copy.outlet for copy in citation.copies if copy.outlet not in ("", citation.outlet)):
        notes.append(phrases.say("also_in", outlets=", ".join(others)))
    return notes


def freshness_line(answer: Answer, now: datetime | None = None) -> str:
    """State the newest source's date and the index's age in one sentence; empty where neither is known."""
    phrases, parts = packaged_strings().of(answer.understood.language), list[str]()
    if answer.newest_source:
        parts.append(phrases.say("newest_source", day=format_date(answer.newest_source, phrases.language)))
    if answer.indexed_at:
        parts.append(phrases.say("index_updated", age=format_age(answer.indexed_at, now, phrases.language)))
    line = ", ".join(parts)
    return line[:1].upper() + line[1:] + "." if line else ""
