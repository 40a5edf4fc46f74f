"""Tell what a question restricts the articles to in its words, so that an answer can say where nothing lies inside."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from retrieval.catalog.archive import outlet_names
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Article
from retrieval.index.words.mentions import articles_mentioning
from retrieval.index.words.word_index import WordIndex
from retrieval.search.question_analysis import ParsedQuestion
from retrieval.search.quote_intent import parse_quote_intent

REPORTED_WITHIN = timedelta(days=3)  # after the days that a question names

_NAME = r"(?:[Tt]he )?[A-Z][\w&’'-]*(?: (?:of )?[A-Z][\w&’'-]*)*"
_ACCORDING_TO = re.compile(rf",?\s*\b[Aa]ccording to (?P<name>{_NAME}),?\s*")
_WITHIN = re.compile(rf"\s+in (?P<name>(?=the ){_NAME})(?=\s*[?.!,]|\s*$|\s+(?:about|on)\b)")
_THE = re.compile(r"^the ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NamedSource:
    """By whom a question wants to be answered: an outlet, or a name that no article has.

    `name` is that of the catalog where the outlet `is_known`; `rest` is the question without it, or all of it where the
    name may be that of a place.
    """

    name: str
    rest: str
    is_known: bool


def named_source(question: str, catalog: CatalogReader, bm25: WordIndex) -> NamedSource | None:
    """The source that a question names: `according to the Courier`, `in the Courier`.

    Names that articles have are none, unless they are an outlet's. Raises IndexUnavailable.
    """
    according = _ACCORDING_TO.search(question)
    found = according or _WITHIN.search(question)
    if found is None:
        return None
    name = found["name"]
    if outlet := _outlet(name, outlet_names(catalog)):
        return NamedSource(outlet, _without(question, found), is_known=True)
    if articles_mentioning(_THE.sub("", name), catalog, bm25, match_case=True):
        return None
    intent = parse_quote_intent(question)
    asks_words = intent is not None and bool(intent.speaker_name)  # these are the speaker's wherever they are reported
    return NamedSource(name, _without(question, found) if according or asks_words else question, is_known=False)


def _without(question: str, found: re.Match[str]) -> str:
    before, after = question[: found.start()].strip(), question[found.end() :].strip()
    rest = f"{before} {after}" if before and after[:1].isalnum() else before + after
    return rest[:1].upper() + rest[1:]


def _outlet(name: str, outlets: Iterable[str]) -> str:
    """The outlet of a name: the same, or the only one that ends in its words, as `Courier` of the Harbour Courier."""
    wanted = _THE.sub("", name).casefold()
    own = {outlet: _THE.sub("", outlet).casefold() for outlet in outlets}
    same = [outlet for outlet in own if own[outlet] == wanted]
    ending = [outlet for outlet in own if own[outlet].endswith(f" {wanted}")]
    return next(iter(same), ending[0] if len(ending) == 1 else "")


def is_of_other_days(question: ParsedQuestion, articles: Iterable[Article]) -> bool:
    """Whether a question names days, and none of the articles was published then or soon after, or has its numbers.

    The articles are not read where it names none.
    """
    if not question.since and not question.until:
        return False
    until = question.until
    if until:
        until = (date.fromisoformat(until) + REPORTED_WITHIN).isoformat()
    near = replace(question, until=until)
    return not any(
        near.covers(article.published) or question.has_numbers_in(f"{article.title} {article.text}")
        for article in articles
    )
