"""Find quotes by speaker and topic and describe them, for every surface that lists quotes."""

from collections.abc import Sequence
from typing import Any

from bot.answering.citations import deep_link
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import QuoteHit
from retrieval.quotes.speaker_index.lookup import SpeakerMatch
from retrieval.search.quote_search import ON_TOPIC, QuoteSearch
from retrieval.text.terms import content_terms


def find_quotes(
    quote_search: QuoteSearch, speaker: str, about: str, filters: Filters, *, with_unsaid: bool = False
) -> tuple[SpeakerMatch, list[QuoteHit]]:
    """Find the words that one speaker said, or all of them: newest first, or those on a topic, best first.

    With `with_unsaid`, words that were denied, asked, supposed or claimed by others follow those that were said.
    """
    match = quote_search.find_speaker(speaker) if speaker else SpeakerMatch(())
    if speaker and not match.speakers:
        return match, []
    if not about:
        return match, _said_first(quote_search.quotes_by(match, filters), with_unsaid=with_unsaid)
    found = quote_search.quotes_on(
        content_terms(about), filters, match=match if speaker else None, with_unsaid=with_unsaid
    )
    on_topic = [hit for hit in found if hit.score >= ON_TOPIC and hit.quote.speaker]
    return match, _said_first(on_topic, with_unsaid=with_unsaid)


def _said_first(found: Sequence[QuoteHit], *, with_unsaid: bool) -> list[QuoteHit]:
    """Return the words that were said, then the others if wanted; never a deed, which is nobody's words."""
    said = [hit for hit in found if hit.quote.is_said]
    return said + [hit for hit in found if with_unsaid and hit.quote.modality != "said"]


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
        "modality": quote.modality,
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
