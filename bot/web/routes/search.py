"""GET /v1/search: the passages found for a query."""

from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse, Response

from bot.answering.citations import deep_link
from bot.web.auth.principal import Principal
from bot.web.responses.redaction import web_url
from bot.web.routes.dependencies import current_principal
from bot.web.runtime.state import ServerState, server_state
from bot.web.schemas.error_responses import error_schemas
from bot.web.schemas.parameters import QuestionText, filters_in_query
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit

router = APIRouter(tags=["reading"])


@dataclass(frozen=True, slots=True)
class PassageResponse:
    """A passage; `text` is the article's text from `start` to `end`, `copies` are articles that contain it too."""

    article: str
    url: str
    deep_link: str
    title: str
    outlet: str
    authors: tuple[str, ...]
    published: str
    updated: str
    heading: str
    start: int
    end: int
    text: str
    score: float
    copies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchResponse:
    """The passages found for a query, best first."""

    query: str
    hits: tuple[PassageResponse, ...]


@router.get("/v1/search", response_model=SearchResponse, responses=error_schemas(401, 403, 413, 422, 429, 503))
async def search(
    q: Annotated[QuestionText, Query(description="Search terms or a question.")],
    filters: Annotated[Filters, Depends(filters_in_query)],
    principal: Annotated[Principal, Depends(current_principal)],
    state: Annotated[ServerState, Depends(server_state)],
    k: Annotated[int, Query(ge=1, le=50, description="How many passages.")] = 10,
) -> Response:
    """The passages found for a query, best first."""
    scoped = principal.restrict(filters)

    def run_search() -> SearchResponse:
        with state.app.store.catalog.snapshot() as catalog:
            hits = state.app.search(q, k, filters=scoped, catalog=catalog).hits
            return SearchResponse(q, tuple(_passage_response(hit, catalog) for hit in hits))

    return JSONResponse(asdict(await state.read_pool.run(run_search)))


def _passage_response(hit: Hit, catalog: CatalogReader) -> PassageResponse:
    passage, url = hit.passage, web_url(hit.url)
    text = catalog.article(passage.article).text if url else ""
    return PassageResponse(
        article=passage.article,
        url=url,
        deep_link=deep_link(url, text, (passage.start, passage.end)),
        title=hit.title,
        outlet=hit.outlet,
        authors=hit.authors,
        published=hit.published,
        updated=hit.updated,
        heading=passage.heading,
        start=passage.start,
        end=passage.end,
        text=passage.text,
        score=round(hit.score, 4),
        copies=hit.copies,
    )
