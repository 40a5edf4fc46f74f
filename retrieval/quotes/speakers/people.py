"""Tell whom the names in an article mean: who bears which surname, and whether the one or the other name is hers."""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from retrieval.quotes.speakers.full_names import DOMINANCE, MAX_BEARERS, FullName, full_name, group_full_names
from retrieval.quotes.speakers.given_names import gender, is_given_name
from retrieval.quotes.speakers.name_contexts import (
    has_definite_title,
    has_title,
    is_after_place,
    is_introduced_as_person,
    is_of_thing,
    is_subject,
    is_thing_by_form,
    kinship,
    names_body,
    pronoun_of_subject,
    pronoun_votes,
    stands_beside_speech,
)
from retrieval.quotes.speakers.names import (
    GIVEN_NAME_TITLES,
    Gender,
    PersonName,
    fold,
    given_names,
    is_thing,
)
from retrieval.quotes.word_lists import word_list

_JUST, _NEAR = 400, 1_500  # characters before a surname alone within which a full name tells whose it is
_NEAR_NAMES = 20  # full names before it that are looked at
MIN_SURE_VOTES = 2  # of pronouns, from which a name without any other sign is surely a person's


@dataclass(frozen=True, slots=True)
class Person:
    """A person named in an article; `name` is the fullest form it uses, `count` how many names are surely theirs.

    `words` are those of the name without a suffix such as `Jr.`, `start` is where the article first names them,
    `is_relative` whether it does so as somebody's wife, son and the like. Where `is_sure` is false, the name may be a
    thing's: nobody else's words are given to it.
    """

    name: str
    gender: Gender
    count: int
    words: tuple[str, ...] = ()
    start: int = 0
    is_relative: bool = False
    is_sure: bool = True


@dataclass(slots=True)
class People:
    """The people of a text, looked up by the names it uses."""

    of_name: dict[int, Person] = field(default_factory=dict)  # by where a full name starts
    of_surname: dict[str, list[Person]] = field(default_factory=dict)
    unsure: dict[str, Person] = field(default_factory=dict)  # by single name, of whom nothing tells that they are one
    _of_given: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))
    _full_starts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # by surname, in order

    def named(self, name: PersonName) -> Person | None:
        """The person a name means; None where it is nobody's or might be several people's."""
        if name.given:
            return self.of_name.get(name.span[0])
        same = self.of_surname.get(name.surname, ())
        if not same:
            found = self._of_given.get(name.surname, ())
            return found[0] if len(found) == 1 else None
        if len(same) == 1:
            return same[0]
        kind = gender(name.words, name.titles)
        fitting = [person for person in same[:MAX_BEARERS] if not kind or person.gender in (kind, "")]
        just = self._just_named(name)
        is_usual = just and just in fitting and all(just.count * DOMINANCE >= person.count for person in fitting)
        return just if just and is_usual else _bearer_of_surname(fitting, kind, name.span[0])

    def _just_named(self, name: PersonName) -> Person | None:
        """The one who is named in full right before a surname alone, where no other who bears it is named near."""
        starts = self._full_starts.get(name.surname, ())
        at = bisect_left(starts, name.span[0])
        near = {self.of_name[start] for start in starts[max(0, at - _NEAR_NAMES) : at] if start > name.span[0] - _NEAR}
        just = starts[at - 1] if at else -_NEAR
        return near.pop() if len(near) == 1 and just > name.span[0] - _JUST else None

    def add(self, person: Person, names: Sequence[PersonName]) -> None:
        """Add a person and the full names that mean them."""
        self.of_surname.setdefault(fold(person.words[-1]), []).append(person)
        self.of_name.update((name.span[0], person) for name in names)
        for name in names:
            insort(self._full_starts[name.surname], name.span[0])
        if len(person.words) > 1:
            for given in {fold(person.words[0]), *(fold(name.nickname) for name in names if name.nickname)}:
                self._of_given[given].append(person)

    def bearers(self, given: str) -> Sequence[Person]:
        """Those whose full name begins with this word."""
        return self._of_given.get(given, ())


