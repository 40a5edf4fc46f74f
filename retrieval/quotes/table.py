"""The quotes in the catalog: written and withdrawn with their article, read by speaker, by words, by article."""

import json
import sqlite3
from collections.abc import Iterable, Sequence

from retrieval.documents import Article, Quote, QuoteHit
from retrieval.quotes.names import fold
from retrieval.sentences import Span
from retrieval.terms import terms

_COLUMNS = "q.*, v.title, v.url, v.outlet"
_FROM = "quotes q JOIN articles a ON a.id = q.article JOIN versions v ON v.article = a.id AND v.number = a.version"


def replace(db: sqlite3.Connection, article: Article, quotes: Iterable[Quote]) -> None:
    """Store an article's quotes in place of those it had; part of the caller's transaction."""
    withdraw(db, article.id)
    for quote in quotes:
        row = db.execute(
            f"INSERT INTO quotes VALUES (NULL, {', '.join('?' * 13)})",
            [
                article.id,
                quote.speaker,
                surname(quote.speaker),
                quote.is_person,
                quote.role,
                quote.kind,
                quote.words,
                json.dumps(quote.spans),
                json.dumps(quote.source),
                json.dumps(quote.cue),
                quote.said,
                article.published,
                given(quote.speaker) if quote.is_person else "",
            ],
        )
        db.execute(
            "INSERT INTO quote_terms (rowid, terms) VALUES (?, ?)", [row.lastrowid, " ".join(terms(quote.words))]
        )


def withdraw(db: sqlite3.Connection, article: str) -> None:
    """Forget an article's quotes; part of the caller's transaction."""
    db.execute("DELETE FROM quote_terms WHERE rowid IN (SELECT id FROM quotes WHERE article = ?)", [article])
    db.execute("DELETE FROM quotes WHERE article = ?", [article])


def surname(name: str) -> str:
    """The last word of a name, folded; what people are looked up by."""
    words = name.split()
    return fold(words[-1]) if words else ""


def given(name: str) -> str:
    """The first word of a full name, folded."""
    words = name.split()
    return fold(words[0]) if len(words) > 1 else ""


def names(
    db: sqlite3.Connection, articles: Sequence[str] | None = None, *, words: Sequence[str] | None = None
) -> list[tuple[str, bool, int, str]]:
    """Every name with words to it, whether it is a person's, how many quotes bear it and the day of the newest.

    `articles` limits them to these, `words` to names whose first or last word is among them.
    """
    only, values = "", list[str]()
    if articles is not None:
        only += " AND article IN (SELECT value FROM json_each(?))"
        values.append(json.dumps(articles))
    if words is not None:
        among = "(SELECT value FROM json_each(?))"
        only += f" AND (surname IN {among} OR (given <> '' AND given IN {among}))"
        values += [json.dumps(words)] * 2
    sql = (
        f"SELECT name, max(person), count(*), max(published) FROM quotes WHERE name <> '' AND said{only} GROUP BY name"
    )
    return [(row[0], bool(row[1]), row[2], row[3]) for row in db.execute(sql, values)]


def surnames(db: sqlite3.Connection) -> list[str]:
    """The last words of all names."""
    return [row[0] for row in db.execute("SELECT DISTINCT surname FROM quotes WHERE surname <> ''")]


def by_names(db: sqlite3.Connection, wanted: Sequence[str]) -> list[QuoteHit]:
    """All quotes of these speakers, newest article first, in the order of its text."""
    sql = f"SELECT {_COLUMNS} FROM {_FROM} WHERE q.name IN (SELECT value FROM json_each(?))"
    found = list(map(_hit, db.execute(sql, [json.dumps(wanted)])))
    by_place = sorted(found, key=lambda hit: (hit.article, hit.quote.start))
    return sorted(by_place, key=lambda hit: hit.published, reverse=True)


def by_terms(
    db: sqlite3.Connection,
    wanted: Iterable[str],
    limit: int,
    names: Sequence[str] | None = None,
    articles: Sequence[str] | None = None,
) -> list[QuoteHit]:
    """Quotes that hold any of these stems, best BM25 first; of these speakers and articles only, where given."""
    match = " OR ".join(map(_quoted, wanted))
    if not match:
        return []
    values: list[str | int] = [match]
    only = ""
    for column, among in (("name", names), ("article", articles)):
        if among is not None:
            only += f" AND q.{column} IN (SELECT value FROM json_each(?))"
            values.append(json.dumps(among))
    sql = (
        f"SELECT {_COLUMNS} FROM quote_terms t JOIN {_FROM} "
        f"WHERE q.id = t.rowid AND quote_terms MATCH ?{only} ORDER BY rank LIMIT ?"
    )
    return list(map(_hit, db.execute(sql, [*values, limit])))


def document_counts(db: sqlite3.Connection, stems: Sequence[str]) -> dict[str, int]:
    """In how many quotes each stem stands."""
    sql = "SELECT count(*) FROM quote_terms WHERE quote_terms MATCH ?"
    return {stem: int(db.execute(sql, [_quoted(stem)]).fetchone()[0]) for stem in stems}


def _quoted(stem: str) -> str:
    return '"' + stem.replace('"', '""') + '"'


def of_article(db: sqlite3.Connection, article: str) -> list[QuoteHit]:
    """The quotes of one article in the order of its text."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM {_FROM} WHERE q.article = ? ORDER BY q.id", [article])
    return list(map(_hit, rows))


def count(db: sqlite3.Connection) -> int:
    """How many quotes there are."""
    return int(db.execute("SELECT count(*) FROM quotes").fetchone()[0])


def _hit(row: sqlite3.Row) -> QuoteHit:
    quote = Quote(
        speaker=row["name"],
        role=row["role"],
        is_person=bool(row["person"]),
        kind=row["kind"],
        words=row["words"],
        spans=tuple(map(_span, json.loads(row["spans"]))),
        source=_perhaps(row["source"]),
        cue=_perhaps(row["cue"]),
        said=bool(row["said"]),
    )
    return QuoteHit(quote, row["article"], row["title"], row["url"], row["outlet"], row["published"])


def _span(pair: Sequence[int]) -> Span:
    return pair[0], pair[1]


def _perhaps(stored: str) -> Span | None:
    pair = json.loads(stored)
    return _span(pair) if pair else None
