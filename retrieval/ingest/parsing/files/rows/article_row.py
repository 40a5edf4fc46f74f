"""Build articles from rows, whose fields have the names that crawlers, news interfaces and data sets use."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from retrieval.documents import Article, digest
from retrieval.errors import SourceError
from retrieval.ingest.parsing.markup.authors import split_names
from retrieval.ingest.parsing.markup.decoding import normalised, storable
from retrieval.text.addresses.canonical_url import without_credentials
from retrieval.text.addresses.same_site import hostname
from retrieval.text.dates import date_convention, date_problem, day_first_in, to_iso

Row = Mapping[str, Any]
PlacedRow = tuple[str, Row]
"""A row and where it stands, `news.jsonl:3`."""

# Names of the fields, the first that has a value counts; case and marks in them do not (`publishedAt`, `published_at`).
TEXT_FIELDS = ("text", "body", "content", "maintext", "article", "articlebody", "fulltext")
TITLE_FIELDS = ("title", "headline")
AUTHOR_FIELDS = ("authors", "author", "byline", "creator")
PUBLISHED_FIELDS = (
    *("date", "published", "publishedat", "publisheddate", "publishdate", "datepublished", "datepublish", "pubdate"),
    *("publicationdate", "publishedon", "publishedtime", "created", "createdat", "timestamp"),
)
UPDATED_FIELDS = ("updated", "updatedat", "modified", "modifiedat", "datemodified", "datemodify", "lastmodified")
_OUTLET_FIELDS = ("outlet", "publisher", "site", "sitename", "publication", "newspaper")
_URL_FIELDS = ("url", "link", "canonicalurl")
_LANGUAGE_FIELDS = ("language", "lang")
_REPLACES = "has the same id or address as an earlier row, whose article it replaces"
_MAX_NAMED_FIELDS = 12  # fields of a row that an error names
_HTML = re.compile(r"</(?:p|div|h[1-6]|li|blockquote|td|em|strong|b|i|a)\s*>|<br\s*/?>", re.IGNORECASE)


def read_rows(rows: Callable[[], Iterator[PlacedRow | SourceError]]) -> Iterator[Article | SourceError]:
    """The articles of a file, and an error for each row that is none; `rows` reads the file from its beginning.

    Where a date is ambiguous, the others of the file tell whether day or month comes first. A row that takes the place
    of an earlier one, because it has the same id or address, says so in a warning.
    """
    day_first, is_order_known, seen = None, False, set[int]()  # hashes, for a file may have a million rows
    for found in rows():
        if isinstance(found, SourceError):
            yield found
            continue
        source, row = found
        if not is_order_known and _needs_order(row):
            day_first, is_order_known = day_first_in(_written_dates(rows())), True
        try:
            article = _article(source, row, day_first)
            key = hash(article.id)
            yield replace(article, warnings=(*article.warnings, _REPLACES)) if key in seen else article
            seen.add(key)
        except ValueError as exc:
            yield SourceError(source, str(exc))
        except RecursionError:
            yield SourceError(source, "is nested too deeply to be read")


def article_from_row(source: str, row: Row) -> Article:
    """Build an article from one row. Raises ValueError with the reason when it has no text."""
    return _article(source, row, None)


def has_text_field(names: Iterator[str]) -> bool:
    """Whether one of these names of fields is one for the text of an article."""
    return any(_field_key(name) in TEXT_FIELDS for name in names)


def is_html(text: str) -> bool:
    """Whether the text of a row is HTML: it has end tags or line breaks."""
    return bool(_HTML.search(text))


def first_words(text: str) -> str:
    """The beginning of a text, the title of an article without one."""
    return " ".join(text.split()[:10])


def _article(source: str, row: Row, day_first: bool | None) -> Article:
    fields = {_field_key(str(name)): value for name, value in row.items() if value not in (None, "", [])}
    text = normalised(next((fields[key] for key in TEXT_FIELDS if isinstance(fields.get(key), str)), ""))
    if not text.strip():
        raise ValueError(f"has no text: it is looked for in {', '.join(TEXT_FIELDS[:-1])}, and {_named_fields(row)}")
    url = without_credentials(_first_text(fields, *_URL_FIELDS))
    language = _first_text(fields, *_LANGUAGE_FIELDS)
    convention = date_convention(language=language, url=url, day_first=day_first)
    published, updated = _first_value(fields, PUBLISHED_FIELDS), _first_value(fields, UPDATED_FIELDS)
    return Article(
        id=_first_text(fields, "id") or digest(url or text)[:12],
        source=source,
        url=url,
        title=_first_text(fields, *TITLE_FIELDS) or first_words(text),
        text=text,
        authors=split_names(_first_value(fields, AUTHOR_FIELDS)),
        outlet=_first_text(fields, *_OUTLET_FIELDS) or hostname(url),
        published=to_iso(published, convention),
        updated=to_iso(updated, convention),
        language=language,
        warnings=tuple(filter(None, (date_problem(written, convention) for written in (published, updated)))),
    )


def _field_key(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def _named_fields(row: Row) -> str:
    names = [str(name)[:40] for name in row][:_MAX_NAMED_FIELDS]
    return f"the fields are {', '.join(names)}" if names else "there are no fields"


def _first_value(fields: Row, keys: tuple[str, ...]) -> Any:
    return next((fields[key] for key in keys if key in fields), None)


def _first_text(fields: Row, *keys: str) -> str:
    """The first of these fields that is a text or a number, or has a text as its name or first item."""
    for key in keys:
        value = fields.get(key)
        value = value.get("name") if isinstance(value, dict) else value[0] if isinstance(value, list) else value
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            return storable(str(value).strip())
    return ""


def _needs_order(row: Row) -> bool:
    written = next(_written_dates(iter([("", row)])), "")
    return bool(date_problem(written))


def _written_dates(rows: Iterator[PlacedRow | SourceError]) -> Iterator[str]:
    keys = frozenset((*PUBLISHED_FIELDS, *UPDATED_FIELDS))
    for found in rows:
        if not isinstance(found, SourceError):
            values = (value for name, value in found[1].items() if _field_key(str(name)) in keys)
            yield from (value for value in values if isinstance(value, str))