def find_people(text: str, found: Sequence[PersonName]) -> People:
    """The people among the names of a text."""
    people, alone = People(), dict[str, list[PersonName]]()
    by_surname: dict[str, list[PersonName]] = defaultdict(list)
    for name in found:
        by_surname[name.surname].append(name)
    for surname, names in by_surname.items():
        full = [name for name in names if name.given and not is_thing(name.words)]
        bare = [name for name in names if not name.given]
        if surname in word_list("things"):
            continue
        if any(name.given for name in names):
            _add_bearers(people, text, full, bare)
        else:
            alone[surname] = bare
    given_names_used = _titles_by_person(people, found)
    for word, names in alone.items():
        if not _is_given_name_of(names, people.bearers(word), given_names_used, by_surname):
            _add_single_name(people, text, names)
    return people


def _add_bearers(people: People, text: str, full: Sequence[PersonName], bare: Sequence[PersonName]) -> None:
    """Add the people of one surname, some of whom the text names in full."""
    groups = _grouped(full)
    # The surname alone counts for a person too where no other group shares it.
    is_sole = len(groups) == 1
    for group in groups:
        if _is_person(text, group, bare):
            people.add(_person(text, group, bare if is_sole else []), group)
    titled = [name for name in bare if has_title(name)]
    added = people.of_surname.get(full[0].surname) if full else None
    if added and len(titled) > 1 and titled[1].span < full[0].span and not any(group[0].titles for group in groups):
        # "President Obama" twice before "Michelle Obama": papers give the full name first, so these are two people.
        added.append(_single_name(titled, len(bare) + len(full)))
    elif bare and not added:
        _add_single_name(people, text, bare)


def _add_single_name(people: People, text: str, names: Sequence[PersonName]) -> None:
    """Add the person of a name of one word, if a title or a verb of speech tells that it is a person's."""
    if is_thing(names[0].words) or names_body(text, names):
        return
    person = _single_name(names, len(names))
    is_called_thing = any(is_of_thing(text, name) for name in names) or pronoun_votes(text, names) < 0
    is_titled = any(has_title(name) for name in names) and not any(has_definite_title(text, name) for name in names)
    if is_titled or any(name.suffix for name in names) or (not is_called_thing and stands_beside_speech(text, names)):
        people.add(person, [])
    elif subjects := [name for name in names if is_subject(text, name)]:
        genders = {kind for name in subjects if (kind := pronoun_of_subject(text, name))}
        if len(genders) == 1 and not any(is_after_place(text, name) for name in names):
            people.add(replace(person, gender=genders.pop()), [])
        else:
            people.unsure[names[0].surname] = person


def _single_name(names: Sequence[PersonName], count: int) -> Person:
    suffixes = Counter(name.suffix for name in names if name.suffix)
    words = names[0].words[-1:]
    name = " ".join((*words, *(suffix for suffix, _ in suffixes.most_common(1))))
    return Person(name, _gender(names), count, words, names[0].span[0])


def _titles_by_person(people: People, found: Sequence[PersonName]) -> Mapping[Person, set[str]]:
    """The titles that stand before the full names of each person."""
    titles: dict[Person, set[str]] = defaultdict(set)
    for name in found:
        if person := people.of_name.get(name.span[0]):
            titles[person].update(name.titles[-1:])
    return titles


def _is_given_name_of(
    names: Sequence[PersonName],
    bearers: Sequence[Person],
    titles: Mapping[Person, set[str]],
    by_surname: Mapping[str, Sequence[PersonName]],
) -> bool:
    """Whether a word that is nobody's surname is what one full name begins with: `Hillary`, or `Xi` of Xi Jinping.

    `Pope Francis` is not Francis DeBernardo, and `Kelly` not Kelly Ayotte in a text that calls her `Ayotte`.
    """
    if len(bearers) != 1:
        return False
    person, own = bearers[0], {name.titles[-1] for name in names if has_title(name)}
    if any(name.suffix for name in names):
        return False
    if own and not own <= titles.get(person, set()):
        return not own & GIVEN_NAME_TITLES and fold(person.words[0]) not in given_names()
    return bool(own) or not any(not name.given for name in by_surname[fold(person.words[-1])])


