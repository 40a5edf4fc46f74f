"""Take from a question about the archive what it names: days, outlet, author, topic.

Outlets and authors are the catalog's own, days are read by their form, and the rest is the topic.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.answering.messages import Understanding
from retrieval.catalog import archive
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.models.turn_kinds import ArchiveKind
from retrieval.text.dates import date_phrase, day_without_year, days_in_question
from retrieval.text.sentences import Span
from retrieval.text.terms import STOP_WORDS, content_terms, terms

MAX_NAME_WORDS = 6
NO_FILTERS = Filters()

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s$")
# Form alone: what stands before the name of an outlet or author, or after it.
_BEFORE_NAME = frozenset("by from in of at has have had did does do the".split())
_AFTER_NAME = frozenset("articles article stories story pieces publish published write wrote written columns".split())
_TOPIC = re.compile(
    r"\b(?:about|on|regarding|concerning|mention(?:s|ed|ing)?|cover(?:s|ed|ing)?|discuss(?:es|ed|ing)?|"
    r"contain(?:s|ing)?|quot(?:es?|ed|ing)|nam(?:es?|ing)|refer(?:s|ring)? to|deal(?:s|ing)? with|speak(?:s|ing)? of|"
    r"mentions of|called|entitled|titled)\s+(?P<topic>.+)$",
    re.IGNORECASE,
)
_MENTIONED = re.compile(
    r"\b(?:is|are|was|were|does|do|did)\s+(?P<topic>.+?)\s+(?:mentioned|named|appear|occur|come up|quoted|discussed)\b",
    re.IGNORECASE,
)
# What a question about the archive has to say in so many words: of articles, or of what was written about a topic.
_ARTICLES = r"\b(?:arti[ck]|articel|stor(?:y|ies)\b|texts?\b|pieces?\b|columns?\b|interview|editorial)"
_HOW_MANY = re.compile(r"\b(?:how m[ae]ny|how often|often|times|number|count|total)\b", re.IGNORECASE)
_COUNTED = re.compile(rf"{_ARTICLES}|\b(?:mention|often|times)", re.IGNORECASE)
_MENTIONING = re.compile(rf"{_ARTICLES}.*\bmention", re.IGNORECASE)
_ABOUT = re.compile(rf"{_ARTICLES}.*\b(?:about|on|regarding)\b", re.IGNORECASE)
_WRITTEN = re.compile(
    r"\b(?:arti[ck]\w*|articel|story|text|piece|column|interview|editorial)\b|"
    r"\bwr(?:ote|itten|ites?) (?:about|on|it|this|that)\b|\b(?:was|were) (?:it|this|that) published\b",
    re.IGNORECASE,
)
_ONE_ARTICLE = re.compile(
    r"(?:\bth(?:e|is|at)|['’]s)(?: [\w-]+){0,3} (?:article|story|piece|column|editorial|interview|one)\b", re.IGNORECASE
)
_WHICH_ARTICLE = re.compile(r"\b(?:which|what) (?:article|story|piece|text|column)s?\b", re.IGNORECASE)
_WHO_IS = re.compile(
    r"(?:who|Who|WHO)(?:[’']s| is| was) [A-Z][\w.’'-]*(?: (?:(?:al|bin|de|van|von) )?[A-Z][\w.’'-]*)*\s*\??"
)
_TELL_ABOUT = re.compile(r"(?:please |(?:can|could) you )?tell me about\b", re.IGNORECASE)
_WHAT_IS_NEW = re.compile(
    r"what(?:[’']?s| is) (?:the latest|new) (?:news )?(?:about|at|for|from|in|on|with)\b", re.IGNORECASE
)
_QUOTED = re.compile(r"[“\"«](?P<topic>[^”\"»]{3,})[”\"»]")
_LEAD = re.compile(
    r"^(?:(?:the|an?|any|some|all|this|that|words?|names?|terms?|topics?|subject)\s+)+(?=\S)", re.IGNORECASE
)
_TAIL = re.compile(
    r"\s*(?:\b(?:do|have|has) you(?: (?:have|got))?|\bare there(?: in all)?|\bis there|\bin (?:the|your|these) \w+|"
    r"\b(?:was|were|been)? ?(?:published|written|mentioned|released)|\b(?:appear|come out|come up)|"
    r"\bplease|\bso far)\s*$",
    re.IGNORECASE,
)
# Words in which a question speaks of articles as such: what is left beside them is its topic.
_ARCHIVE_TERMS = frozenset(
    terms(
        "article story piece report column text news newspaper paper outlet headline interview document archive index "
        "latest newest new recent recently last first old oldest top more most other else same this that day date "
        "week author journalist reporter writer byline write wrote written publish published publication appear came "
        "come out mention mentioned number count total many often time list show find search give get read look want "
        "know see any anything something everything all happen happened going what's whats who's who cover covered "
        "topic subject main name tell please today yesterday update updates catch up date there present contain have "
        "summary summarise summarize sum gist recap overview explain"
    )
)


@dataclass(frozen=True, slots=True)
class ArchiveRequest:
    """A question about the archive: its kind, the articles that it is restricted to, and its topic."""

    kind: ArchiveKind
    filters: Filters
    topic: str = ""
    scope: Filters = NO_FILTERS  # the caller's, without what the question names
    asks_mentions: bool = False  # for the articles that mention the topic, on it or not
    fits: bool = True  # false where its form belies its kind, or the caller's filters exclude what it names

    @property
    def asks_for_sentences(self) -> bool:
        """Whether it is answered with what articles say rather than with a list of them: a summary, news on a topic."""
        return self.kind == "summary" or (self.kind == "latest" and bool(self.topic))

    def understood(self, standalone: str) -> Understanding:
        """The request as surfaces show it."""
        named = self.filters
        return Understanding(
            self.kind, standalone, named.since, named.until, named.outlet, named.author, topic=self.topic
        )


def parse_request(
    kind: ArchiveKind, question: str, catalog: CatalogReader, filters: Filters, today: date
) -> ArchiveRequest:
    """Parse a question about the archive; `filters` are the caller's, which the question can only narrow."""
    outlet, rest = _taken(question, archive.outlet_names(catalog))
    author, rest = _taken(rest, archive.author_names(catalog))
    since, until = _days(rest, catalog, today)
    rest = _without_days(rest)
    named, mentions = Filters(since, until, outlet, author), bool(_MENTIONING.search(question))
    if not _HOW_MANY.search(question) and (mentions or (kind == "articles_by" and _ABOUT.search(question))):
        kind = "articles_by" if outlet or author else "about"  # the model tells them badly where a name follows
    if kind == "about" and asks_of_one_article(question):
        kind = "summary"
    fits = _is_consistent(filters, named) and _has_form(kind, question, named)
    return ArchiveRequest(kind, _merge(filters, named), _topic(rest), filters, mentions, fits)


