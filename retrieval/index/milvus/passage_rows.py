"""The rows of a Milvus collection: one a passage, with its vector, its weighted terms and what it may be filtered by.

Terms are weighted here and not by Milvus's own BM25 function: its statistics are those of a segment or a shard, so that
scores depend on where a passage lies, and its analyzers differ between Milvus and Milvus Lite. A row has the part of
BM25 that depends on the passage, the question's vector the inverse document frequencies. Their inner product is BM25
over several fields at once, with frequencies that are the same on every machine.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zlib import crc32

from retrieval.catalog.filters import ArticleScope
from retrieval.catalog.quote_table import QuotedWords
from retrieval.documents import Hit, digest
from retrieval.index.words.passage_terms import FIELDS, SPEECH_FIELD, passage_terms

K1, B = 1.2, 0.75  # as tantivy has them
# A field's terms in a passage, about: passages are of one size, and were weighted before later ones were known.
# Measured on 3,000 passages of `news`, `quotes` and `asked`.
MEAN_TERMS = {"text": 115, "source": 6, SPEECH_FIELD: 48}
MAX_DIMENSION = 2**32 - 2
NO_TERMS = {MAX_DIMENSION: 1.0}  # of a passage without quotes: servers refuse an empty vector
MAX_BYTES = 65_535  # of a string in Milvus
MAX_SPEAKERS, MAX_DAY = 256, 64

Row = dict[str, Any]
SparseVector = dict[int, float]


def passage_row(hit: Hit, quotes: Sequence[QuotedWords], vector: Sequence[float]) -> Row:
    """The row of a passage; `quotes` holds speaker and words of each quote in it."""
    terms = passage_terms(hit, quotes)
    return {
        "id": hit.passage.id,
        "article": digest(hit.passage.article),
        "published": hit.published[:MAX_DAY],
        "outlet": digest(hit.outlet),
        "speakers": sorted({digest(name) for name, _ in quotes})[:MAX_SPEAKERS],
        "vector": vector,
        "words": _weights(terms, ("text", "source")),
        "quoted_words": _weights(terms, (SPEECH_FIELD,)),
        **{field: _joined(terms[field]) for field in FIELDS},
    }


def distinct_terms(row: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Each term of a row once, with its field."""
    return ((field, term) for field in FIELDS for term in set(row[field].split()))


def query_vector(weights: Mapping[tuple[str, str], float]) -> SparseVector:
    """The vector of a question, from the weight of each term in each field."""
    return {_dimension(field, term): weight for (field, term), weight in weights.items() if weight > 0}


def scope_condition(scope: ArticleScope | None) -> str:
    """The expression for passages within a scope, but for its author; empty where every passage is."""
    if scope is None:
        return ""
    if scope.named is not None:
        return is_one_of("article", map(digest, scope.named))
    conditions, filters = list[str](), scope.filters
    if since := filters.since:  # or only its month or year is known
        conditions.append(f"(published >= {_string(since)} or {is_one_of('published', [since[:7], since[:4]])})")
    if filters.until:  # later than any time of that day
        conditions.append(f'(published > "" and published < {_string(f"{filters.until}~")})')
    if filters.outlet:
        by_outlet = is_one_of("outlet", map(digest, scope.outlets))
        by_copy = is_one_of("article", map(digest, scope.copied))
        conditions.append(f"({by_outlet} or {by_copy})" if scope.copied else by_outlet)
    return " and ".join(conditions)


def is_one_of(field: str, values: Iterable[str]) -> str:
    """The expression for rows with one of some values."""
    return f"{field} in [{', '.join(map(_string, values))}]"


def quotes_one_of(speakers: Sequence[str]) -> str:
    """The expression for passages that quote one of these speakers."""
    return f"array_contains_any(speakers, [{', '.join(_string(digest(name)) for name in speakers)}])"


def has_all(terms: Sequence[str]) -> str:
    """The expression for passages whose text has all of these terms."""
    return " and ".join(f"text_match(text, {_string(term)})" for term in terms)


def has_any(terms: Sequence[str]) -> str:
    """The expression for passages whose text has one of these terms."""
    return f"text_match(text, {_string(' '.join(terms))})"


def all_of(*conditions: str) -> str:
    """The expression for rows that meet all of these conditions; empty ones are met by every row."""
    return " and ".join(filter(None, conditions))


def _weights(terms: Mapping[str, Sequence[str]], fields: Iterable[str]) -> SparseVector:
    """BM25 of each term without its inverse document frequency."""
    weights = SparseVector()
    for field in fields:
        norm = K1 * (1 - B + B * len(terms[field]) / MEAN_TERMS[field])
        for term, count in Counter(terms[field]).items():
            weights[_dimension(field, term)] = count * (K1 + 1) / (count + norm)
    return weights or NO_TERMS


def _dimension(field: str, term: str) -> int:
    return min(crc32(f"{field}\x1f{term}".encode()), MAX_DIMENSION - 1)


def _joined(terms: Sequence[str]) -> str:
    return " ".join(terms).encode()[:MAX_BYTES].decode(errors="ignore")


def _string(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
