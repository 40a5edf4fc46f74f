"""GET /v1/quotes: who is on record, and with what words."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse, Response

from bot.service.quote_listing import as_dict, guessed, words_of
from bot.web.auth.principal import Principal
from bot.web.responses.redaction import on_the_web
from bot.web.routes.dependencies import caller_of
from bot.web.runtime.state import ServerState, state_of
from bot.web.schemas.error_responses import refusals
from bot.web.schemas.parameters import STORABLE, Name, filters_in_query
from retrieval.catalog.filters import Filters
from retrieval.documents import QuoteKind
from retrieval.quotes.speakers.speaker_index import Speaker
from retrieval.search.quote_search import LEADING, QuoteSearch
from retrieval.text.sentences import Span

LONGEST_TOPIC = 500  # characters

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


@router.get("/v1/quotes", response_model=QuotesResponse, responses=refusals(401, 403, 413, 422, 429, 503))
async def quotes(
    filters: Annotated[Filters, Depends(filters_in_query)],
    caller: Annotated[Principal, Depends(caller_of)],
    state: Annotated[ServerState, Depends(state_of)],
    speaker: Annotated[Name, Query(description="Whose words; empty means anybody's.")] = "",
    about: Annotated[str, Query(max_length=LONGEST_TOPIC, description="Only words on this topic."), STORABLE] = "",
    k: Annotated[int, Query(ge=1, le=200, description="How many quotes, or how many voices.")] = 20,
) -> Response:
    """One speaker's words, or anybody's on a topic; without both, who is on record."""
    limits = caller.within(filters)

    def read() -> QuotesResponse:
        with state.app.store.catalog.reading() as catalog:
            return _on_record(state.app.search.record(catalog), limits, speaker.strip(), about.strip(), k)

    return JSONResponse(asdict(await state.reading.run(read)))


def _on_record(record: QuoteSearch, limits: Filters, speaker: str, about: str, k: int) -> QuotesResponse:
    if not speaker and not about:
        known = [voice for voice in record.voices(limits, most=LEADING) if voice.has_name]
        return QuotesResponse(speaker, about, "", tuple(known[:k]), ())
    match, found = words_of(record, speaker, about, limits)
    if limits.limit_articles:  # who says nothing in the articles that may be seen is nobody there
        seen = {voice.name: voice for voice in record.voices(limits) if voice.has_name}
        voices = tuple(seen[voice.name] for voice in match.voices if voice.name in seen)
    else:
        voices = match.voices
    said = (QuoteResponse(**_outward(as_dict(hit, record.catalog))) for hit in found[:k])
    return QuotesResponse(speaker, about, guessed(speaker, match) if voices else "", voices, tuple(said))


def _outward(quote: dict[str, Any]) -> dict[str, Any]:
    return quote | {name: on_the_web(str(quote[name])) for name in ("url", "deep_link")}
