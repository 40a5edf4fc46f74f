"""Store the quotes of articles in the catalog and read them by speaker, by passage and by article."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from retrieval.documents import Article, Quote, QuoteHit
from retrieval.quotes.speakers.names import fold
from retrieval.text.sentences import Span

QuotedWords = tuple[str, str]
"""A speaker's name and the words of a quote."""

_COLUMNS = "q.*, v.title, v.url, v.outlet"
_FROM = "quotes q JOIN articles a ON a.id = q.article JOIN versions v ON v.article = a.id AND v.number = a.version"
# CROSS JOIN keeps the order of the joins: SQLite begins with the few passages that are asked for.
_IN_PASSAGES = (
    "json_each(?) wanted CROSS JOIN passages p ON p.id = wanted.value "
    'CROSS JOIN quotes q ON q.article = p.article AND q.start >= p.start AND q.start < p."end"'
)


def replace_quotes(db: sqlite3.Connection, article: Article, quotes: Iterable[Quote]) -> None:
    """Store the quotes of an article in place of those it had, within the caller's transaction."""
    delete_quotes(db, article.id)
    db.executemany(
        f"INSERT INTO quotes VALUES (NULL, {', '.join('?' * 14)})",
        (
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
                quote.is_speech,
                article.published,
                given_name(quote.speaker) if quote.is_person else "",
                quote.start,
            ]
            for quote in quotes
        ),
    )


def delete_quotes(db: sqlite3.Connection, article: str) -> None:
    """Delete the quotes of an article, within the caller's transaction."""
    db.execute("DELETE FROM quotes WHERE article = ?", [article])


def surname(name: str) -> str:
    """The last word of a name, folded; the key people are looked up by."""
    words = name.split()
    return fold(words[-1]) if words else ""


def given_name(name: str) -> str:
    """The first word of a full name, folded; empty for a single word."""
    words = name.split()
    return fold(words[0]) if len(words) > 1 else ""


def speaker_names(
    db: sqlite3.Connection,
    articles: Sequence[str] | None = None,
    *,
    words: Sequence[str] | None = None,
    limit: int = -1,
) -> list[tuple[str, bool, int, str]]:
    """Names of speakers with whether each is a person's, how many quotes bear it and the day of the newest.

    `articles` counts quotes in these alone; `words` limits them to names whose first or last word is among these,
    `limit` to so many names, those with the most quotes.
    """
    among = "(SELECT value FROM json_each(?))"
    only, values = "", list[str]()
    if words is not None:
        only = f" AND (surname IN {among} OR (given <> '' AND given IN {among}))"
        values = [json.dumps(words)] * 2
    if articles is None:
        sql = f"SELECT name, person, quotes, newest FROM speakers WHERE true{only} ORDER BY quotes DESC LIMIT ?"
    else:
        values.insert(0, json.dumps(articles))
        sql = (
            "SELECT name, max(person), count(*), max(published) FROM quotes "
            f"WHERE name <> '' AND said AND article IN {among}{only} "
            "GROUP BY name ORDER BY count(*) DESC LIMIT ?"
        )
    return [(row[0], bool(row[1]), row[2], row[3]) for row in db.execute(sql, [*values, limit])]


def person_surnames(db: sqlite3.Connection) -> list[str]:
    """The surnames of all people who have quotes."""
    return [row[0] for row in db.execute("SELECT DISTINCT surname FROM speakers WHERE person = 1")]


def quotes_by_names(db: sqlite3.Connection, names: Sequence[str], *, limit: int = -1) -> list[QuoteHit]:
    """All quotes that bear these names, newest article first, each article's in the order of its text.

    With `limit`, no more than so many, of those whose cue reports words.
    """
    only = " AND q.said ORDER BY q.published DESC, q.article, q.start LIMIT ?" if limit >= 0 else ""
    sql = f"SELECT {_COLUMNS} FROM {_FROM} WHERE q.name IN (SELECT value FROM json_each(?)){only}"
    found = list(map(_quote_hit, db.execute(sql, [json.dumps(names), *([limit] if only else [])])))
    by_place = sorted(found, key=lambda hit: (hit.article, hit.quote.start))
    return sorted(by_place, key=lambda hit: hit.published, reverse=True)


def quotes_in_passages(
    db: sqlite3.Connection, passages: Sequence[str], names: Sequence[str] | None = None
) -> Iterator[tuple[str, QuoteHit]]:
    """The quotes that begin in these passages, each with its passage's id; only those that bear one of `names`."""
    only, values = "", [json.dumps(passages)]
    if names is not None:
        only = " AND q.name IN (SELECT value FROM json_each(?))"
        values.append(json.dumps(names))
    sql = (
        f"SELECT p.id AS passage, {_COLUMNS} FROM {_IN_PASSAGES} "
        "JOIN articles a ON a.id = q.article JOIN versions v ON v.article = a.id AND v.number = a.version "
        f"WHERE p.live{only} ORDER BY wanted.key, q.start, q.id"
    )
    return ((row["passage"], _quote_hit(row)) for row in db.execute(sql, values))


def quoted_words(db: sqlite3.Connection, passages: Sequence[str]) -> dict[str, list[QuotedWords]]:
    """Speaker and words of the quotes in each of these passages, in the order of the text; for the BM25 index."""
    sql = f"SELECT p.id, q.name, q.words FROM {_IN_PASSAGES} WHERE p.live ORDER BY q.start, q.id"
    found: dict[str, list[QuotedWords]] = {}
    for passage, name, words in db.execute(sql, [json.dumps(passages)]):
        found.setdefault(passage, []).append((name, words))
    return found


def quotes_of_article(db: sqlite3.Connection, article: str) -> list[QuoteHit]:
    """The quotes of one article, in the order of its text."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM {_FROM} WHERE q.article = ? ORDER BY q.id", [article])
    return list(map(_quote_hit, rows))


def _quote_hit(row: sqlite3.Row) -> QuoteHit:
    quote = Quote(
        speaker=row["name"],
        role=row["role"],
        is_person=bool(row["person"]),
        kind=row["kind"],
        words=row["words"],
        spans=tuple(map(_span, json.loads(row["spans"]))),
        source=_optional_span(row["source"]),
        cue=_optional_span(row["cue"]),
        is_speech=bool(row["said"]),
    )
    return QuoteHit(quote, row["article"], row["title"], row["url"], row["outlet"], row["published"])


def _span(pair: Sequence[int]) -> Span:
    return pair[0], pair[1]


def _optional_span(stored: str) -> Span | None:
    pair = json.loads(stored)
    return _span(pair) if pair else None
