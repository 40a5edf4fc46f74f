"""GET /demo: the newest articles as a small news site with the widget, under the policy that a publisher should have.

Served to this machine only: an index may hold articles that were never meant to be read here.
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

from bot.formatting import day
from bot.web.middleware.client_address import is_loopback
from bot.web.runtime.state import ServerState, state_of
from bot.web.schemas.error_responses import ErrorResponse
from retrieval.catalog.catalog import Catalog
from retrieval.documents import Article
from retrieval.quotes import quote_table

NEWEST = 20  # articles on the front page
STARTERS = 3  # questions that are offered
FEWEST, OPENING = 60, 240  # characters of an article on the front page; less is a byline
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}


def local(request: Request, state: Annotated[ServerState, Depends(state_of)]) -> None:
    """Raises Problem for whoever is not on this machine, and where questions want a token that these pages have not."""
    client = request.client.host if request.client else ""
    here = is_loopback(client) and is_loopback(request.url.hostname or "")
    if not here or not state.policy.is_open:
        raise ErrorResponse(404, "not_found", "Not Found")


router = APIRouter(prefix="/demo", include_in_schema=False, dependencies=[Depends(local)])
OfRequest = Annotated[ServerState, Depends(state_of)]


@router.get("")
def front(state: OfRequest) -> Response:
    """The newest articles."""
    catalog = state.app.store.catalog
    newest = list(islice(catalog.articles(copies=False), NEWEST))
    return _page("front", articles="".join(map(_teaser, newest)), starters=_starters(catalog, newest))


@router.get("/style.css")
def style() -> Response:
    """How the pages look."""
    return Response(_read("style.css"), media_type="text/css", headers=HEADERS)


@router.get("/articles/{article}")
def read(article: str, state: OfRequest) -> Response:
    """One article. Raises UnknownArticle."""
    catalog = state.app.store.catalog
    found = catalog.article(article)
    return _page(
        "article",
        language=escape(found.language or "en"),
        canonical=escape(found.url if found.url.startswith(("http://", "https://")) else _address(found)),
        title=escape(found.title),
        outlet=escape(found.outlet),
        facts=_facts(found.authors, found),
        text=_text(found),
        starters=_starters(catalog, [found]),
    )


def _page(name: str, **values: str) -> Response:
    return HTMLResponse(Template(_read(f"{name}.html")).substitute(values), headers=HEADERS)


def _read(name: str) -> str:
    return (files("bot.web.widget") / "pages" / name).read_text("utf-8")


def _address(article: Article) -> str:
    return f"/demo/articles/{quote(article.id, safe='')}"


def _teaser(article: Article) -> str:
    opening = next((part for part, heading in _blocks(article) if not heading and len(part) >= FEWEST), "")
    return Template(_read("teaser.html")).substitute(
        id=quote(article.id, safe=""),
        title=escape(article.title),
        facts=_facts([article.outlet], article),
        opening=escape(opening if len(opening) <= OPENING else f"{opening[:OPENING].rpartition(' ')[0]} …"),
    )


def _facts(names: Sequence[str], article: Article) -> str:
    facts = [*names, day(article.published)]
    return escape(" · ".join(fact for fact in facts if fact))


def _text(article: Article) -> str:
    tags = ((escape(part), "h2" if heading else "p") for part, heading in _blocks(article))
    return "\n".join(f"      <{tag} dir='auto'>{part}</{tag}>" for part, tag in tags)


def _blocks(article: Article) -> list[tuple[str, bool]]:
    """Paragraphs and headings in order, without the headline."""
    headings = {" ".join(article.text[slice(*span)].split()) for span in article.headings}
    blocks = (" ".join(block.split()) for block in article.text.split("\n\n"))
    return [(block, block in headings) for block in blocks if block and block != article.title]


def _starters(catalog: Catalog, articles: Sequence[Article]) -> str:
    """Questions about those who are quoted most, as the attribute holds them."""
    names = quote_table.names(catalog.db, [article.id for article in articles])
    most = sorted((row for row in names if row[1]), key=lambda row: (-row[2], row[0]))[:STARTERS]
    return escape(json.dumps([f"What did {name} say?" for name, *_ in most], ensure_ascii=False))
