"""GET /v1/articles/{id}: an article with its stored text, to which all offsets refer."""

from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse, Response

from bot.web.auth.principal import Principal
from bot.web.responses.redaction import elsewhere, on_the_web
from bot.web.routes.dependencies import caller_of
from bot.web.runtime.state import ServerState, state_of
from bot.web.schemas.error_responses import ErrorResponse, refusals
from bot.web.schemas.parameters import storable
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.catalog.versions import corrected
from retrieval.documents import Copy
from retrieval.errors import UnknownArticle

router = APIRouter(tags=["reading"])


@dataclass(frozen=True, slots=True)
class StoredArticle:
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
    "/v1/articles/{id:path}", response_model=StoredArticle, responses=refusals(401, 403, 404, 413, 422, 429, 503)
)
async def article(
    id: Annotated[str, Path(description="As citations name it.")],
    caller: Annotated[Principal, Depends(caller_of)],
    state: Annotated[ServerState, Depends(state_of)],
) -> Response:
    """The article with its stored text."""
    limits = caller.within(Filters(article=storable(id)))

    def read() -> StoredArticle:
        with state.app.store.catalog.reading() as catalog:
            return _stored(catalog, storable(id), limits)

    return JSONResponse(asdict(await state.reading.run(read)))


def _stored(catalog: CatalogReader, key: str, limits: Filters) -> StoredArticle:
    """Raises Problem where there is none, or none that the caller may see."""
    try:
        if not key or not catalog.matching(limits):
            raise UnknownArticle(key)
        found = catalog.article(key)
    except UnknownArticle as exc:
        raise ErrorResponse(404, "not_found", "There is no such article.", param="id") from exc
    return StoredArticle(
        id=found.id,
        url=on_the_web(found.url),
        title=found.title,
        authors=found.authors,
        outlet=found.outlet,
        published=found.published,
        updated=found.updated,
        language=found.language,
        text=found.text,
        section=found.section,
        corrected=corrected(catalog, key),
        copies=elsewhere(catalog.copies(key)),
    )
