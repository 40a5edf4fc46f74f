"""GET /v1/articles/{id}: an article with its stored text, to which the offsets in all responses refer."""

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
    """An article's metadata and text; dates are ISO 8601, empty if unknown.

    `copies` are other places that published the same text, `corrected` is when the text was last changed.
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
    id: Annotated[str, Path(description="The id of the article, as in citations.")],
    principal: Annotated[Principal, Depends(current_principal)],
    state: Annotated[ServerState, Depends(server_state)],
) -> Response:
    """The article with its stored text."""
    filters = principal.restrict(Filters(article=replace_surrogates(id)))

    def read() -> ArticleResponse:
        with state.app.store.catalog.snapshot() as catalog:
            return _article_response(catalog, replace_surrogates(id), filters)

    return JSONResponse(asdict(await state.read_pool.run(read)))


def _article_response(catalog: CatalogReader, article_id: str, filters: Filters) -> ArticleResponse:
    """Raises ApiError when there is no such article, or the filters exclude it."""
    try:
        if not article_id or not catalog.matching_articles(filters):
            raise UnknownArticle(article_id)
        stored = catalog.article(article_id)
    except UnknownArticle as exc:
        raise ApiError(404, "not_found", "There is no such article.", param="id") from exc
    return ArticleResponse(
        id=stored.id,
        url=web_url(stored.url),
        title=stored.title,
        authors=stored.authors,
        outlet=stored.outlet,
        published=stored.published,
        updated=stored.updated,
        language=stored.language,
        text=stored.text,
        section=stored.section,
        corrected=last_corrected(catalog, article_id),
        copies=redact_copies(catalog.copies(article_id)),
    )
