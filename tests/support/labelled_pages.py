"""Made-up pages with their right title, authors and dates, in the markup of the large publishing systems."""

import json
from dataclasses import dataclass

_TEXT = (
    "The lock keepers of Wendle met on Thursday to count the barges that wait above the broken gate.",
    "There were forty-one of them, and two more came down the canal while the keepers were counting, said the mayor.",
    "A new gate is being built in Tarrow and will be floated to Wendle before the ice comes, at a cost of 3 million.",
)
_BODY = "".join(f"<p>{text}</p>" for text in _TEXT)
TITLE = "Forty barges wait at Wendle lock"


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page in the markup of a publishing system, and its facts."""

    system: str
    html: str
    authors: tuple[str, ...] = ()
    published: str = ""
    updated: str = ""
    title: str = TITLE
    url: str = "https://canal-echo.example/news/forty-barges"


def _page(head: str, body: str, lang: str = "en", name: str = f"{TITLE} - Canal Echo") -> str:
    return f"<!doctype html><html lang='{lang}'><head><title>{name}</title>{head}</head><body>{body}</body></html>"


def _ld(**facts: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@context': 'https://schema.org', **facts})}</script>"


def _graph(*objects: dict[str, object]) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@graph': objects})}</script>"


_SITE = "<meta property='og:site_name' content='Canal Echo'>"

PAGES = (
    LabelledPage(
        "WordPress with Yoast, the author in the page's graph",
        _page(
            _SITE + f"<meta property='og:title' content='{TITLE} - Canal Echo'>"
            "<meta property='article:published_time' content='2024-05-09T06:12:00+00:00'>"
            "<meta property='article:modified_time' content='2024-05-09T06:12:00+00:00'>"
            + _graph(
                {"@type": "WebPage", "@id": "#page", "author": {"@id": "#person"}},
                {"@type": "Person", "@id": "#person", "name": "Hanna Okafor"},
                {"@type": "WebSite", "name": "Canal Echo"},
            ),
            f"<article class='hentry'><header class='entry-header'><h1 class='entry-title'>{TITLE}</h1></header>{_BODY}"
            "</article><ol class='comment-list'><li class='comment'><cite class='fn'>Barge Fan</cite></li></ol>",
        ),
        authors=("Hanna Okafor",),
        published="2024-05-09T06:12:00+00:00",
    ),
    LabelledPage(
        "WordPress theme without metadata, day first",
        _page(
            "",
            f"<article><h1 class='entry-title'>{TITLE}</h1><div class='entry-meta'><span class='posted-on'>"
            "<time class='entry-date published updated' datetime='2024-05-09T08:12:00+02:00'>09/05/2024</time></span>"
            "<span class='byline'> von <span class='author vcard'><a class='url fn n' href='/author/ho'>Hanna Okafor"
            f"</a></span></span></div>{_BODY}</article><aside><time datetime='2024-06-01'></time></aside>",
            lang="de-DE",
        ),
        authors=("Hanna Okafor",),
        published="2024-05-09T08:12:00+02:00",
    ),
    LabelledPage(
        "Drupal with Dublin Core and a submitted line",
        _page(
            "<meta name='dcterms.title' content='Forty barges wait at Wendle lock'>"
            "<meta name='dcterms.date' content='2024-05-09T08:12+02:00'>",
            f"<div class='node node--type-article'><h1><span>{TITLE}</span></h1><div class='submitted'>By "
            f"<a href='/user/4' rel='author'>Hanna Okafor</a> on 9 May 2024</div>{_BODY}</div>",
        ),
        authors=("Hanna Okafor",),
        published="2024-05-09T08:12:00+02:00",
    ),
    LabelledPage(
        "Arc, two authors in JSON-LD, section behind the headline",
        _page(
            _SITE
            + f"<meta property='og:title' content='{TITLE} | Waterways'>"
            + _ld(
                **{"@type": "NewsArticle", "headline": TITLE, "datePublished": "2024-05-09T10:12:33.120Z"},
                dateModified="2024-05-09T12:40:00Z",
                author=[{"@type": "Person", "name": "Hanna Okafor"}, {"@type": "Person", "name": "Canal Echo Staff"}],
            ),
            f"<div><h1>{TITLE}</h1><div class='byline'>By Hanna Okafor</div>{_BODY}</div>",
        ),
        authors=("Hanna Okafor",),
        published="2024-05-09T10:12:33+00:00",
        updated="2024-05-09T12:40:00+00:00",
    ),
    LabelledPage(
        "Condé Nast, the company as meta author",
        _page(
            "<meta name='author' content='Condé Nast'>"
            + _ld(**{"@type": "NewsArticle", "headline": TITLE}, author=[{"@type": "Person", "name": "Hanna Okafor"}]),
            f"<header><h1>{TITLE}</h1><div class='byline__name'><a class='byline__name-link' href='/by/ho'>Hanna "
            f"Okafor</a></div><time>5.9.2024 09:00 AM</time></header><article>{_BODY}</article>",
            lang="en-US",
        ),
        authors=("Hanna Okafor",),
        published="2024-05-09T09:00:00",
    ),
    LabelledPage(
        "BBC, a byline with a role and a correspondent's place",
        _page(
            _ld(
                **{"@type": "ReportageNewsArticle", "headline": TITLE, "datePublished": "2024-05-09T10:12:33.000Z"},
                author={"@type": "NewsMediaOrganization", "name": "Canal Echo"},
            ),
            f"<main><article><h1>{TITLE}</h1><div data-component='byline-block'><div class='byline'><span>By</span> "
            f"<span class='byline-name'>Hanna Okafor</span><span class='role'>Waterways correspondent, Wendle</span>"
            f"</div></div>{_BODY}</article></main>",
            lang="en-GB",
        ),
        authors=("Hanna Okafor",),
        published="2024-05-09T10:12:33+00:00",
    ),
    LabelledPage(
        "Guardian, two linked authors and a place",
        _page(
            _SITE + "<meta property='article:published_time' content='2024-05-09T10:12:33.000Z'>"
            "<meta property='article:author' content='https://canal-echo.example/profile/hanna-okafor'>",
            f"<h1>{TITLE}</h1><address aria-label='By'><div><a rel='author' href='/profile/ho'>Hanna Okafor"
            f"</a> in Wendle and <a rel='author' href='/profile/pr'>Piet Roos</a></div></address>{_BODY}"
            "<section class='related'><a rel='author' href='/x'>Una Moth</a></section>",
            name=f"{TITLE} | Waterways | Canal Echo",
        ),
        authors=("Hanna Okafor", "Piet Roos"),
        published="2024-05-09T10:12:33+00:00",
    ),
    LabelledPage(
        "Chorus, a search headline in JSON-LD",
        _page(
            _SITE
            + f"<meta property='og:title' content='{TITLE}'>"
            + _ld(
                **{"@type": "NewsArticle", "headline": "Wendle lock: barges, gate and ice explained"},
                author={"@type": "Person", "name": "Hanna Okafor"},
                datePublished="2024-05-09T10:12:33-04:00",
            ),
            f"<h1 class='c-page-title'>{TITLE}</h1>{_BODY}",
            name="Wendle lock: barges, gate and ice explained - Canal Echo",
        ),
        authors=("Hanna Okafor",),
        published="2024-05-09T10:12:33-04:00",
    ),
    LabelledPage(
        "Substack, the day alone beside the headline",
        _page(
            f"<meta property='og:title' content='{TITLE}'><meta name='author' content='Hanna Okafor'>",
            f"<article><h1 class='post-title'>{TITLE}</h1><h3 class='subtitle'>A gate is broken</h3><div class='meta'>"
            f"<div>Hanna Okafor</div><div>May 09, 2024</div></div>{_BODY}</article>",
        ),
        authors=("Hanna Okafor",),
        published="2024-05-09",
    ),
    LabelledPage(
        "An old page in tables, without headings",
        _page(
            "",
            f"<table><tr><td><a href='/'>Home</a></td><td><font size=5>{TITLE}</font><br><i>by Hanna Okafor</i>"
            f"<br><b>9 May 2004</b><br>{'<br><br>'.join(_TEXT)}</td></tr></table><p>Copyright 2022 Canal Echo</p>",
        ),
        authors=("Hanna Okafor",),
        published="2004-05-09",
    ),
    LabelledPage(
        "French, two authors, an hour with h",
        _page(
            "<meta name='author' content='Zoé Marchand et Luc Périer'>",
            f"<article><h1>{TITLE}</h1><p class='date'>Publié le 9 mai 2024 à 8h12</p>{_BODY}</article>",
            lang="fr",
        ),
        authors=("Zoé Marchand", "Luc Périer"),
        published="2024-05-09T08:12:00",
    ),
    LabelledPage(
        "A static site with its day in the address, and a newer teaser",
        _page(
            "",
            f"<h1>{TITLE}</h1>{_BODY}<div class='teaser'><h3><a href='/b'>Eels</a></h3><time datetime='2024-08-01'/>"
            "<a rel='author' href='/c'>Una Moth</a></div><footer>© 2023 Canal Echo</footer>",
        ),
        published="2024-05-09",
        url="https://canal-echo.example/2024/05/09/forty-barges",
    ),
)
