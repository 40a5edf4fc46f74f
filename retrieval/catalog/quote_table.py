"""Store the quotes of articles in the catalog and read them by speaker, by passage and by article."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from retrieval.catalog.database.dialects import among, excluded, greatest, text_list, upsert
from retrieval.catalog.database.engine import AnyRow, read, write
from retrieval.catalog.database.tables import articles, passages, quotes, speakers, versions
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Article, Quote, QuoteHit
from retrieval.quotes.speakers.full_names import given_name, surname
from retrieval.text.sentences import Span

QuotedWords = tuple[str, str]
"""A speaker's name and the words of a quote."""

_IS_SAID = quotes.c.said == literal_column("1")  # as the index of names has it
_IN_ARTICLE = quotes.c.article == bindparam("key")

_INSERT = insert(quotes)
_COUNTED = (
    select(quotes.c.name, func.count().label("gone"), func.max(quotes.c.published).label("last"))
    .where(_IN_ARTICLE, _IS_SAID, quotes.c.name != "")
    .group_by(quotes.c.name)
    .order_by(quotes.c.name)
)
_DELETE = delete(quotes).where(_IN_ARTICLE)
_PUT = excluded(speakers)
_COUNT_NEW = upsert(
    speakers,
    quotes=speakers.c.quotes + _PUT.quotes,
    newest=greatest(speakers.c.newest, _PUT.newest),
    person=greatest(speakers.c.person, _PUT.person),
    given=greatest(speakers.c.given, _PUT.given),
)
_NEWEST = select(quotes.c.published).where(quotes.c.name == bindparam("key"), _IS_SAID)
_NEWEST = _NEWEST.order_by(quotes.c.published.desc()).limit(1)
_COUNT_GONE = (
    update(speakers)
    .where(speakers.c.name == bindparam("key"))
    .values(
        quotes=speakers.c.quotes - bindparam("gone"),
        newest=case(
            (speakers.c.newest > bindparam("last"), speakers.c.newest),
            else_=func.coalesce(_NEWEST.scalar_subquery(), ""),
        ),
    )
)
_DELETE_SPEAKERS = delete(speakers).where(speakers.c.quotes == 0, among(speakers.c.name, text_list("names")))

_ROLES = select(quotes.c.name, quotes.c.role).where(_IS_SAID, quotes.c.role != "").distinct()
_ROLES = _ROLES.where(among(quotes.c.name, text_list("names")))
_SPEAKERS = select(speakers.c.name, speakers.c.person, speakers.c.quotes, speakers.c.newest)
_SPEAKERS = _SPEAKERS.order_by(speakers.c.quotes.desc())
_SPEAKERS_WITH = _SPEAKERS.where(
    or_(
        among(speakers.c.surname, text_list("words")),
        (speakers.c.given != literal_column("''")) & among(speakers.c.given, text_list("words")),
    )
)
_SPEAKERS_IN = (
    select(quotes.c.name, func.max(quotes.c.person), func.count(), func.max(quotes.c.published))
    .where(quotes.c.name != "", _IS_SAID, among(quotes.c.article, text_list("articles")))
    .group_by(quotes.c.name)
    .order_by(func.count().desc())
)
_SPEAKERS_IN_WITH = _SPEAKERS_IN.where(
    or_(
        among(quotes.c.surname, text_list("words")),
        (quotes.c.given != "") & among(quotes.c.given, text_list("words")),
    )
)
_SURNAMES = select(speakers.c.surname).where(speakers.c.person == 1).distinct()
_COLUMNS = [*quotes.c, versions.c.title, versions.c.url, versions.c.outlet]
_IS_CURRENT = (versions.c.article == articles.c.id) & (versions.c.number == articles.c.version)
_HITS = select(*_COLUMNS).join_from(quotes, articles, articles.c.id == quotes.c.article).join(versions, _IS_CURRENT)
_BY_NAMES = _HITS.where(among(quotes.c.name, text_list("names")))
_NEWEST_BY_NAMES = (
    _BY_NAMES.where(_IS_SAID)
    .order_by(quotes.c.published.desc(), quotes.c.article, quotes.c.start)
    .limit(bindparam("most"))
)
_OF_ARTICLE = _HITS.where(_IN_ARTICLE).order_by(quotes.c.id)
_BEGINS_IN = (
    (quotes.c.article == passages.c.article)
    & (quotes.c.start >= passages.c.start)
    & (quotes.c.start < passages.c.end)
    & (passages.c.live != 0)
    & among(passages.c.id, text_list("passages"))
)
_IN_PASSAGES = _HITS.add_columns(passages.c.id.label("passage")).join(passages, _BEGINS_IN)
_IN_PASSAGES_BY_NAMES = _IN_PASSAGES.where(among(quotes.c.name, text_list("names")))
_WORDS_IN_PASSAGES = (
    select(passages.c.id, quotes.c.name, quotes.c.words)
    .join_from(passages, quotes, _BEGINS_IN)
    .order_by(quotes.c.start, quotes.c.id)
)


def insert_quotes(db: Connection, article: Article, found: Iterable[Quote]) -> None:
    """Store the quotes of an article that has none, and count them, within the caller's transaction."""
    rows = [_quote_row(article, quote) for quote in found]
    if rows:
        write(db, _INSERT, rows)
    if counted := _speaker_rows(rows):
        write(db, _COUNT_NEW, counted)