def _grouped(full: Sequence[PersonName]) -> list[list[PersonName]]:
    """Full names of one surname, grouped by person in the order of the text."""
    whole = {name.words[1:]: name for name in full if len(name.words) > 2}
    keys = [_full_name(whole.get(name.words, name)) for name in full]  # `Quoc Le` is `Bryan Quoc Le`
    nicknames = {fold(name.nickname): key.given for name, key in zip(full, keys, strict=True) if name.nickname}
    keys = [FullName(nicknames.get(key.given, key.given), key.middle, key.suffix) for key in keys]
    number = {key: at for at, group in enumerate(group_full_names(Counter(keys), one_article=True)) for key in group}
    groups: dict[int, list[PersonName]] = defaultdict(list)
    for name, key in zip(full, keys, strict=True):
        groups[number[key]].append(name)
    return list(groups.values())


def _full_name(name: PersonName) -> FullName:
    words = [fold(word) for word in name.words]
    return full_name(words, fold(name.suffix)) or FullName(words[0])


def _person(text: str, group: Sequence[PersonName], bare: Sequence[PersonName]) -> Person:
    """The person of a group of full names and of the surname alone where that is theirs too."""
    forms = Counter((name.words, name.suffix) for name in group)
    # A word that is no given name may belong to the headline: `Contact Ana Pell`.
    words, suffix = max(forms, key=lambda form: (is_given_name(fold(form[0][0])), forms[form], len(" ".join(form[0]))))
    name = " ".join((*words, suffix)).strip()
    kind = _gender([*group, *bare])
    relation = kinship(text, *group[0].span)
    count, is_relative = len(group) + len(bare), bool(relation and relation.is_introduction)
    told, is_sure = (relation.gender if relation else "") or kind, _is_surely_person(text, group, bare)
    return Person(name, told, count, words, group[0].span[0], is_relative, is_sure)


def _gender(names: Sequence[PersonName]) -> Gender:
    votes = Counter(kind for name in names if (kind := gender(name.words, name.titles)))
    return votes.most_common(1)[0][0] if votes else ""


def _is_person(text: str, group: Sequence[PersonName], bare: Sequence[PersonName]) -> bool:
    """Whether full names are a person's: by a given name or a title, or by what the article does with them.

    Papers give a full name before the surname alone: an institution's short name may come first.
    """
    if _is_told_of_person(text, group) or pronoun_votes(text, group) > 0:
        return True
    if any(is_of_thing(text, name) for name in group) or pronoun_votes(text, [*group, *bare]) < 0:
        return False
    if bare:
        return bare[0].span > group[0].span
    return not is_thing_by_form(group[0]) and stands_beside_speech(text, group, appositions=True)


def _is_surely_person(text: str, group: Sequence[PersonName], bare: Sequence[PersonName]) -> bool:
    """Whether a given name, a title, a description, a verb of speech or pronouns tell that names are a person's."""
    if _is_told_of_person(text, group):
        return True
    if is_thing_by_form(group[0]):
        return False
    names = [*group, *bare]
    return any(stands_beside_speech(text, [name]) for name in names) or pronoun_votes(text, names) >= MIN_SURE_VOTES


def _is_told_of_person(text: str, group: Sequence[PersonName]) -> bool:
    """Whether a given name, a title or a description tells that full names are a person's."""
    is_titled = any(name.titles for name in group) and not any(has_definite_title(text, name) for name in group)
    return (
        is_titled or any(is_given_name(fold(name.words[0])) for name in group) or is_introduced_as_person(text, group)
    )


def _bearer_of_surname(people: Sequence[Person], title_gender: Gender, at: int) -> Person | None:
    """The person whom a surname alone means, where several bear it.

    That is the one of the gender a title tells, who is nobody's wife or son, who alone was named in full before, or who
    is named far more often than the next.
    """
    single = [person for person in people if len(person.words) == 1]
    told = [person for person in people if title_gender and person.gender]
    known = [person for person in people if not person.is_relative]
    introduced = [person for person in known if person.start < at]
    for sure in (single[:1], people, told, known, introduced):
        if len(sure) == 1:
            return sure[0]
    first, second = sorted(people, key=lambda person: -person.count)[:2] if people else (None, None)
    return first if first and second and first.count >= DOMINANCE * second.count else None
