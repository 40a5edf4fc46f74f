"""GET /v1/search: the passages themselves."""

from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse, Response

from bot.answering.citations import deep_link
from bot.web.auth.principal import Principal
from bot.web.responses.redaction import on_the_web
from bot.web.routes.dependencies import caller_of
from bot.web.runtime.state import ServerState, state_of
from bot.web.schemas.error_responses import refusals
from bot.web.schemas.parameters import Asked, filters_in_query
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit

router = APIRouter(tags=["reading"])


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage; `text` is the article's from `start` to `end`, `copies` are articles that have it too."""

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
class FoundPassages:
    """The passages found for a query, best first."""

    query: str
    hits: tuple[FoundPassage, ...]


@router.get("/v1/search", response_model=FoundPassages, responses=refusals(401, 403, 413, 422, 429, 503))
async def search(
    q: Annotated[Asked, Query(description="Words or a question.")],
    filters: Annotated[Filters, Depends(filters_in_query)],
    caller: Annotated[Principal, Depends(caller_of)],
    state: Annotated[ServerState, Depends(state_of)],
    k: Annotated[int, Query(ge=1, le=50, description="How many passages.")] = 10,
) -> Response:
    """The passages found for a query, best first."""
    limits = caller.within(filters)

    def find() -> FoundPassages:
        with state.app.store.catalog.reading() as catalog:
            hits = state.app.search(q, k, filters=limits, catalog=catalog).hits
            return FoundPassages(q, tuple(_passage(hit, catalog) for hit in hits))

    return JSONResponse(asdict(await state.reading.run(find)))


def _passage(hit: Hit, catalog: CatalogReader) -> FoundPassage:
    passage, url = hit.passage, on_the_web(hit.url)
    text = catalog.article(passage.article).text if url else ""
    return FoundPassage(
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
