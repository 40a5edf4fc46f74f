"""GET /v1/articles/{id}: an article with its stored text, to which all offsets refer."""

from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse, Response

from bot.web.auth.principal import Principal
from bot.web.responses.redaction import redact_copies, web_url
from bot.web.routes.dependencies import current_principal
from bot.web.runtime.state import ServerState, server_state
from bot.web.schemas.error_responses import ApiError, error_schemas
from bot.web.schemas.parameters import replace_surrogates
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.catalog.versions import last_corrected
from retrieval.documents import Copy
from retrieval.errors import UnknownArticle

router = APIRouter(tags=["reading"])


@dataclass(frozen=True, slots=True)
class ArticleResponse:
    """An article's facts and text; dates are ISO 8601, empty where unknown.

    `copies` are other places with the same text, `corrected` is when the text was last changed.
    """

    id: str
    url: str
    title: str
    authors: tuple[str, ...]
    outlet: str
    published: str
    updated: str
    language: str
    text: str
    section: str
    corrected: str
    copies: tuple[Copy, ...]


@router.get(
    "/v1/articles/{id:path}", response_model=ArticleResponse, responses=error_schemas(401, 403, 404, 413, 422, 429, 503)
)
async def article(
    id: Annotated[str, Path(description="As citations name it.")],
    caller: Annotated[Principal, Depends(current_principal)],
    state: Annotated[ServerState, Depends(server_state)],
) -> Response:
    """The article with its stored text."""
    limits = caller.within(Filters(article=replace_surrogates(id)))

    def read() -> ArticleResponse:
        with state.app.store.catalog.snapshot() as catalog:
            return _article_response(catalog, replace_surrogates(id), limits)

    return JSONResponse(asdict(await state.reading.run(read)))


def _article_response(catalog: CatalogReader, key: str, limits: Filters) -> ArticleResponse:
    """Raises Problem where there is none, or none that the caller may see."""
    try:
        if not key or not catalog.matching_articles(limits):
            raise UnknownArticle(key)
        found = catalog.article(key)
    except UnknownArticle as exc:
        raise ApiError(404, "not_found", "There is no such article.", param="id") from exc
    return ArticleResponse(
        id=found.id,
        url=web_url(found.url),
        title=found.title,
        authors=found.authors,
        outlet=found.outlet,
        published=found.published,
        updated=found.updated,
        language=found.language,
        text=found.text,
        section=found.section,
        corrected=last_corrected(catalog, key),
        copies=redact_copies(catalog.copies(key)),
    )