def delete_quotes(db: Connection, article: str) -> None:
    """Delete the quotes of an article, and count them no more, within the caller's transaction."""
    counted = [{"key": row.name, "gone": row.gone, "last": row.last} for row in read(db, _COUNTED, {"key": article})]
    write(db, _DELETE, {"key": article})
    if counted:
        write(db, _COUNT_GONE, counted)
        write(db, _DELETE_SPEAKERS, {"names": [row["key"] for row in counted]})


def _quote_row(article: Article, quote: Quote) -> dict[str, Any]:
    return {
        "article": article.id,
        "name": quote.speaker,
        "surname": surname(quote.speaker),
        "person": int(quote.is_person),
        "role": quote.role,
        "kind": quote.kind,
        "words": quote.words,
        "spans": json.dumps(quote.spans),
        "source": json.dumps(quote.source),
        "cue": json.dumps(quote.cue),
        "said": int(quote.is_said),
        "published": article.published,
        "given": given_name(quote.speaker) if quote.is_person else "",
        "start": quote.start,
        "modality": quote.modality,
    }


def _speaker_rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The speakers of quotes that were said, by name, each with the number of quotes."""
    counted: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: str(row["name"])):
        if row["said"] and row["name"]:
            known = counted.setdefault(
                row["name"],
                {key: row[key] for key in ("name", "surname", "given", "person")} | {"quotes": 0, "newest": ""},
            )
            known["quotes"] += 1
            known["newest"] = max(known["newest"], row["published"])
            known["person"], known["given"] = max(known["person"], row["person"]), max(known["given"], row["given"])
    return list(counted.values())


def roles_of_names(catalog: CatalogReader, names: Sequence[str]) -> dict[str, list[str]]:
    """The roles that articles give beside each of these names; names without one are left out."""
    roles: dict[str, list[str]] = {}
    for row in catalog.rows(_ROLES, names=names):
        roles.setdefault(row.name, []).append(row.role)
    return roles


def speaker_names(
    catalog: CatalogReader,
    articles: Sequence[str] | None = None,
    *,
    words: Sequence[str] | None = None,
    limit: int = -1,
) -> list[tuple[str, bool, int, str]]:
    """Names of speakers with whether each is a person's, how many quotes bear it and the day of the newest.

    `articles` counts quotes in these alone; `words` limits them to names whose first or last word is among these,
    `limit` to so many names, those with the most quotes.
    """
    values: dict[str, object] = {}
    statement: Select[Any] = _SPEAKERS if words is None else _SPEAKERS_WITH
    if words is not None:
        values["words"] = words
    if articles is not None:
        statement, values["articles"] = _SPEAKERS_IN if words is None else _SPEAKERS_IN_WITH, articles
    if limit >= 0:
        statement = statement.limit(limit)
    return [(row[0], bool(row[1]), row[2], row[3]) for row in catalog.rows(statement, **values)]


def person_surnames(catalog: CatalogReader) -> list[str]:
    """The surnames of all people who have quotes."""
    return [row.surname for row in catalog.rows(_SURNAMES)]


def quotes_by_names(catalog: CatalogReader, names: Sequence[str], *, limit: int = -1) -> list[QuoteHit]:
    """All quotes that bear these names, newest article first, each article's in the order of its text.

    With `limit`, no more than so many, of those that were said.
    """
    if limit >= 0:
        rows = catalog.rows(_NEWEST_BY_NAMES, names=names, most=limit)
    else:
        rows = catalog.rows(_BY_NAMES, names=names)
    by_place = sorted(map(_quote_hit, rows), key=lambda hit: (hit.article, hit.quote.start))
    return sorted(by_place, key=lambda hit: hit.published, reverse=True)


def quotes_in_passages(
    catalog: CatalogReader, passages: Sequence[str], names: Sequence[str] | None = None
) -> Iterator[tuple[str, QuoteHit]]:
    """The quotes that begin in these passages, each with its passage's id; only those that bear one of `names`."""
    if names is None:
        rows = catalog.rows(_IN_PASSAGES, passages=passages)
    else:
        rows = catalog.rows(_IN_PASSAGES_BY_NAMES, passages=passages, names=names)
    places = {passage: place for place, passage in enumerate(passages)}
    in_order = sorted(rows, key=lambda row: (places[row.passage], row.start, row.id))
    return ((row.passage, _quote_hit(row)) for row in in_order)


def quoted_words(catalog: CatalogReader, passages: Sequence[str]) -> dict[str, list[QuotedWords]]:
    """Speaker and words of the quotes in each of these passages, in the order of the text; for the BM25 index."""
    found: dict[str, list[QuotedWords]] = {}
    for row in catalog.rows(_WORDS_IN_PASSAGES, passages=passages):
        found.setdefault(row.id, []).append((row.name, row.words))
    return found


def quotes_of_article(catalog: CatalogReader, article: str) -> list[QuoteHit]:
    """The quotes of one article, in the order of its text."""
    return list(map(_quote_hit, catalog.rows(_OF_ARTICLE, key=article)))


def _quote_hit(row: AnyRow) -> QuoteHit:
    quote = Quote(
        speaker=row.name,
        role=row.role,
        is_person=bool(row.person),
        kind=row.kind,
        words=row.words,
        spans=tuple(map(_span, json.loads(row.spans))),
        source=_optional_span(row.source),
        cue=_optional_span(row.cue),
        is_speech=bool(row.said) or row.modality != "said",
        modality=row.modality,
    )
    return QuoteHit(quote, row.article, row.title, row.url, row.outlet, row.published)


def _span(pair: Sequence[int]) -> Span:
    return pair[0], pair[1]


def _optional_span(stored: str) -> Span | None:
    pair = json.loads(stored)
    return _span(pair) if pair else None
