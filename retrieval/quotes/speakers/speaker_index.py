"""Tell speakers across articles: one speaker under several names, two of one surname apart, misspellings forgiven."""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import fuzz, process

from retrieval.quotes.speakers.names import MEN_TITLES, PARTICLES, SUFFIXES, TITLES, WOMEN_TITLES, fold, given_names
from retrieval.quotes.word_lists import word_list

DOMINANCE = 2.0  # times the quotes of the next one of a surname: then the surname alone means the first
MIN_SIMILARITY = 80  # of 100, between a name and one asked for, for the latter to be taken for a misspelling
MAX_SIMILAR_SURNAMES = 8  # compared when no speaker has the surname asked for
MIN_MISSPELT_LETTERS = 4  # shorter names are similar to too many others

_THING = re.compile(r"(?:the|an?|this|that|these|those|their|its|our)\s+[^\W\dA-Z]")


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


@dataclass(frozen=True, slots=True)
class SpeakerMatch:
    """The speakers a name means, most quoted first; `misspelt` where none has it and a similar name was taken."""

    speakers: tuple[Speaker, ...]
    misspelt: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """All names of these speakers, as articles use them."""
        return tuple(name for speaker in self.speakers for name in speaker.names)

    @property
    def dominant(self) -> "SpeakerMatch":
        """The match without those of the same surname who are quoted far less than the first."""
        first, rest = self.speakers[:1], self.speakers[1:]
        same = bool(rest) and name_words(first[0].name)[-1:] == name_words(rest[0].name)[-1:]
        return SpeakerMatch(first, self.misspelt) if same and first[0].quotes >= DOMINANCE * rest[0].quotes else self


NO_SPEAKER = SpeakerMatch(())


NameCount = tuple[str, bool, int, str]
"""A name as articles have it, whether it is a person's, how many quotes bear it, the day of the newest."""


def list_speakers(names: Iterable[NameCount]) -> list[Speaker]:
    """Merge the names of one speaker; most quoted speakers first."""
    people, others = dict[str, list[NameCount]](), dict[str, list[NameCount]]()
    for counted in names:
        name, is_person = counted[:2]
        key = name_words(name)[-1] if is_person and name_words(name) else " ".join(name_words(name))
        (people if is_person else others).setdefault(key, []).append(counted)
    found = [speaker for counts in people.values() for speaker in _people_of_surname(counts)]
    found += [_merged(counts) for counts in others.values()]
    return sorted(found, key=lambda speaker: (-speaker.quotes, speaker.name))


def find_speaker(known: Sequence[Speaker], name: str) -> SpeakerMatch:
    """The speakers that a name in a question means; none when no known one comes close."""
    parts = re.split(r"\s+(?:and|&)\s+", name)
    several = [find_speaker(known, part) for part in parts] if len(parts) > 1 else []
    if several and all(match.speakers and not match.misspelt for match in several):
        return SpeakerMatch(tuple(speaker for match in several for speaker in match.speakers))
    words = _without_titles(name_words(name))
    if not words:
        return NO_SPEAKER
    if _THING.match(name):  # "the bill" is nobody called Bill
        return SpeakerMatch(_exact_matches([speaker for speaker in known if not speaker.is_person], words))
    known = _of_title_gender(known, set(name_words(name)[:-1]))
    # "Filmmaker Jack Marino", "German Chancellor Angela Merkel": what stands before the name is no part of it.
    for start in range(max(1, len(words) - 1)):
        if exact := _exact_matches(known, words[start:]):
            return SpeakerMatch(exact)
    if all(word in word_list("roles") | TITLES for word in words[:-1]) and (exact := _exact_matches(known, words[-1:])):
        return SpeakerMatch(exact)  # "filmmaker Marino"
    return SpeakerMatch(_similar_match(known, words), misspelt=True)


def _of_title_gender(known: Sequence[Speaker], titles: AbstractSet[str]) -> Sequence[Speaker]:
    """Without speakers whose given name is of the other gender than a title: `Mrs. Pell` is no Tom Pell."""
    gender = "f" if titles & WOMEN_TITLES else "m" if titles & MEN_TITLES else ""
    if not gender:
        return known
    return [speaker for speaker in known if given_names().get((name_words(speaker.name) or [""])[0], gender) == gender]


def _exact_matches(known: Sequence[Speaker], words: Sequence[str]) -> tuple[Speaker, ...]:
    """Speakers who have just this name: people if there are any, else bodies, else bodies whose name holds it."""
    people = [
        speaker
        for speaker in known
        if speaker.is_person and any(_may_mean(words, name_words(name)) for name in speaker.names)
    ]
    if people:
        return tuple(people)
    same = [speaker for speaker in known if any(words == name_words(name) for name in speaker.names)]
    if same:
        return tuple(same)
    wanted = set(words)
    return tuple(
        speaker
        for speaker in known
        if not speaker.is_person and any(wanted <= set(name_words(name)) for name in speaker.names)
    )


