"""GET /demo: the newest articles as a small news site with the widget, under a strict Content-Security-Policy.

Served only to clients on this machine, because an index may hold articles that are not public.
"""

import json
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from itertools import islice
from string import Template
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from bot.formatting import format_date
from bot.web.middleware.client_address import is_loopback
from bot.web.runtime.state import ServerState, server_state
from bot.web.schemas.error_responses import ApiError
from retrieval.catalog import quote_table
from retrieval.catalog.catalog import Catalog
from retrieval.documents import Article

FRONT_PAGE_ARTICLES = 20  # articles on the front page
MAX_STARTERS = 3  # suggested questions
MIN_TEASER_LENGTH, MAX_TEASER_LENGTH = 60, 240  # characters of a teaser; a shorter paragraph is a byline
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def require_local(request: Request, state: Annotated[ServerState, Depends(server_state)]) -> None:
    """Raise ApiError unless the client is on this machine and the server is open: the demo pages have no token."""
    client = request.client.host if request.client else ""
    is_local = is_loopback(client) and is_loopback(request.url.hostname or "")
    if not is_local or not state.policy.is_open:
        raise ApiError(404, "not_found", "Not Found")


router = APIRouter(prefix="/demo", include_in_schema=False, dependencies=[Depends(require_local)])
State = Annotated[ServerState, Depends(server_state)]


@router.get("")
def front(state: State) -> Response:
    """The newest articles."""
    catalog = state.app.store.catalog
    newest = list(islice(catalog.articles(include_copies=False), FRONT_PAGE_ARTICLES))
    return _page("front", articles="".join(map(_teaser, newest)), starters=_starters_attribute(catalog, newest))


@router.get("/style.css")
def style() -> Response:
    """The stylesheet of the demo pages."""
    return Response(_read_page_file("style.css"), media_type="text/css", headers=HEADERS)


@router.get("/articles/{article:path}")
def read(article: str, state: State) -> Response:
    """One article. Raises UnknownArticle."""
    catalog = state.app.store.catalog
    found = catalog.article(article)
    return _page(
        "article",
        language=escape(found.language or "en"),
        canonical=escape(found.url if found.url.startswith(("http://", "https://")) else _address(found)),
        title=escape(found.title),
        outlet=escape(found.outlet),
        facts=_byline(found.authors, found),
        text=_article_html(found),
        starters=_starters_attribute(catalog, [found]),
    )


def _page(name: str, **values: str) -> Response:
    return HTMLResponse(Template(_read_page_file(f"{name}.html")).substitute(values), headers=HEADERS)


def _read_page_file(name: str) -> str:
    return (files("bot.web.widget") / "pages" / name).read_text("utf-8")


def _address(article: Article) -> str:
    return f"/demo/articles/{quote(article.id, safe='')}"


def _teaser(article: Article) -> str:
    opening = next((part for part, heading in _blocks(article) if not heading and len(part) >= MIN_TEASER_LENGTH), "")
    return Template(_read_page_file("teaser.html")).substitute(
        id=quote(article.id, safe=""),
        title=escape(article.title),
        facts=_byline([article.outlet], article),
        opening=escape(
            opening if len(opening) <= MAX_TEASER_LENGTH else f"{opening[:MAX_TEASER_LENGTH].rpartition(' ')[0]} …"
        ),
    )


def _byline(names: Sequence[str], article: Article) -> str:
    parts = [*names, format_date(article.published)]
    return escape(" · ".join(part for part in parts if part))


def _article_html(article: Article) -> str:
    tags = ((escape(part), "h2" if heading else "p") for part, heading in _blocks(article))
    return "\n".join(f"      <{tag} dir='auto'>{part}</{tag}>" for part, tag in tags)


def _blocks(article: Article) -> list[tuple[str, bool]]:
    """Paragraphs and headings in order, without the headline; the bool marks a heading."""
    headings = {" ".join(article.text[slice(*span)].split()) for span in article.headings}
    blocks = (" ".join(block.split()) for block in article.text.split("\n\n"))
    return [(block, block in headings) for block in blocks if block and block != article.title]


def _starters_attribute(catalog: Catalog, articles: Sequence[Article]) -> str:
    """Questions about the most quoted speakers, as the JSON of the `starters` attribute."""
    names = quote_table.speaker_names(catalog, [article.id for article in articles])
    most_quoted = sorted((row for row in names if row[1]), key=lambda row: (-row[2], row[0]))[:MAX_STARTERS]
    return escape(json.dumps([f"What did {name} say?" for name, *_ in most_quoted], ensure_ascii=False))
