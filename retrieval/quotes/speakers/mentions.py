"""The people of one article: who is named in it, under which names, in which roles, and where."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval.quotes.attribution.quotation_marks import quotation_spans
from retrieval.quotes.speakers.names import Gender, PersonName, gender, given_names, is_thing, parse_person_names
from retrieval.quotes.word_lists import word_list
from retrieval.text.sentences import Span, sentence_spans

_SPEAKS = r"(?:said|says|told|added|wrote|asked|argued|tweeted|explained|recalled|replied|responded|continued|noted)"
_BEFORE_SPEECH = re.compile(
    rf"\s*(?:\([^)]{{1,20}}\)\s*)?(?:,\s*(?:an?|the|of|who|whose|\d\d)\b|,?\s*(?:who|{_SPEAKS})\b)"
)
_PLACE = re.compile(r"\b(?:in|from|near|at|across|outside|of|of the)\s+$")
_AFTER_SPEECH = re.compile(rf"\b{_SPEAKS}\s+$")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a name; `name` is the fullest the article uses."""

    name: str
    gender: Gender
    count: int

    @property
    def words(self) -> tuple[str, ...]:
        """The name's words."""
        return tuple(self.name.split())


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a person is named; `subject` where the sentence is likely to be about them."""

    span: Span
    person: Person
    sentence: int
    subject: bool
    quoted: bool
    possessive: bool


@dataclass(frozen=True, slots=True)
class PersonMentions:
    """Everybody named in one article, in order of appearance, and the starts of its sentences."""

    mentions: tuple[Mention, ...]
    starts: tuple[int, ...]

    def before(self, at: int) -> Sequence[Mention]:
        """The mentions that end before a character."""
        return self.mentions[: bisect_left(self.mentions, at, key=lambda mention: mention.span[1])]

    def within(self, span: Span) -> Sequence[Mention]:
        """The mentions inside a span."""
        first = bisect_left(self.mentions, span[0], key=lambda mention: mention.span[0])
        return [m for m in self.mentions[first : first + 8] if m.span[0] < span[1]]

    def sentence(self, at: int) -> int:
        """The number of the sentence a character stands in."""
        return bisect_left(self.starts, at + 1) - 1


def find_mentions(
    text: str, marked: Sequence[Span] | None = None, whole: Sequence[Span] | None = None
) -> PersonMentions:
    """Who is named in the text; its quotations and sentences may be given where they are known."""
    found = list(parse_person_names(text))
    people = _people(text, found)
    bearers = _bearers(people)
    starts = tuple(start for start, _ in (sentence_spans(text) if whole is None else whole))
    inside = quotation_spans(text) if marked is None else marked
    opened = [start for start, _ in inside]
    mentions, met = list[Mention](), set[int]()
    for name in found:
        person = _whose(name, people, bearers)
        if person is None:
            continue
        start, end = name.span
        sentence = bisect_left(starts, start + 1) - 1
        at = bisect_left(opened, start) - 1
        quoted = at >= 0 and start < inside[at][1]
        possessive = text[end : end + 2] in ("’s", "'s")
        subject = sentence not in met and not possessive and not quoted and not _after_preposition(text, start)
        if subject:
            met.add(sentence)
        mentions.append(Mention(name.span, person, sentence, subject, quoted, possessive))
    return PersonMentions(tuple(mentions), starts)


_PREPOSITION = re.compile(
    r"\b(?:of|to|by|with|for|from|at|on|in|against|about|between|over|under|after|before|than|like)\s+(?:\S+\s+){0,2}$"
)


def _after_preposition(text: str, start: int) -> bool:
    return bool(_PREPOSITION.search(text, max(0, start - 30), start))


def _people(text: str, found: list[PersonName]) -> dict[str, list[Person]]:
    """People by surname; several where people of one surname are told apart by given names."""
    by_surname: dict[str, list[PersonName]] = defaultdict(list)
    for name in found:
        by_surname[name.surname].append(name)
    return {
        surname: people
        for surname, names in by_surname.items()
        if surname not in word_list("things") and (people := _same_surname(text, names))
    }


def _same_surname(text: str, names: list[PersonName]) -> list[Person]:
    full = [name for name in names if name.given and not is_thing(name.words)]
    bare = len([name for name in names if not name.given])
    groups: list[list[PersonName]] = []
    for name in full:
        group = next((group for group in groups if _compatible(group[0], name)), None)
        groups.append([name]) if group is None else group.append(name)
    people = [_person(group, names) for group in groups if _is_person(text, group, bare)]
    titled = [name for name in names if not name.given and _has_title(name)]
    if people and len(titled) > 1 and titled[1].span < full[0].span and not any(group[0].titles for group in groups):
        # "President Obama" twice before "Michelle Obama": papers give the full name first, so these are two people.
        people.append(Person(titled[0].words[-1], _gender(titled), len(names)))
    if (
        not people
        and not full
        and not is_thing(names[0].words)
        and (any(_has_title(name) for name in names) or _speaks(text, names))
    ):
        people = [Person(names[0].words[-1], _gender(names), len(names))]
    return people


def _person(group: list[PersonName], names: list[PersonName]) -> Person:
    forms = Counter(" ".join(name.words) for name in group)
    name = max(forms, key=lambda form: (forms[form], len(form)))
    titled = [name for name in names if not name.given] if len(group) == len([n for n in names if n.given]) else []
    return Person(name, _gender([*group, *titled]), len(group) + len(titled))


def _gender(names: list[PersonName]) -> Gender:
    votes = Counter(kind for name in names if (kind := gender(name.words, name.titles)))
    return votes.most_common(1)[0][0] if votes else ""


def _compatible(one: PersonName, other: PersonName) -> bool:
    """Whether two full names of one surname may be one person: given names equal, initials or short for each other."""
    a, b = one.words[0].rstrip(".").casefold(), other.words[0].rstrip(".").casefold()
    return a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) or (len(a) > 2 and len(b) > 2 and a[:3] == b[:3])


def _has_title(name: PersonName) -> bool:
    return any(title in _ADDRESS for title in name.titles[-1:])


_ADDRESS = frozenset(
    "mr mrs ms miss sir dr prof professor sen senator rep representative gov governor president secretary chancellor "
    "minister judge justice mayor gen general pope king queen prince princess lord lady rev bishop cardinal".split()
)


def _is_person(text: str, group: list[PersonName], bare: int) -> bool:
    given = any(name.words[0].casefold() in given_names() for name in group)
    titled = any(name.titles for name in group)
    return given or titled or bool(bare) or _speaks(text, group, appositions=True)


def _speaks(text: str, names: list[PersonName], *, appositions: bool = False) -> bool:
    """Whether a verb of speech stands beside one of these names; `appositions` counts `, a ...` and `, 42,` as well.

    What things happen in, and what something is of, is a place.
    """
    if not appositions and any(_PLACE.search(text, max(0, name.span[0] - 12), name.span[0]) for name in names):
        return False
    for start, end in (name.span for name in names):
        after = _BEFORE_SPEECH.match(text, end)
        if after and (appositions or re.search(_SPEAKS, after.group())):
            return True
        if _AFTER_SPEECH.search(text, max(0, start - 12), start):
            return True
    return False


def _whose(
    name: PersonName, people: Mapping[str, list[Person]], bearers: Mapping[str, Sequence[Person]]
) -> Person | None:
    same = people.get(name.surname, [])
    if name.given:
        fits = [person for person in same if len(person.words) > 1 and _fits(name, person)]
        return fits[0] if fits else next((person for person in same if len(same) == 1 and len(person.words) == 1), None)
    wanted = gender(name.words, name.titles)
    agreeing = [person for person in same if not wanted or person.gender in (wanted, "")]
    if agreeing:
        return max(
            agreeing,
            key=lambda person: (len(person.words) == 1, person.words[0].casefold() in given_names(), person.count),
        )
    return _by_given_name(name, bearers) if not same else None


def _fits(name: PersonName, person: Person) -> bool:
    return _compatible(name, PersonName((0, 0), person.words, ()))


def _by_given_name(name: PersonName, bearers: Mapping[str, Sequence[Person]]) -> Person | None:
    """`Hillary` alone is whoever bears it, when only one does."""
    found = bearers.get(name.words[0].casefold(), ())
    return found[0] if len(found) == 1 else None


def _bearers(people: Mapping[str, list[Person]]) -> dict[str, list[Person]]:
    """People by given name."""
    found: dict[str, list[Person]] = defaultdict(list)
    for person in (person for same in people.values() for person in same if len(person.words) > 1):
        found[person.words[0].casefold()].append(person)
    return found
