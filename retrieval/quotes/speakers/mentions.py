"""Find the people named in an article: under which names, and where each is mentioned."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from retrieval.quotes.attribution.quotation_marks import quotation_spans
from retrieval.quotes.speakers.names import Gender, PersonName, gender, given_names, is_thing, parse_person_names
from retrieval.quotes.word_lists import word_list
from retrieval.text.sentences import Span, sentence_spans

_SPEECH_VERBS = (
    r"(?:said|says|told|added|wrote|asked|argued|tweeted|explained|recalled|replied|responded|continued|noted)"
)
_SPEAKER_CONTEXT_AFTER = re.compile(
    rf"\s*+(?:\([^)]{{1,20}}\)\s*+)?(?:,\s*+(?:an?|the|of|who|whose|\d\d)\b|,?\s*+(?:who|{_SPEECH_VERBS})\b)"
)
_BEFORE_PLACE = re.compile(r"\b(?:in|from|near|at|across|outside|of|of the)\s+$")
_SPEECH_VERB_BEFORE = re.compile(rf"\b{_SPEECH_VERBS}\s+$")
_PREPOSITION = re.compile(
    r"\b(?:of|to|by|with|for|from|at|on|in|against|about|between|over|under|after|before|than|like)\s+(?:\S+\s+){0,2}$"
)
_FORMS_OF_ADDRESS = frozenset(
    "mr mrs ms miss sir dr prof professor sen senator rep representative gov governor president secretary chancellor "
    "minister judge justice mayor gen general pope king queen prince princess lord lady rev bishop cardinal".split()
)


@dataclass(frozen=True, slots=True)
class Person:
    """A person named in an article; `name` is the fullest form it uses, `count` how many names are surely theirs."""

    name: str
    gender: Gender
    count: int

    @property
    def words(self) -> tuple[str, ...]:
        """The name's words."""
        return tuple(self.name.split())


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a person is named; `is_subject` where the sentence is likely to be about them."""

    span: Span
    person: Person
    sentence: int
    is_subject: bool
    in_quotation: bool
    is_possessive: bool


@dataclass(frozen=True)
class PersonMentions:
    """All mentions of people in one article, in order, and where its sentences start."""

    mentions: tuple[Mention, ...]
    sentence_starts: tuple[int, ...]

    def before(self, at: int, most: int) -> Sequence[Mention]:
        """The last mentions that end by a character, at most so many."""
        count = bisect_left(self.mentions, at, key=lambda mention: mention.span[1])
        return self.mentions[max(0, count - most) : count]

    def of_person(self, person: Person) -> Sequence[Mention]:
        """The mentions of one person."""
        return self._by_person.get(person, ())

    @cached_property
    def _by_person(self) -> Mapping[Person, Sequence[Mention]]:
        found: dict[Person, list[Mention]] = defaultdict(list)
        for mention in self.mentions:
            found[mention.person].append(mention)
        return found

    def within(self, span: Span) -> Sequence[Mention]:
        """The mentions inside a span."""
        first = bisect_left(self.mentions, span[0], key=lambda mention: mention.span[0])
        return [m for m in self.mentions[first : first + 8] if m.span[0] < span[1]]

    def sentence_number(self, at: int) -> int:
        """The number of the sentence a character stands in."""
        return bisect_left(self.sentence_starts, at + 1) - 1


def find_mentions(
    text: str, quotations: Sequence[Span] | None = None, sentences: Sequence[Span] | None = None
) -> PersonMentions:
    """The mentions of people in a text; its quotations and sentences are found where they are not given."""
    found = list(parse_person_names(text))
    people = _People(_people(text, found))
    starts = tuple(start for start, _ in (sentence_spans(text) if sentences is None else sentences))
    quotations = quotation_spans(text) if quotations is None else quotations
    quotation_starts = [start for start, _ in quotations]
    mentions, with_subject = list[Mention](), set[int]()
    for name in found:
        person = people.named(name)
        if person is None:
            continue
        start, end = name.span
        sentence = bisect_left(starts, start + 1) - 1
        before = bisect_left(quotation_starts, start) - 1
        in_quotation = before >= 0 and start < quotations[before][1]
        is_possessive = text[end : end + 2] in ("’s", "'s")
        # The first person named in a sentence, neither quoted nor part of another phrase, is taken for its subject.
        is_subject = (
            sentence not in with_subject
            and not is_possessive
            and not in_quotation
            and not _after_preposition(text, start)
        )
        if is_subject:
            with_subject.add(sentence)
        mentions.append(Mention(name.span, person, sentence, is_subject, in_quotation, is_possessive))
    return PersonMentions(tuple(mentions), starts)


def _after_preposition(text: str, start: int) -> bool:
    return bool(_PREPOSITION.search(text, max(0, start - 30), start))


def _people(text: str, found: list[PersonName]) -> dict[str, list[Person]]:
    """The people of a text by surname; several where given names tell them apart."""
    by_surname: dict[str, list[PersonName]] = defaultdict(list)
    for name in found:
        by_surname[name.surname].append(name)
    return {
        surname: people
        for surname, names in by_surname.items()
        if surname not in word_list("things") and (people := _people_of_surname(text, names))
    }


def _people_of_surname(text: str, names: list[PersonName]) -> list[Person]:
    """The people among names of one surname; empty where nothing tells that it is a person's."""
    full = [name for name in names if name.given and not is_thing(name.words)]
    bare = [name for name in names if not name.given]
    groups = _grouped(full)
    # The surname alone counts for a person too where no other group shares it.
    is_sole = bool(groups) and len(groups[0]) + len(bare) == len(names)
    people = [_person(group, bare if is_sole else []) for group in groups if _is_person(text, group, bool(bare))]
    titled = [name for name in bare if _has_title(name)]
    if people and len(titled) > 1 and titled[1].span < full[0].span and not any(group[0].titles for group in groups):
        # "President Obama" twice before "Michelle Obama": papers give the full name first, so these are two people.
        people.append(Person(titled[0].words[-1], _gender(titled), len(names)))
    if (
        not people
        and not full
        and not is_thing(names[0].words)
        and (any(_has_title(name) for name in names) or _stands_beside_speech(text, names))
    ):
        people = [Person(names[0].words[-1], _gender(names), len(names))]
    return people


