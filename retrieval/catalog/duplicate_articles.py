"""Find articles with the same text, such as a wire story in several outlets, by MinHash.

Candidates come from locality-sensitive hashing over word shingles (Broder 1997; Leskovec, Rajaraman and Ullman, Mining
of Massive Datasets, chapter 3) and are then compared shingle by shingle. The bands are rows of the catalog, so that the
search is incremental and shared by all processes; datasketch would need scipy and keeps its bands in memory.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, bindparam, delete, func, insert, select

from retrieval.catalog.database.dialects import among, number_list
from retrieval.catalog.database.engine import read, write
from retrieval.catalog.database.tables import bands, passages
from retrieval.text.facts.conflicting_reports import reports_conflict

MIN_WORDS = 80  # shorter texts, such as notices and reports of one form, differ in a few words that are the news
SHINGLE_WORDS = 5  # words
BANDS, ROWS_PER_BAND = 16, 4  # finds 99.8 % of the pairs with a resemblance of MIN_RESEMBLANCE
# Jaccard similarity of the shingles. On 6,000 news articles pairs from 0.77 up read as one article, with a teaser or a
# line for local readers more; pairs between 0.66 and 0.79 include updates with new facts, which the comparison of facts
# tells apart. Rewritten reports, and lists of one form that appear every morning, have less than 0.65.
MIN_RESEMBLANCE = 0.75
MAX_CANDIDATES = 8

Hashes = npt.NDArray[np.uint64]

_WORD = re.compile(r"\w+")
_FIGURE_OR_NAME = re.compile(r"\d+(?:[.,:]\d+)*|(?<=[\w,;] )[A-Z]\w+")  # figures, and names where no sentence begins
_MULTIPLIERS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA24BAED4963EE407)
_SEED = 20_250_311  # stored bands are compared with new ones: a different seed requires `reindex`
_FACTORS = np.random.default_rng(_SEED).integers(1, 2**63, BANDS * ROWS_PER_BAND, dtype=np.uint64) | np.uint64(1)

_SHARING_BANDS = (
    select(bands.c.article)
    .where(among(bands.c.band, number_list("bands")), bands.c.article != bindparam("article"))
    .group_by(bands.c.article)
    .order_by(func.count().desc())
    .limit(MAX_CANDIDATES)
)
_INSERT_BANDS = insert(bands)
_DELETE_BANDS = delete(bands).where(bands.c.article == bindparam("article"))
_PASSAGE_TEXTS = (
    select(passages.c.text)
    .where(passages.c.article == bindparam("article"), passages.c.live != 0)
    .order_by(passages.c.start)
)


@dataclass(frozen=True, slots=True)
class TextSignature:
    """The features by which two texts are compared: hashes of their shingles, figures and names, and the text."""

    shingles: Hashes = field(repr=False)
    facts: frozenset[str]
    body: str = field(default="", repr=False)


def text_signature(body: str) -> TextSignature | None:
    """The signature of a text, None if it is too short to be told from others."""
    words = _WORD.finditer(body.casefold())
    hashed = np.fromiter((zlib.crc32(word.group().encode(errors="surrogatepass")) for word in words), np.uint64)
    if len(hashed) < MIN_WORDS:
        return None
    runs = np.zeros(len(hashed) - SHINGLE_WORDS + 1, np.uint64)
    for at, factor in enumerate(_MULTIPLIERS):
        runs += hashed[at : at + len(runs)] * np.uint64(factor)
    facts = frozenset(fact.group() for fact in _FIGURE_OR_NAME.finditer(body))
    return TextSignature(np.unique(_splitmix64(runs)), facts, body)


def resemblance(one: TextSignature, other: TextSignature) -> float:
    """Jaccard similarity of two texts' shingles; 0 if one corrects the other.

    It does if each has figures or names that the other lacks, or if a sentence of both differs in a number, a unit, a
    negation or a date. Readers want to see a correction that one outlet has made and another has not.
    """
    if not (one.facts <= other.facts or other.facts <= one.facts):
        return 0.0
    shared = len(np.intersect1d(one.shingles, other.shingles, assume_unique=True))
    similarity = shared / (len(one.shingles) + len(other.shingles) - shared)
    return 0.0 if similarity >= MIN_RESEMBLANCE and reports_conflict(one.body, other.body) else similarity


def find_duplicate(db: Connection, article: str, signature: TextSignature, bands: Sequence[int]) -> str:
    """The id of the kept article with the same text, the most similar of several; empty if there is none.

    `bands` are those of the signature.
    """
    rows = read(db, _SHARING_BANDS, {"bands": bands, "article": article})
    others = {row.article: text_signature(_passage_text(db, row.article)) for row in rows}
    similarity = {key: resemblance(signature, other) for key, other in others.items() if other}
    best = max(similarity, key=lambda key: similarity[key], default="")
    return best if best and similarity[best] >= MIN_RESEMBLANCE else ""


def delete_bands(db: Connection, article: str) -> None:
    """Delete an article's stored bands, as part of the caller's transaction."""
    write(db, _DELETE_BANDS, {"article": article})


def insert_bands(db: Connection, article: str, bands: Sequence[int]) -> None:
    """Store the bands of an article that has none, as part of the caller's transaction."""
    write(db, _INSERT_BANDS, [{"band": band, "article": article} for band in bands])


def minhash_bands(signature: TextSignature) -> list[int]:
    """One signed 64-bit number for each of the BANDS bands of the text's MinHash, as SQLite stores them."""
    hashed = ((factor * signature.shingles >> np.uint64(16)).min() for factor in _FACTORS)
    least = np.fromiter(hashed, np.uint64, len(_FACTORS)).reshape(BANDS, ROWS_PER_BAND)
    joined = np.arange(BANDS, dtype=np.uint64)
    for at in range(ROWS_PER_BAND):
        joined = _splitmix64(joined * np.uint64(_MULTIPLIERS[0]) + least[:, at])
    return [int(band) for band in joined.view(np.int64)]


def _passage_text(db: Connection, article: str) -> str:
    return "\n\n".join(row.text for row in read(db, _PASSAGE_TEXTS, {"article": article}))


def _splitmix64(hashes: Hashes) -> Hashes:
    """Spread every bit of each number over all of its bits (splitmix64)."""
    mixed: Hashes = (hashes ^ hashes >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return mixed ^ mixed >> np.uint64(31)
