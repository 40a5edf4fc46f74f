"""quotes: who is on record, and with what words."""

from dataclasses import asdict

from bot.app.build import open_app
from bot.cli.output import terminal
from bot.cli.commands.ask import NO_ANSWER, OK, prepare
from bot.cli.output.quote_text import to_text, voices_to_text
from bot.service.quote_listing import find_quotes, misspelling_message, no_quotes_message, quote_as_dict
from retrieval.catalog.filters import Filters
from retrieval.search.quote_search import QuoteSearch


def show_quotes(speaker: str, about: str, filters: Filters, k: int, *, as_json: bool, quiet: bool) -> int:
    """One speaker's words, or anybody's on a topic, or who is on record; exit code 3 when there is nothing."""
    with open_app() as app:
        prepare(app, quiet=quiet, samples=True)
        record = app.search.record()
        if not speaker and not about:
            return _show_voices(record, filters, as_json=as_json)
        match, found = find_quotes(record, speaker, about, filters)
        if (guess := misspelling_message(speaker, match)) and not quiet:
            terminal.warn(guess)
        if not found:
            terminal.warn(no_quotes_message(speaker, about, match))
            return NO_ANSWER
        if as_json:
            for hit in found[:k]:
                terminal.say_json(quote_as_dict(hit, app.store.catalog))
        else:
            terminal.say(to_text(found, k, terminal.style(), more=f"-k {len(found)} shows all"))
    return OK


def _show_voices(record: QuoteSearch, filters: Filters, *, as_json: bool) -> int:
    voices = [voice for voice in record.voices(filters) if voice.has_name]
    if not voices:
        again = (
            "" if filters.restricts_articles else "; 'onrecord add' reads articles, 'onrecord reindex' reads them again"
        )
        terminal.warn(f"Nobody is on record{' in these articles' if filters.restricts_articles else ''}{again}.")
        return NO_ANSWER
    if as_json:
        for voice in voices:
            terminal.say_json(asdict(voice))
    else:
        terminal.say(voices_to_text(voices))
    return OK
