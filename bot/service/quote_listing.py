"""Find quotes by speaker and topic and describe them, for every surface that lists quotes."""

from typing import Any

from bot.answering.citations import deep_link
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import QuoteHit
from retrieval.quotes.speakers.speaker_index import SpeakerMatch
from retrieval.search.quote_search import ON_TOPIC, QuoteSearch
from retrieval.text.terms import content_terms


def find_quotes(
    quote_search: QuoteSearch, speaker: str, about: str, filters: Filters
) -> tuple[SpeakerMatch, list[QuoteHit]]:
    """Find the quotes of one speaker, or of all: newest first, or those on a topic, best first."""
    match = quote_search.find_speaker(speaker) if speaker else SpeakerMatch(())
    if speaker and not match.speakers:
        return match, []
    if not about:
        return match, quote_search.quotes_by(match, filters)
    found = quote_search.quotes_on(content_terms(about), filters, match=match if speaker else None)
    return match, [hit for hit in found if hit.score >= ON_TOPIC and hit.quote.speaker]


def no_quotes_message(speaker: str, about: str, match: SpeakerMatch) -> str:
    """State in one sentence that no quote was found, and of whom on what."""
    if speaker and not match.speakers:
        return f"Nobody called {speaker} is quoted; 'onrecord quotes' lists who is."
    who = f"{' and '.join(voice.name for voice in match.speakers)} {'are' if len(match.speakers) > 1 else 'is'} not"
    return f"{who if match.speakers else 'Nobody is'} quoted{f' on {about}' if about else ' in these articles'}."


def misspelling_message(speaker: str, match: SpeakerMatch) -> str:
    """State which speaker a misspelt name was taken to mean; empty where the name was not misspelt."""
    if not match.misspelt or not match.speakers:
        return ""
    return f"Nobody called {speaker} is quoted; taken to mean {match.speakers[0].name}."


def quote_as_dict(hit: QuoteHit, catalog: CatalogReader) -> dict[str, Any]:
    """Represent a quote as JSON: `words` are the texts of `spans`; `named` and `cue` are texts of the article too."""
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
