"""The version history of an article: changes between versions, and the date of its last correction."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise

from retrieval.catalog.reader import CatalogReader, unknown_article
from retrieval.catalog.rows import article_from_row
from retrieval.documents import Article
from retrieval.text.sentences import sentence_spans

COMPARED_FIELDS = ("url", "title", "authors", "outlet", "published", "updated", "language", "section")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an article; `changed` names the fields in which it differs from the version before."""

    number: int
    added: str
    article: Article
    changed: tuple[str, ...] = ()
    difference: tuple[str, ...] = ()  # sentences removed (`- …`) and added (`+ …`)


def article_versions(catalog: CatalogReader, article: str) -> list[Version]:
    """All versions of an article, oldest first. Raises UnknownArticle."""
    found = [*_newest_first(catalog, article)][::-1]
    if not found:
        raise unknown_article(article)
    return [found[0], *(_with_changes(before, after) for before, after in pairwise(found))]


def last_corrected(catalog: CatalogReader, article: str) -> str:
    """When the article's text was last changed after it was first added, ISO 8601; empty if it never was.

    This is the update date that the article states if it is later than the day on which the former text was added,
    else the day on which the new text was added.
    """
    for after, before in pairwise(_newest_first(catalog, article)):
        if before.article.text.split() != after.article.text.split():
            stated = after.article.updated
            return stated if stated[:10] > before.added[:10] else after.added
    return ""


def sentence_diff(before: str, after: str) -> tuple[str, ...]:
    """Sentences removed, each prefixed with `- `, and added, prefixed with `+ `; changes of white space are ignored."""
    old, new = _sentences(before), _sentences(after)
    lines = list[str]()
    for operation, first, last, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation != "equal":
            lines += [f"- {sentence}" for sentence in old[first:last]]
            lines += [f"+ {sentence}" for sentence in new[begin:end]]
    return tuple(lines)


def _newest_first(catalog: CatalogReader, article: str) -> Iterator[Version]:
    rows = catalog.db.execute("SELECT * FROM versions WHERE article = ? ORDER BY number DESC", [article])
    return (Version(row["number"], row["added"], article_from_row(row)) for row in rows)


def _with_changes(before: Version, after: Version) -> Version:
    changed = tuple(name for name in COMPARED_FIELDS if getattr(before.article, name) != getattr(after.article, name))
    return replace(after, changed=changed, difference=sentence_diff(before.article.text, after.article.text))


def _sentences(text: str) -> list[str]:
    return [" ".join(text[start:end].split()) for start, end in sentence_spans(text)]
