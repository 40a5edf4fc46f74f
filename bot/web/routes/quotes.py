"""GET /v1/quotes: the quotes of a speaker or on a topic, or the speakers on record."""

from collections.abc import Sequence
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
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Modality, QuoteHit, QuoteKind
from retrieval.quotes.speaker_index.merging import Speaker
from retrieval.search.quote_search import MOST_QUOTED_NAMES, QuoteSearch
from retrieval.text.sentences import Span

MAX_TOPIC_LENGTH = 500  # characters

router = APIRouter(tags=["reading"])


@dataclass(frozen=True, slots=True)
class QuoteResponse:
    """A quote; `words` is the article's text at `spans`, and `named` and `cue` are substrings of its text too."""

    speaker: str
    role: str
    kind: QuoteKind
    modality: Modality
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
    """Quotes, newest first, or best first for a topic; without speaker and topic only `voices`, the speakers.

    `quotes` were said; `unsaid` were denied, asked, supposed or claimed by others, as their `modality` states.
    """

    speaker: str
    about: str
    note: str
    voices: tuple[Speaker, ...]
    quotes: tuple[QuoteResponse, ...]
    unsaid: tuple[QuoteResponse, ...]


@router.get("/v1/quotes", response_model=QuotesResponse, responses=error_schemas(401, 403, 413, 422, 429, 503))
async def quotes(
    filters: Annotated[Filters, Depends(filters_in_query)],
    principal: Annotated[Principal, Depends(current_principal)],
    state: Annotated[ServerState, Depends(server_state)],
    speaker: Annotated[Name, Query(description="The speaker; empty means all speakers.")] = "",
    about: Annotated[str, Query(max_length=MAX_TOPIC_LENGTH, description="Only quotes on this topic."), STORABLE] = "",
    k: Annotated[int, Query(ge=1, le=200, description="How many quotes, or how many speakers.")] = 20,
) -> Response:
    """Quotes of one speaker, or of all speakers on a topic; without both, the speakers on record."""
    scoped = principal.restrict(filters)

    def read() -> QuotesResponse:
        with state.app.store.catalog.snapshot() as catalog:
            return _quotes_response(state.app.search.quote_search(catalog), scoped, speaker.strip(), about.strip(), k)

    return JSONResponse(asdict(await state.read_pool.run(read)))


def _quotes_response(record: QuoteSearch, filters: Filters, speaker: str, about: str, k: int) -> QuotesResponse:
    if not speaker and not about:
        speakers = [voice for voice in record.speakers(filters, limit=MOST_QUOTED_NAMES) if voice.has_name]
        return QuotesResponse(speaker, about, "", tuple(speakers[:k]), (), ())
    match, found = find_quotes(record, speaker, about, filters, with_unsaid=True)
    if filters.restricts_articles:  # a speaker not quoted in the articles of the scope is not revealed
        visible = {voice.name: voice for voice in record.speakers(filters) if voice.has_name}
        voices = tuple(visible[voice.name] for voice in match.speakers if voice.name in visible)
    else:
        voices = match.speakers
    note = misspelling_message(speaker, match) if voices else ""
    said, unsaid = ([hit for hit in found if hit.quote.is_said is wanted] for wanted in (True, False))
    return QuotesResponse(
        speaker, about, note, voices, _responses(said[:k], record.catalog), _responses(unsaid[:k], record.catalog)
    )


def _responses(found: Sequence[QuoteHit], catalog: CatalogReader) -> tuple[QuoteResponse, ...]:
    return tuple(QuoteResponse(**_redact_urls(quote_as_dict(hit, catalog))) for hit in found)


def _redact_urls(quote: dict[str, Any]) -> dict[str, Any]:
    return quote | {name: web_url(str(quote[name])) for name in ("url", "deep_link")}
