"""Who is on record and with what words, as every surface shows it."""

from typing import Any

from bot.answering.citations import deep_link
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import QuoteHit
from retrieval.quotes.speakers.speaker_index import SpeakerMatch
from retrieval.search.quote_search import ON_TOPIC, QuoteSearch
from retrieval.text.terms import content_terms


def words_of(record: QuoteSearch, speaker: str, about: str, filters: Filters) -> tuple[SpeakerMatch, list[QuoteHit]]:
    """One speaker's quotes, or anybody's: newest first, or those on a topic, best first."""
    match = record.find(speaker) if speaker else SpeakerMatch(())
    if speaker and not match.voices:
        return match, []
    if not about:
        return match, record.of(match, filters)
    found = record.about(content_terms(about), filters, match=match if speaker else None)
    return match, [hit for hit in found if hit.score >= ON_TOPIC and hit.quote.speaker]


def nothing_found(speaker: str, about: str, match: SpeakerMatch) -> str:
    """One sentence for when there is nothing to show."""
    if speaker and not match.voices:
        return f"Nobody called {speaker} is quoted; 'onrecord quotes' lists who is."
    who = f"{' and '.join(voice.name for voice in match.voices)} {'are' if len(match.voices) > 1 else 'is'} not"
    return f"{who if match.voices else 'Nobody is'} quoted{f' on {about}' if about else ' in these articles'}."


def guessed(speaker: str, match: SpeakerMatch) -> str:
    """Whom a name that nobody has was taken to mean; empty where it was not guessed."""
    if not match.misspelt or not match.voices:
        return ""
    return f"Nobody called {speaker} is quoted; taken to mean {match.voices[0].name}."


def as_dict(hit: QuoteHit, catalog: CatalogReader) -> dict[str, Any]:
    """A quote as JSON carries it; `words` are the texts of `spans`, `named` and `cue` stand in the article as well."""
    quote, article = hit.quote, catalog.article(hit.article)
    return {
        "speaker": quote.speaker,
        "role": quote.role,
        "kind": quote.kind,
        "words": quote.words,
        "named": article.text[slice(*quote.source)] if quote.source else "",
        "cue": article.text[slice(*quote.cue)] if quote.cue else "",
        "article": hit.article,
        "url": hit.url,
        "deep_link": deep_link(article.url, article.text, quote.spans[0]),
        "title": hit.title,
        "outlet": hit.outlet,
        "published": hit.published,
        "start": quote.start,
        "end": quote.end,
        "spans": quote.spans,
        "score": round(hit.score, 4),
    }
