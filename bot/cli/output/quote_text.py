"""TODO."""

from bot.cli.output.terminal_style import TerminalStyle, wrap
from bot.formatting import format_date, printable
from retrieval.documents import QuoteHit
from retrieval.quotes.speakers.speaker_index import Speaker


def format_quotes(found: list[QuoteHit], k: int, style: TerminalStyle, *, more: str = "") -> str:
    """Quotes below the article they stand in, each with who is speaking; `more` says how to see the rest."""
    lines, before = list[str](), ""
    found = [hit for hit in found if hit.quote.is_speech] or found
    for hit in found[:k]:
        if hit.article != before:
            facts = ", ".join(part for part in (format_date(hit.published), hit.outlet, hit.title) if part)
            lines.append(f"\n{style.dim(printable(facts))}")
            before = hit.article
        who = ", ".join(part for part in (hit.quote.speaker, hit.quote.role) if part) or "somebody unnamed"
        lines.append(wrap(f"{printable(who)}: {printable(hit.quote.words)}", style))
    if len(found) > k:
        lines.append(f"\n{len(found) - k} more{more and f'; {more}'}.")
    return "\n".join(lines).lstrip("\n")


def format_speakers(voices: list[Speaker]) -> str:
    """One line a voice: how many quotes, the name, how new the newest is."""
    return "\n".join(
        f"{voice.quotes:>5}  {printable(voice.name)}{f', newest {format_date(voice.newest)}' if voice.newest else ''}"
        for voice in voices
    )
