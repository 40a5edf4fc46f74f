"""Articles with the same text, such as a wire story in several outlets: found by MinHash, told by their words.

Candidates come from locality-sensitive hashing over word shingles (Broder 1997; Leskovec, Rajaraman and Ullman, Mining
of Massive Datasets, chapter 3). Its bands are rows of the catalog, so that finding is incremental and holds over all
processes; datasketch would need scipy and keeps its bands in memory.
"""

import re
import sqlite3
import zlib
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

MIN_WORDS = 80  # of shorter texts, notices and reports of one form, a few words are the news
SHINGLE_WORDS = 5  # words
BANDS, ROWS_PER_BAND = 16, 4  # finds 99.8 % of the pairs that have SAME of their shingles in common
# Share of all shingles of both that both have. On 6,000 news articles those from 0.77 up read as one article, with a
# teaser or a line for local readers more; between 0.66 and 0.79 stand also updates with new facts, and those are told
# by the facts. Rewritten reports and lists of one form, as every morning's, have less than 0.65.
MIN_RESEMBLANCE = 0.75
MAX_CANDIDATES = 8

Hashes = npt.NDArray[np.uint64]

_WORD = re.compile(r"\w+")
_FIGURE_OR_NAME = re.compile(r"\d+(?:[.,:]\d+)*|(?<=[\w,;] )[A-Z]\w+")  # figures, and names where no sentence begins
_MULTIPLIERS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA24BAED4963EE407)
_SEED = 20_250_311  # stored bands are compared with new ones: another seed wants `reindex`
_FACTORS = np.random.default_rng(_SEED).integers(1, 2**63, BANDS * ROWS_PER_BAND, dtype=np.uint64) | np.uint64(1)


@dataclass(frozen=True, slots=True)
class TextSignature:
    """What two texts are compared by: the hashes of their shingles, their figures and names."""

    shingles: Hashes = field(repr=False)
    facts: frozenset[str]


def text_signature(body: str) -> TextSignature | None:
    """The shape of a text, None where it is too short to be told from others."""
    words = _WORD.findall(body.casefold())
    if len(words) < MIN_WORDS:
        return None
    hashed = np.fromiter((zlib.crc32(word.encode()) for word in words), np.uint64, len(words))
    runs = np.zeros(len(words) - SHINGLE_WORDS + 1, np.uint64)
    for at, factor in enumerate(_MULTIPLIERS):
        runs += hashed[at : at + len(runs)] * np.uint64(factor)
    return TextSignature(np.unique(_splitmix64(runs)), frozenset(_FIGURE_OR_NAME.findall(body)))


def resemblance(one: TextSignature, other: TextSignature) -> float:
    """Share of all their shingles that both have; 0 where each has figures or names that the other has not.

    A correction that an outlet has made and another has not is what a reader wants to see.
    """
    if not (one.facts <= other.facts or other.facts <= one.facts):
        return 0.0
    shared = len(np.intersect1d(one.shingles, other.shingles, assume_unique=True))
    return shared / (len(one.shingles) + len(other.shingles) - shared)


def find_duplicate(db: sqlite3.Connection, article: str, mine: TextSignature) -> str:
    """The kept article with the same text as this one, the most alike of several; empty where there is none."""
    sql = (
        f"SELECT article FROM bands WHERE band IN ({', '.join('?' * BANDS)}) AND article <> ? "
        "GROUP BY article ORDER BY count(*) DESC LIMIT ?"
    )
    rows = db.execute(sql, [*minhash_bands(mine), article, MAX_CANDIDATES]).fetchall()
    others = {row["article"]: text_signature(_passage_text(db, row["article"])) for row in rows}
    alike = {key: resemblance(mine, other) for key, other in others.items() if other}
    best = max(alike, key=lambda key: alike[key], default="")
    return best if best and alike[best] >= MIN_RESEMBLANCE else ""


def store_signature(db: sqlite3.Connection, article: str, mine: TextSignature | None) -> None:
    """Have this article found by its text from now on, or by none; part of the caller's transaction."""
    db.execute("DELETE FROM bands WHERE article = ?", [article])
    if mine:
        db.executemany("INSERT INTO bands VALUES (?, ?)", [(band, article) for band in minhash_bands(mine)])


def minhash_bands(mine: TextSignature) -> list[int]:
    """One number for each band of the text's MinHash, as SQLite holds them."""
    least = (_FACTORS[:, None] * mine.shingles[None, :] >> np.uint64(16)).min(axis=1).reshape(BANDS, ROWS_PER_BAND)
    joined = np.arange(BANDS, dtype=np.uint64)
    for at in range(ROWS_PER_BAND):
        joined = _splitmix64(joined * np.uint64(_MULTIPLIERS[0]) + least[:, at])
    return [int(band) for band in joined.view(np.int64)]


def _passage_text(db: sqlite3.Connection, article: str) -> str:
    rows = db.execute("SELECT text FROM passages WHERE article = ? AND live ORDER BY start", [article])
    return "\n\n".join(row["text"] for row in rows)


def _splitmix64(hashes: Hashes) -> Hashes:
    """Every bit of a number spread over all of its bits (splitmix64)."""
    mixed: Hashes = (hashes ^ hashes >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return mixed ^ mixed >> np.uint64(31)
