"""Merge the names of one speaker across articles, and keep two speakers of one surname apart."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations

from retrieval.quotes.speakers.full_names import (
    DOMINANCE,
    FullName,
    full_name,
    group_full_names,
    is_same_person,
    name_parts,
    surname_key,
)
from retrieval.quotes.speakers.names import given_names, short_forms


@dataclass(frozen=True, slots=True)
class Speaker:
    """A speaker across articles.

    `name` is the commonest full name, `names` are all that articles use, `quotes` how many there are, `newest` the day
    of the newest.
    """

    name: str
    names: tuple[str, ...]
    is_person: bool
    quotes: int
    newest: str

    @property
    def has_name(self) -> bool:
        """Whether this is a person or a named body, not `a spokesman`."""
        return self.is_person or any(char.isupper() for char in self.name[1:])


NameCount = tuple[str, bool, int, str]
"""A name as articles have it, whether it is a person's, how many quotes bear it, the day of the newest."""
RoleNouns = Callable[[Sequence[str]], Mapping[str, AbstractSet[str]]]
"""Finds the nouns in the roles that articles give beside each of some names."""


def no_roles(_names: Sequence[str]) -> Mapping[str, AbstractSet[str]]:
    """The roles where none are known."""
    return {}


def list_speakers(names: Iterable[NameCount], role_nouns: RoleNouns = no_roles) -> list[Speaker]:
    """Merge the names of one speaker; most quoted speakers first.

    Bill Pell and William Pell are merged where `role_nouns` has a noun for both.
    """
    people, others = dict[str, list[NameCount]](), dict[str, list[NameCount]]()
    for counted in names:
        words = name_parts(counted[0])[0]
        is_named_person = counted[1] and words
        key = surname_key(words) if is_named_person else " ".join(words)
        (people if is_named_person else others).setdefault(key, []).append(counted)
    groups = [group for counts in people.values() for group in _people_of_surname(counts, role_nouns)]
    found = [_merged(group) for group in (*_joined(groups, role_nouns), *others.values())]
    return sorted(found, key=lambda speaker: (-speaker.quotes, speaker.name))


def _people_of_surname(counts: Sequence[NameCount], role_nouns: RoleNouns) -> list[list[NameCount]]:
    """The people of one surname; the surname alone is the one who is quoted far more and has the role beside it."""
    bearers, bare = dict[FullName, list[NameCount]](), dict[str, list[NameCount]]()
    for count in counts:
        words, suffix = name_parts(count[0])
        if key := full_name(words, suffix):
            bearers.setdefault(key, []).append(count)
        else:
            # `UN` is no surname of Kim Jong Un.
            bare.setdefault("capitals" if len(count[0]) < 4 and count[0].isupper() else suffix, []).append(count)
    totals = {key: _total_quotes(same) for key, same in bearers.items()}
    people = _joined_by_role(group_full_names(totals, one_article=False), bearers, role_nouns)
    groups = [[count for key in group for count in bearers[key]] for group in people]
    groups += [same for suffix, same in bare.items() if suffix]  # "Charles III" and "Charles"
    groups.sort(key=lambda group: -_total_quotes(group))
    alone = bare.get("", [])
    is_sole = len(groups) == 1 or (groups and _total_quotes(groups[0]) >= DOMINANCE * _total_quotes(groups[1]))
    if alone and is_sole and _has_role_of(alone, groups[0], role_nouns):
        groups[0] += alone
    elif alone:
        groups.append(alone)
    return groups


def _has_role_of(alone: Sequence[NameCount], person: Sequence[NameCount], role_nouns: RoleNouns) -> bool:
    """Whether the roles that articles give beside a single name are all among those of the person named in full.

    A single name without a role may be anybody's: most of those in news are people of another article.
    """
    nouns = role_nouns([count[0] for count in (*alone, *person)])
    own, of_person = ({noun for count in some for noun in nouns.get(count[0], ())} for some in (alone, person))
    return bool(own) and own <= of_person


def _joined_by_role(
    people: Sequence[list[FullName]], bearers: Mapping[FullName, Sequence[NameCount]], role_nouns: RoleNouns
) -> list[list[FullName]]:
    """The people of one surname, those joined whose given names are forms of one name and whose roles share a noun.

    The names alone may be two people's: a player called Bob and a spokesman called Robert.
    """
    by_given = defaultdict[str, list[list[FullName]]](list)
    for group in people:
        given = next((name.given for name in group if not name.is_initial), "")
        by_given[short_forms().get(given, given)].append(list(group))
    for given, alike in by_given.items():
        if not given or len(alike) == 1:
            continue
        nouns = role_nouns([count[0] for group in alike for name in group for count in bearers[name]])
        for one, other in combinations(alike, 2):
            roles = [
                {noun for name in group for count in bearers[name] for noun in nouns.get(count[0], ())}
                for group in (one, other)
            ]
            if roles[0] & roles[1] and all(is_same_person(a, b) for a in one for b in other):
                one += other
                other.clear()
    return [group for alike in by_given.values() for group in alike if group]


def _joined(groups: Iterable[list[NameCount]], role_nouns: RoleNouns) -> Iterable[list[NameCount]]:
    """The groups, names that differ in hyphens as one, and `Xi` with Xi Jinping where the roles agree.

    A word that is no given name means whom alone it begins the name of.
    """
    same, bearers = dict[str, list[NameCount]](), dict[str, set[str]]()
    for group in groups:
        words = name_parts(max(group, key=_standing)[0])[0]
        spelled = " ".join(words).replace("-", " ")
        same.setdefault(f"{spelled} {name_parts(group[0][0])[1]}".strip(), []).extend(group)
        if len(words) > 1 and words[0] not in given_names():
            bearers.setdefault(words[0], set()).add(spelled)
    for word, (spelled, *others) in bearers.items():
        if word in same and spelled in same and not others and _has_role_of(same[word], same[spelled], role_nouns):
            same[spelled] += same.pop(word)
    return same.values()


def _standing(count: NameCount) -> tuple[bool, int, str]:
    """What one name of a speaker is preferred by: a full name before a single word, then that with most quotes."""
    return len(name_words(count[0])) > 1, count[2], count[0]


def _merged(group: Sequence[NameCount]) -> Speaker:
    """One speaker from all names that mean it."""
    best = max(group, key=_standing)
    return Speaker(
        name=best[0],
        names=tuple(count[0] for count in group),
        is_person=best[1],
        quotes=_total_quotes(group),
        newest=max(count[3] for count in group),
    )


def _total_quotes(group: Sequence[NameCount]) -> int:
    return sum(count[2] for count in group)


def name_words(name: str) -> list[str]:
    """The words of a name, folded, without article and suffix."""
    return list(name_parts(name)[0])
