"""Tell given names and their gender, by the commonest names, a filter of all others and a small model of letters."""

import gzip
import struct
import zlib
from array import array
from functools import cache, lru_cache
from pathlib import Path

from retrieval.quotes.speakers.names import MEN_TITLES, WOMEN_TITLES, Gender, fold, given_names

# A scale, hashed groups of letters with a weight of one byte each, the bits of the filter; trained and measured by
# `evals.given_names`.
WEIGHTS = Path(__file__).with_name("given_names.bin.gz")
BUCKETS = 1 << 16
SHORTEST_GROUP, LONGEST_GROUP = 2, 5  # letters
CERTAIN = 2.2  # log odds from which a gender counts as told: 98 of 100 names seen in training, 89 of 100 others
MAX_LETTERS = 30  # of a given name that are looked at
# A Bloom filter of given names: one word in a hundred that is none passes for one.
FILTER_BITS, FILTER_HASHES = 1 << 18, 7


def gender(name: tuple[str, ...], titles: tuple[str, ...]) -> Gender:
    """The gender that the title or the given name tells; empty where neither does."""
    keys = {fold(title) for title in titles}
    if keys & WOMEN_TITLES:
        return "f"
    if keys & MEN_TITLES:
        return "m"
    return given_name_gender(fold(name[0])) if len(name) > 1 else ""


def given_name_gender(name: str) -> Gender:
    """The gender of those who bear a folded given name; empty where both do or nothing tells."""
    return given_names().get(name) or modelled_gender(name)


@lru_cache(maxsize=16_384)
def is_given_name(name: str) -> bool:
    """Whether a folded word is a given name, be it a rare one."""
    bits = _stored()[2]
    return name in given_names() or all(bits[place // 8] >> (7 - place % 8) & 1 for place in filter_places(name))


def filter_places(name: str) -> list[int]:
    """The bits of the filter that are set for a name."""
    return [zlib.crc32(f"{at}:{name}".encode()) % FILTER_BITS for at in range(FILTER_HASHES)]


def gender_features(name: str) -> list[int]:
    """The buckets of a folded name: the whole of it and its groups of letters, its ends marked."""
    marked = f"^{name[:MAX_LETTERS]}$"
    sizes = range(SHORTEST_GROUP, LONGEST_GROUP + 1)
    groups = {marked[at : at + size] for size in sizes for at in range(len(marked) - size + 1)}
    return sorted({zlib.crc32(group.encode()) % BUCKETS for group in groups | {f"={name[:MAX_LETTERS]}"}})


@lru_cache(maxsize=16_384)
def modelled_gender(name: str) -> Gender:
    """The gender that the letters of a name tell; empty for an initial and where they leave doubt."""
    if len(name.strip(".")) < 2 or not name[:1].isalpha():
        return ""
    scale, weights, _ = _stored()
    score = scale * sum(weights[bucket] for bucket in gender_features(name))
    return "" if abs(score) < CERTAIN else "f" if score > 0 else "m"


@cache
def _stored() -> tuple[float, "array[int]", bytes]:
    """The scale and the weights of the groups of letters, and the bits of the filter."""
    content = gzip.decompress(WEIGHTS.read_bytes())
    (scale,), rest = struct.unpack_from("<f", content), content[struct.calcsize("<f") :]
    return scale, array("b", rest[:BUCKETS]), rest[BUCKETS:]
