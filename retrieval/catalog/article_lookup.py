"""Articles by the URL of their page, however it is linked."""

from retrieval.catalog.reader import Reading
from retrieval.documents import Article, digest
from retrieval.text.canonical_url import key

_KEPT = "SELECT iif(copy_of = '', id, copy_of) AS id FROM articles"


def find_article(catalog: Reading, named: str) -> str:
    """The id of the current article with this id or URL, empty where there is none.

    Of an article that is a copy, the id of the one kept in its place, because that is the one that answers.
    """
    row = catalog.db.execute(f"{_KEPT} WHERE id = ? AND version > 0", [named]).fetchone()
    if row is None and (page := key(named)):
        sql = f"{_KEPT} WHERE page = ? AND version > 0 ORDER BY copy_of <> '', rowid LIMIT 1"
        row = catalog.db.execute(sql, [page]).fetchone()
    return str(row["id"]) if row else ""


def known_as(catalog: Reading, article: Article) -> str:
    """The id under which an article's page is known already, else its own.

    A page has one article, whichever of its URLs its id was made of; ids that a source gives are left as they are.
    """
    if not _is_made_of(article.url, article.id):
        return article.id
    sql = (
        "SELECT a.id, v.url FROM articles a JOIN versions v ON v.article = a.id AND v.number = a.version "
        "WHERE a.page = ? ORDER BY a.rowid"
    )
    same = (row for row in catalog.db.execute(sql, [key(article.url)]) if _is_made_of(row["url"], row["id"]))
    return next((str(row["id"]) for row in same), article.id)


def id_of(url: str) -> str:
    """The id of the article on a page, where it has none of its own."""
    return digest(key(url))[:12]


def _is_made_of(url: str, name: str) -> bool:
    page = key(url)
    return bool(page) and name in (digest(url)[:12], id_of(url))
