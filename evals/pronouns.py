"""Measure whom a pronoun is taken to mean, beside always the nearest of two names, on GAP.

GAP has paragraphs without the article around them, so many of its people are surnames that nothing introduces. Measured
are the pronouns whose two names are both read as people; `read` says how many of all these are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.data import Row, rows
from evals.table import Line
from retrieval.quotes.speakers.mentions import PersonMentions, find_mentions
from retrieval.quotes.speakers.people import Person
from retrieval.quotes.speakers.resolution.antecedents import Antecedents, pronoun_gender


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one pronoun the person it means, the likeliest one, and the one for whom no doubt is left, if there is one."""

    right: Person
    likeliest: Person | None
    certain: Person | None
    nearest: Person


def measure(data: Path) -> list[Line]:
    """How many pronouns are understood, and how many of those for which we say whom they mean."""
    told_apart = [row for row in rows(data / "reading/pronouns.jsonl.gz") if row["a_is"] != row["b_is"]]
    outcomes = list(_outcomes(told_apart))
    read = len(outcomes) / len(told_apart)
    return [
        _line("OnRecord, likeliest", [(outcome.likeliest, outcome.right) for outcome in outcomes], read),
        _line("OnRecord, without doubt", [(outcome.certain, outcome.right) for outcome in outcomes], read),
        _line("nearest name", [(outcome.nearest, outcome.right) for outcome in outcomes], read),
    ]


def _line(system: str, pairs: Sequence[tuple[Person | None, Person]], read: float) -> Line:
    right, told = sum(found == wanted for found, wanted in pairs), sum(found is not None for found, _ in pairs)
    figures = {"right": right / len(pairs), "right of told": right / max(told, 1), "read": read}
    return Line("pronouns", system, len(pairs), figures)


def _outcomes(told_apart: Sequence[Row]) -> Iterator[Outcome]:
    for row in told_apart:
        mentions = find_mentions(row["text"])
        people = {name: _person(mentions, row[f"{name}_start"], len(row[name])) for name in ("a", "b")}
        one, other = people["a"], people["b"]
        if one and other and one != other:
            antecedents, at = Antecedents(row["text"], mentions), row["pronoun_start"]
            gender = pronoun_gender(row["pronoun"])
            right, nearest = (one if row["a_is"] else other), (one if _nearest(row) == "a" else other)
            yield Outcome(right, antecedents.likeliest(at, gender), antecedents.of_pronoun(at, gender), nearest)


def _person(mentions: PersonMentions, start: int, length: int) -> Person | None:
    """The person named at this place, if a person was read there."""
    found = (mention for mention in mentions.mentions if mention.span[0] < start + length and mention.span[1] > start)
    return next((mention.person for mention in found), None)


def _nearest(row: Row) -> str:
    """The one of the two names that stands nearest to the pronoun."""
    return min(("a", "b"), key=lambda name: abs(row[f"{name}_start"] - row["pronoun_start"]))