def _grouped(full: Sequence[PersonName]) -> list[list[PersonName]]:
    """Full names of one surname, grouped by the person whom the first of each group names."""
    groups, given = list[list[PersonName]](), _GivenNames()
    for name in full:
        number = given.first_compatible(name.words[0])
        if number is None:
            given.add(name.words[0], len(groups))
            groups.append([name])
        else:
            groups[number].append(name)
    return groups


class _GivenNames:
    """Numbered given names, looked up by another that may be the same person's: equal, an initial or short for it."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], int] = {}

    def add(self, word: str, number: int) -> None:
        """Add a given name; of several that are compatible with another the one added first is found."""
        name = _compared(word)
        keys = [("all of it", name), ("letter", name[:1])]
        keys += [("initial", name)] * (len(name) == 1) + [("beginning", name[:3])] * (len(name) > 2)
        for key in keys:
            self._first.setdefault(key, number)

    def first_compatible(self, word: str) -> int | None:
        """The number of the first name added that may be short for this one or the other way round."""
        name = _compared(word)
        keys = [("all of it", name), ("initial", name[:1])]
        keys += [("letter", name)] * (len(name) == 1) + [("beginning", name[:3])] * (len(name) > 2)
        return min((self._first[key] for key in keys if key in self._first), default=None)


def _compared(given: str) -> str:
    return given.rstrip(".").casefold()


def _person(group: list[PersonName], bare: Sequence[PersonName]) -> Person:
    """The person of a group of full names and of the surname alone where that is theirs too."""
    forms = Counter(" ".join(name.words) for name in group)
    name = max(forms, key=lambda form: (forms[form], len(form)))
    return Person(name, _gender([*group, *bare]), len(group) + len(bare))


def _gender(names: list[PersonName]) -> Gender:
    votes = Counter(kind for name in names if (kind := gender(name.words, name.titles)))
    return votes.most_common(1)[0][0] if votes else ""


def _has_title(name: PersonName) -> bool:
    return any(title in _FORMS_OF_ADDRESS for title in name.titles[-1:])


def _is_person(text: str, group: list[PersonName], has_bare: bool) -> bool:
    given = any(name.words[0].casefold() in given_names() for name in group)
    titled = any(name.titles for name in group)
    return given or titled or has_bare or _stands_beside_speech(text, group, appositions=True)


def _stands_beside_speech(text: str, names: list[PersonName], *, appositions: bool = False) -> bool:
    """Whether a verb of speech stands beside one of these names; `appositions` counts `, a ...` and `, 42,` as well.

    A name after `in`, `from`, `of` and the like is a place's.
    """
    if not appositions and any(_BEFORE_PLACE.search(text, max(0, name.span[0] - 12), name.span[0]) for name in names):
        return False
    for start, end in (name.span for name in names):
        after = _SPEAKER_CONTEXT_AFTER.match(text, end)
        if after and (appositions or re.search(_SPEECH_VERBS, after.group())):
            return True
        if _SPEECH_VERB_BEFORE.search(text, max(0, start - 12), start):
            return True
    return False


class _People:
    """The people of a text by surname, looked up by the names it uses."""

    def __init__(self, by_surname: Mapping[str, Sequence[Person]]) -> None:
        self._by_surname = by_surname
        self._given: dict[str, _GivenNames] = defaultdict(_GivenNames)
        self._bearers: dict[str, list[Person]] = defaultdict(list)  # by given name
        self._bare: dict[tuple[str, Gender], Person | None] = {}
        for surname, same in by_surname.items():
            for number, person in enumerate(same):
                if len(person.words) > 1:
                    self._given[surname].add(person.words[0], number)
                    self._bearers[person.words[0].casefold()].append(person)

    def named(self, name: PersonName) -> Person | None:
        """The person a name means; None where it is nobody's or might be several people's."""
        same = self._by_surname.get(name.surname, ())
        if name.given:
            number = self._given[name.surname].first_compatible(name.words[0]) if same else None
            if number is not None:
                return same[number]
            return same[0] if len(same) == 1 and len(same[0].words) == 1 else None
        if not same:
            return self._sole_bearer(name)
        key = name.surname, gender(name.words, name.titles)
        if key not in self._bare:
            self._bare[key] = _bearer_of_surname(same, key[1])
        return self._bare[key]

    def _sole_bearer(self, name: PersonName) -> Person | None:
        """The person a given name alone means, such as `Hillary`: the one who bears it, where only one does."""
        found = self._bearers.get(name.words[0].casefold(), ())
        return found[0] if len(found) == 1 else None


def _bearer_of_surname(people: Sequence[Person], title_gender: Gender) -> Person | None:
    """The person whom a surname alone means, of a gender where its title tells one."""
    return max(
        (person for person in people if not title_gender or person.gender in (title_gender, "")),
        key=lambda person: (len(person.words) == 1, person.words[0].casefold() in given_names(), person.count),
        default=None,
    )
