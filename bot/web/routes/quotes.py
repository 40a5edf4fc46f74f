"""GET /v1/quotes: who is on record, and with what words."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse, Response

from bot.service.quote_listing import find_quotes, misspelling_message, quote_as_dict
from bot.web.auth.principal import Principal
from bot.web.responses.redaction import web_url
from bot.web.routes.dependencies import current_principal
from bot.web.runtime.state import ServerState, server_state
from bot.web.schemas.error_responses import error_schemas
from bot.web.schemas.parameters import STORABLE, Name, filters_in_query
from retrieval.catalog.filters import Filters
from retrieval.documents import QuoteKind
from retrieval.quotes.speakers.speaker_index import Speaker
from retrieval.search.quote_search import MOST_QUOTED_NAMES, QuoteSearch
from retrieval.text.sentences import Span

MAX_TOPIC_LENGTH = 500  # characters

router = APIRouter(tags=["reading"])


@dataclass(frozen=True, slots=True)
class QuoteResponse:
    """Somebody's words; `words` are the article's texts of `spans`, `named` and `cue` stand in it as well."""

    speaker: str
    role: str
    kind: QuoteKind
    words: str
    named: str
    cue: str
    article: str
    url: str
    deep_link: str
    title: str
    outlet: str
    published: str
    start: int
    end: int
    spans: tuple[Span, ...]
    score: float


@dataclass(frozen=True, slots=True)
class QuotesResponse:
    """Quotes, newest first, or best first where there is a topic; without speaker and topic only who is on record."""

    speaker: str
    about: str
    note: str
    voices: tuple[Speaker, ...]
    quotes: tuple[QuoteResponse, ...]


@router.get("/v1/quotes", response_model=QuotesResponse, responses=error_schemas(401, 403, 413, 422, 429, 503))
async def quotes(
    filters: Annotated[Filters, Depends(filters_in_query)],
    caller: Annotated[Principal, Depends(current_principal)],
    state: Annotated[ServerState, Depends(server_state)],
    speaker: Annotated[Name, Query(description="Whose words; empty means anybody's.")] = "",
    about: Annotated[str, Query(max_length=MAX_TOPIC_LENGTH, description="Only words on this topic."), STORABLE] = "",
    k: Annotated[int, Query(ge=1, le=200, description="How many quotes, or how many voices.")] = 20,
) -> Response:
    """One speaker's words, or anybody's on a topic; without both, who is on record."""
    limits = caller.within(filters)

    def read() -> QuotesResponse:
        with state.app.store.catalog.snapshot() as catalog:
            return _quotes_response(state.app.search.record(catalog), limits, speaker.strip(), about.strip(), k)

    return JSONResponse(asdict(await state.reading.run(read)))


def _quotes_response(record: QuoteSearch, limits: Filters, speaker: str, about: str, k: int) -> QuotesResponse:
    if not speaker and not about:
        known = [voice for voice in record.voices(limits, most=MOST_QUOTED_NAMES) if voice.has_name]
        return QuotesResponse(speaker, about, "", tuple(known[:k]), ())
    match, found = find_quotes(record, speaker, about, limits)
    if limits.restricts_articles:  # who says nothing in the articles that may be seen is nobody there
        seen = {voice.name: voice for voice in record.voices(limits) if voice.has_name}
        voices = tuple(seen[voice.name] for voice in match.voices if voice.name in seen)
    else:
        voices = match.voices
    said = (QuoteResponse(**_redact_urls(quote_as_dict(hit, record.catalog))) for hit in found[:k])
    return QuotesResponse(speaker, about, misspelling_message(speaker, match) if voices else "", voices, tuple(said))


def _redact_urls(quote: dict[str, Any]) -> dict[str, Any]:
    return quote | {name: web_url(str(quote[name])) for name in ("url", "deep_link")}
