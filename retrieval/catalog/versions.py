"""The version history of an article: changes between versions, and the date of its last correction."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise

from sqlalchemy import bindparam, select

from retrieval.catalog.database.tables import versions
from retrieval.catalog.reader import CatalogReader, unknown_article
from retrieval.catalog.rows import article_from_row
from retrieval.documents import Article
from retrieval.text.sentences import sentence_spans

COMPARED_FIELDS = ("url", "title", "authors", "outlet", "published", "updated", "language", "section")
# Up to so many sentences of each version are matched by difflib, and where each sentence of one stands so often in the
# other on average. Both are far above what news articles have; others are matched around the sentences they share.
MAX_MATCHED_SENTENCES, MAX_REPETITION = 400, 10

_NEWEST_FIRST = select(versions).where(versions.c.article == bindparam("article")).order_by(versions.c.number.desc())

_Change = tuple[int, int, int, int]
"""The sentences from the first to the second place of the old version gave way to those between the two of the new."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an article; `changed` names the fields in which it differs from the version before.

    When another extraction read the one before and the publisher states no later update, the differences are of our
    own reading: `changed` and `difference` are then empty.
    """

    number: int
    added: str
    article: Article
    extraction: int
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
        if before.article.text.split() != after.article.text.split() and not _is_reread(before, after):
            stated = after.article.updated
            return stated if stated[:10] > before.added[:10] else after.added
    return ""


def sentence_diff(before: str, after: str) -> tuple[str, ...]:
    """Sentences removed, each prefixed with `- `, and added, prefixed with `+ `; changes of white space are ignored."""
    old, new = _sentences(before), _sentences(after)
    lines = list[str]()
    for first, last, begin, end in _changes(old, new):
        lines += [f"- {sentence}" for sentence in old[first:last]]
        lines += [f"+ {sentence}" for sentence in new[begin:end]]
    return tuple(lines)


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[_Change]:
    """The parts in which two lists of sentences differ, in order."""
    if _is_quickly_matched(old, new):
        yield from _matched_changes(old, new, 0, 0)
        return
    first = begin = 0
    for at, place in [*_common_sentences(old, new), (len(old), len(new))]:
        if first < at and begin < place and _is_quickly_matched(old[first:at], new[begin:place]):
            yield from _matched_changes(old[first:at], new[begin:place], first, begin)
        elif first < at or begin < place:
            yield first, at, begin, place
        first, begin = at + 1, place + 1


def _is_quickly_matched(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether few enough sentences, repeated seldom enough, are compared for difflib, whose time grows as a square."""
    if max(len(old), len(new)) > MAX_MATCHED_SENTENCES:
        return False
    counts = Counter(old)
    return sum(counts[sentence] for sentence in new) <= MAX_REPETITION * (len(old) + len(new))


def _matched_changes(old: Sequence[str], new: Sequence[str], first: int, begin: int) -> Iterator[_Change]:
    """The changes that difflib finds; the sentences are those from `first` and from `begin` on."""
    for kind, start, stop, left, right in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield first + start, first + stop, begin + left, begin + right


def _common_sentences(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Places of sentences that both have, in order: all at both ends, between them those that each has once.

    As in patience diff: of those in another order the longest rising run is taken, in n log n steps.
    """
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    tail = next((at for at in range(shorter - head) if old[-1 - at] != new[-1 - at]), shorter - head)
    counts, new_counts = Counter(old), Counter(new)
    places = {sentence: place for place, sentence in enumerate(new)}
    once = [
        (at, places[old[at]])
        for at in range(head, len(old) - tail)
        if counts[old[at]] == 1 == new_counts[old[at]] and head <= places[old[at]] < len(new) - tail
    ]
    starts = [(at, at) for at in range(head)]
    ends = [(len(old) - at, len(new) - at) for at in range(tail, 0, -1)]
    return [*starts, *_longest_rising(once), *ends]


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence of pairs, rising in the first, that rises in the second too."""
    lowest, ends = list[int](), list[int]()  # for each length: the lowest last place of such a run, and its pair
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(lowest, place)
        before.append(ends[length - 1] if length else -1)
        lowest[length : length + 1] = [place]
        ends[length : length + 1] = [number]
    chosen = list[tuple[int, int]]()
    number = ends[-1] if ends else -1
    while number >= 0:
        chosen.append(pairs[number])
        number = before[number]
    return chosen[::-1]


def _newest_first(catalog: CatalogReader, article: str) -> Iterator[Version]:
    rows = catalog.rows(_NEWEST_FIRST, article=article)
    return (Version(row.number, row.added, article_from_row(row), row.extraction) for row in rows)


def _is_reread(before: Version, after: Version) -> bool:
    """Whether a version differs from the one before because our extraction does, not because of its publisher."""
    states_update = after.article.updated > before.article.updated and after.article.updated[:10] > before.added[:10]
    return before.extraction != after.extraction and not states_update


def _with_changes(before: Version, after: Version) -> Version:
    if _is_reread(before, after):
        return after
    changed = tuple(name for name in COMPARED_FIELDS if getattr(before.article, name) != getattr(after.article, name))
    return replace(after, changed=changed, difference=sentence_diff(before.article.text, after.article.text))


def _sentences(text: str) -> list[str]:
    return [" ".join(text[start:end].split()) for start, end in sentence_spans(text)]