def _has_form(kind: ArchiveKind, question: str, named: Filters) -> bool:
    """Whether a question of a kind says what it has to say: what one article is about is no question for a list."""
    match kind:
        case "count":
            return bool(_HOW_MANY.search(question) and _COUNTED.search(question))
        case "authorship":
            return bool(_WRITTEN.search(question))
        case "articles_by":
            return bool(named.outlet or named.author)
    return True


def asks_of_one_article(question: str) -> bool:
    """Whether a question is about one article: `the story about the flood`, `her column`."""
    return bool(_ONE_ARTICLE.search(question))


def asks_which_article(request: ArchiveRequest, question: str) -> bool:
    """Whether a question is which article says so, and of nothing else: `In which article?`."""
    is_plain = not request.topic and request.filters == request.scope
    return is_plain and bool(_WHICH_ARTICLE.search(question)) and not _HOW_MANY.search(question)


def kind_by_form(question: str) -> ArchiveKind | None:
    """The kind of questions that are told by their form whatever they are about, which may mislead the classifier."""
    if asks_who_somebody_is(question) or _TELL_ABOUT.match(question.strip()):
        return "summary"
    return "latest" if _WHAT_IS_NEW.match(question.strip()) or _names_days_alone(question) else None


def _names_days_alone(question: str) -> bool:
    """Whether a question has days and no topic: `What happened on 3 May?`."""
    rest = _without_days(question)
    return rest != question and _ARCHIVE_TERMS.issuperset(content_terms(rest))


def _without_days(question: str) -> str:
    phrase = date_phrase(question)
    return question[: phrase.start()] + question[phrase.end() :] if phrase else question


def asks_who_somebody_is(question: str) -> bool:
    """Whether a question is `who is` and a name, so that what an article on that person carries answers it."""
    return bool(_WHO_IS.fullmatch(question.strip()))