def _may_mean(asked: Sequence[str], name: Sequence[str]) -> bool:
    """Whether a name as asked for may mean a person: surname alone, or surname and given name, or both in part."""
    if not name:
        return False
    if not _given_name(asked):
        return asked[-1] == name[-1] or (len(name) > 1 and asked[0] == name[0])
    if asked[-1] != name[-1]:
        return list(asked) == list(name[-len(asked) :]) or list(asked) == list(name[: len(asked)])
    return bool(_given_name(name)) and _is_same_given_name(asked[0], name[0])


def _similar_match(known: Sequence[Speaker], words: Sequence[str]) -> tuple[Speaker, ...]:
    """The person whose name is most similar, compared by surname alone where only one word is asked for."""
    asked = " ".join(words)
    if len(asked) < MIN_MISSPELT_LETTERS:
        return ()
    forms: dict[str, Speaker] = {}
    for speaker in known:  # the most quoted one first
        for name in speaker.names if speaker.is_person else ():
            parts = name_words(name)
            forms.setdefault(" ".join(parts) if len(words) > 1 else parts[-1], speaker)
    best = process.extractOne(asked, forms.keys(), scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY)
    return (forms[best[0]],) if best else ()


def similar_surnames(surname: str, surnames: Iterable[str]) -> list[str]:
    """The surnames most similar to one that no speaker has."""
    if len(surname) < MIN_MISSPELT_LETTERS:
        return []
    found = process.extract(
        surname, surnames, scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY, limit=MAX_SIMILAR_SURNAMES
    )
    return [item[0] for item in found]


def _people_of_surname(counts: list[NameCount]) -> list[Speaker]:
    """The people of one surname; the surname alone is the one who is quoted far more than the others."""
    full = sorted((count for count in counts if _given_name(name_words(count[0]))), key=lambda count: -count[2])
    groups: list[list[NameCount]] = []
    for count in full:
        given = name_words(count[0])[0]
        same = (group for group in groups if _is_same_given_name(given, name_words(group[0][0])[0]))
        group = next(same, None)
        groups.append([count]) if group is None else group.append(count)
    groups.sort(key=lambda group: -_total_quotes(group))
    bare = [count for count in counts if not _given_name(name_words(count[0]))]
    if bare and groups and (len(groups) == 1 or _total_quotes(groups[0]) >= DOMINANCE * _total_quotes(groups[1])):
        groups[0] += bare
    elif bare:
        groups.append(bare)
    return [_merged(group) for group in groups]


def _merged(group: Sequence[NameCount]) -> Speaker:
    """One speaker from all names that mean it; a full name before a single word, then the one with most quotes."""
    best = max(group, key=lambda count: (len(name_words(count[0])) > 1, count[2], count[0]))
    return Speaker(
        name=best[0],
        names=tuple(count[0] for count in group),
        is_person=best[1],
        quotes=_total_quotes(group),
        newest=max(count[3] for count in group),
    )


@cache
def _full_given_names() -> dict[str, str]:
    """Given names by their short forms."""
    return dict(pair.split(":") for pair in word_list("nicknames"))


def _total_quotes(group: Sequence[NameCount]) -> int:
    return sum(count[2] for count in group)


def _is_same_given_name(one: str, other: str) -> bool:
    """Equal, one an initial or short for the other: `bill` and `william`, `j` and `john`, `chris` and `christopher`."""
    if one == other or _full_given_names().get(one, one) == _full_given_names().get(other, other):
        return True
    if given_names().get(one, "") + given_names().get(other, "") in ("mf", "fm"):
        return False
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and (len(short) == 1 or len(short) > 2)


def name_words(name: str) -> list[str]:
    """The words of a name, folded, without article and suffix."""
    return list(_name_words(name))


@lru_cache(maxsize=32_768)
def _name_words(name: str) -> tuple[str, ...]:
    written = re.findall(r"[\w’'.-]+", name)
    if len(written) > 1 and written[0].casefold() in ("the", "a", "an"):
        written = written[1:]
    folded = [fold(word) for word in written]
    return tuple(word for at, word in enumerate(folded) if at == 0 or word not in SUFFIXES)


def _given_name(name: Sequence[str]) -> str:
    """The given name, empty for a surname alone, with its particle or without."""
    return name[0] if len(name) > 1 and name[0] not in PARTICLES else ""


def _without_titles(words: list[str]) -> list[str]:
    kept = list(words)
    while len(kept) > 1 and kept[0] in TITLES | {"of", "state", "prime", "foreign", "former", "us", "u.s"}:
        kept = kept[1:]
    return kept
