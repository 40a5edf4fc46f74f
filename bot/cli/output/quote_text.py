"""Quotes and speakers as text for a terminal."""

from collections.abc import Mapping

from bot.cli.output.terminal_style import TerminalStyle, wrap
from bot.formatting import format_date, printable
from retrieval.documents import Modality, QuoteHit
from retrieval.quotes.speaker_index.merging import Speaker

UNSAID_LABELS: Mapping[Modality, str] = {
    "denied": "Denied: ",
    "reported": "Claimed by others: ",
    "asked": "Asked: ",
    "hypothetical": "Supposed, not said: ",
}


def format_quotes(found: list[QuoteHit], k: int, style: TerminalStyle, *, more: str = "") -> str:
    """Up to `k` quotes, each with its speaker, below the article they are from; `more` says how to see the rest.

    Words that were not said stand after a label that says so.
    """
    lines, article = list[str](), ""
    for hit in found[:k]:
        if hit.article != article:
            facts = ", ".join(part for part in (format_date(hit.published), hit.outlet, hit.title) if part)
            lines.append(f"\n{style.dim(printable(facts))}")
            article = hit.article
        speaker = ", ".join(part for part in (hit.quote.speaker, hit.quote.role) if part) or "somebody unnamed"
        label = UNSAID_LABELS.get(hit.quote.modality, "")
        lines.append(wrap(f"{label}{printable(speaker)}: {printable(hit.quote.words)}", style))
    if len(found) > k:
        lines.append(f"\n{len(found) - k} more{more and f'; {more}'}.")
    return "\n".join(lines).lstrip("\n")


def format_speakers(speakers: list[Speaker]) -> str:
    """One line for each speaker: the number of quotes, the name and the day of the newest quote."""
    return "\n".join(map(_format_speaker, speakers))


def _format_speaker(speaker: Speaker) -> str:
    newest = f", newest {format_date(speaker.newest)}" if speaker.newest else ""
    return f"{speaker.quotes:>5}  {printable(speaker.name)}{newest}"