def _days(question: str, catalog: CatalogReader, today: date) -> tuple[str, str]:
    """The days a question names; without a year, the last such day on which an article was published."""
    since, until = days_in_question(question, today, archive.weekdays_until(catalog, question))
    if since or until or not (month_and_day := day_without_year(question)):
        return since, until
    day = archive.newest_such_day(catalog, *month_and_day)
    day = day or f"{today.year}-{month_and_day[0]:02}-{month_and_day[1]:02}"
    return day, day


def _merge(filters: Filters, named: Filters) -> Filters:
    """The caller's filters, narrowed by what the question names."""
    return replace(
        filters,
        since=max(filters.since, named.since),
        until=min((day for day in (filters.until, named.until) if day), default=""),
        outlet=filters.outlet or named.outlet,
        author=filters.author or named.author,
    )


def _is_consistent(filters: Filters, named: Filters) -> bool:
    """Whether the question names no other outlet or author than the caller's filters."""
    pairs = ((filters.outlet, named.outlet), (filters.author, named.author))
    return all(not wanted or not given or given.casefold() in wanted.casefold() for given, wanted in pairs)


def _taken(question: str, names: Iterable[str]) -> tuple[str, str]:
    """The name of an outlet or author that a question has, and the question without it."""
    name, span = _named(question, names)
    return name, question if span is None else f"{question[: span[0]]} {question[span[1] :]}"


def _named(question: str, names: Iterable[str]) -> tuple[str, Span | None]:
    """The longest of these names that the question has where an outlet or author stands, and its characters."""
    words = [(match.group(), match.span()) for match in _WORD.finditer(question)]
    by_key = {key: name for name in names for key in _keys(name)}
    for length in range(min(MAX_NAME_WORDS, len(words)), 0, -1):
        for at in range(len(words) - length + 1):
            chosen = words[at : at + length]
            name = by_key.get(_key([word for word, _ in chosen]))
            if name and _stands_as_name(words, at, length):
                return name, (chosen[0][1][0], chosen[-1][1][1])
    return "", None


def _stands_as_name(words: Sequence[tuple[str, Span]], at: int, length: int) -> bool:
    """Whether the words around a name make it that of an outlet or author, not a topic."""
    before = [word.casefold() for word, _ in words[:at]]
    if before[-1:] == ["the"]:
        before.pop()
    after = words[at + length][0].casefold() if at + length < len(words) else ""
    owns = bool(_POSSESSIVE.search(words[at + length - 1][0]))
    return owns or after in _AFTER_NAME or (bool(before) and before[-1] in _BEFORE_NAME)


def _keys(name: str) -> set[str]:
    """The keys of a name: all its words, those without `the`, and of a site's address its own name."""
    words = _WORD.findall(name)
    if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", name):
        labels = [label for label in name.casefold().split(".") if label != "www"]
        return {_key([name]), _key(labels[:1])}
    return {key for key in (_key(words), _key(words[words[:1] in (["The"], ["the"]) :])) if len(key) > 1}


def _key(words: Sequence[str]) -> str:
    return re.sub(r"[^\w]|_", "", _POSSESSIVE.sub("", "".join(words)).casefold())


def _topic(rest: str) -> str:
    """The topic of a question without its days and names: what follows `about` and the like, else what is left."""
    text = " ".join(rest.split()).rstrip(" ?.!,;:")
    if quoted := _QUOTED.search(rest):
        return quoted["topic"].strip()
    found = _MENTIONED.search(text) or _TOPIC.search(text)
    topic = _cleaned(found["topic"]) if found else ""
    if topic and set(content_terms(topic)) - _ARCHIVE_TERMS:
        return topic
    return " ".join(word for word in _WORD.findall(text) if _is_topical(word))


def _cleaned(topic: str) -> str:
    before = ""
    while topic != before:
        before = topic
        topic = _LEAD.sub("", _TAIL.sub("", topic).strip(" ?.!,;:“”\"'"))
        topic = re.sub(
            r"\s+(?:by|from|in|of|on|at|since|before|after|until)(?:\s+the)?$", "", topic, flags=re.IGNORECASE
        )
    return topic


def _is_topical(word: str) -> bool:
    """Whether a word says what a question is about: no function word, and none that speaks of articles as such."""
    own = set(terms(word))
    return bool(own - _ARCHIVE_TERMS) and not {word.casefold(), word.casefold().partition("'")[0]} & STOP_WORDS
