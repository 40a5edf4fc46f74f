"""Find the people named in an article: under which names, and where each is mentioned."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval.quotes.attribution.quotation_marks import quotation_spans
from retrieval.quotes.speakers.names import Gender, PersonName, gender, given_names, is_thing, parse_person_names
from retrieval.quotes.word_lists import word_list
from retrieval.text.sentences import Span, sentence_spans

_SPEECH_VERBS = (
    r"(?:said|says|told|added|wrote|asked|argued|tweeted|explained|recalled|replied|responded|continued|noted)"
)
_SPEAKER_CONTEXT_AFTER = re.compile(
    rf"\s*(?:\([^)]{{1,20}}\)\s*)?(?:,\s*(?:an?|the|of|who|whose|\d\d)\b|,?\s*(?:who|{_SPEECH_VERBS})\b)"
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


@dataclass(frozen=True, slots=True)
class PersonMentions:
    """All mentions of people in one article, in order, and where its sentences start."""

    mentions: tuple[Mention, ...]
    sentence_starts: tuple[int, ...]

    def before(self, at: int) -> Sequence[Mention]:
        """The mentions that end by a character."""
        return self.mentions[: bisect_left(self.mentions, at, key=lambda mention: mention.span[1])]

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
    people = _people(text, found)
    bearers = _by_given_name(people)
    starts = tuple(start for start, _ in (sentence_spans(text) if sentences is None else sentences))
    quotations = quotation_spans(text) if quotations is None else quotations
    quotation_starts = [start for start, _ in quotations]
    mentions, with_subject = list[Mention](), set[int]()
    for name in found:
        person = _person_of(name, people, bearers)
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
        and (any(_has_title(name) for name in names) or _stands_beside_speech(text, names))
    ):
        people = [Person(names[0].words[-1], _gender(names), len(names))]
    return people


def _person(group: list[PersonName], names: list[PersonName]) -> Person:
    """The person of a group of full names; the surname alone counts too where no other group shares it."""
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
    return any(title in _FORMS_OF_ADDRESS for title in name.titles[-1:])


def _is_person(text: str, group: list[PersonName], bare: int) -> bool:
    given = any(name.words[0].casefold() in given_names() for name in group)
    titled = any(name.titles for name in group)
    return given or titled or bool(bare) or _stands_beside_speech(text, group, appositions=True)


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


def _person_of(
    name: PersonName, people: Mapping[str, list[Person]], bearers: Mapping[str, Sequence[Person]]
) -> Person | None:
    same = people.get(name.surname, [])
    if name.given:
        matching = [person for person in same if len(person.words) > 1 and _may_name(name, person)]
        return (
            matching[0]
            if matching
            else next((person for person in same if len(same) == 1 and len(person.words) == 1), None)
        )
    title_gender = gender(name.words, name.titles)
    agreeing = [person for person in same if not title_gender or person.gender in (title_gender, "")]
    if agreeing:
        return max(
            agreeing,
            key=lambda person: (len(person.words) == 1, person.words[0].casefold() in given_names(), person.count),
        )
    return _sole_bearer(name, bearers) if not same else None


def _may_name(name: PersonName, person: Person) -> bool:
    return _compatible(name, PersonName((0, 0), person.words, ()))


def _sole_bearer(name: PersonName, bearers: Mapping[str, Sequence[Person]]) -> Person | None:
    """The person a given name alone means, such as `Hillary`: the one who bears it, where only one does."""
    found = bearers.get(name.words[0].casefold(), ())
    return found[0] if len(found) == 1 else None


def _by_given_name(people: Mapping[str, list[Person]]) -> dict[str, list[Person]]:
    """People by given name."""
    found: dict[str, list[Person]] = defaultdict(list)
    for person in (person for same in people.values() for person in same if len(person.words) > 1):
        found[person.words[0].casefold()].append(person)
    return found
