"""Claims of two facts each, joined from those written over one article: a model's sentences often state several.

One is supported where both are, by evidence that has both; most of a claim may stand in its evidence and the claim be
unsupported all the same, as in WiCE (Kamoi et al., 2023, https://arxiv.org/abs/2303.01432).
"""

import random
from collections.abc import Iterator, Sequence

from evals.data import Row

JOINTS = ("; ", ", and ", ", while ", ", although ", ". ", " – ")
HELD_BACK = 0.4  # share of the supported ones whose second fact is not in the evidence
OPENERS = {"The", "A", "An", "In", "On", "At", "It", "There"}  # no names: small letters after a joint
SEED = 17


def compound_rows(found: Sequence[Row]) -> Iterator[Row]:
    """Rows in the form of the claims they are joined from, all of one article.

    `spans` hold the evidence that is given, `wanted` what a claim rests on that is not given.
    """
    chance = random.Random(f"{SEED} {found[0]['article']}")
    supported = [row for row in found if row["label"] == "supported"]
    for row in supported:
        others = [one for one in found if one["spans"] != row["spans"]]
        for label in ("supported", "contradicted"):
            if fitting := [one for one in others if one["label"] == label]:
                yield _compound(row, chance.choice(fitting), chance)


def _compound(row: Row, other: Row, chance: random.Random) -> Row:
    """A supported claim with another of its article; the evidence of a supported one is held back at times."""
    text = _joined(row, other, chance)
    if other["label"] == "supported" and chance.random() < HELD_BACK:
        return row | {"claim": text, "wanted": other["spans"], "label": "absent"}
    facts = {"spans": sorted([*row["spans"], *other["spans"]]), "wanted": []}
    return row | facts | {"claim": text, "label": other["label"], "error": other["error"]}


def _joined(one: Row, two: Row, chance: random.Random) -> str:
    """Two claims as one sentence, in either order."""
    first, second = chance.sample([str(one["claim"]), str(two["claim"])], 2)
    joint = chance.choice(JOINTS)
    if joint != ". " and second.split()[0] in OPENERS:
        second = second[0].lower() + second[1:]
    return first.rstrip(". ") + joint + second
