"""Look up the speakers that a name in a question means, misspellings forgiven."""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from retrieval.quotes.speaker_index.merging import Speaker, name_words
from retrieval.quotes.speakers.full_names import DOMINANCE, full_name, is_same_person, name_parts, surname_key
from retrieval.quotes.speakers.given_names import given_name_gender
from retrieval.quotes.speakers.names import MEN_TITLES, RULER_TITLES, TITLES, WOMEN_TITLES, given_names
from retrieval.quotes.word_lists import word_list

MIN_SIMILARITY = 80  # of 100, between a name and one asked for, for the latter to be taken for a misspelling
MAX_SIMILAR_SURNAMES = 8  # compared when no speaker has the surname asked for
MIN_MISSPELT_LETTERS = 4  # shorter names are similar to too many others
LONG_NAME_LETTERS, MAX_SLIPS = 9, 2  # letters of a surname in which two may be wrong, of a shorter one one

_THING = re.compile(r"(?:the|an?|this|that|these|those|their|its|our)\s+[^\W\dA-Z]")


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
    def people(self) -> tuple[Speaker, ...]:
        """Those of these speakers who are people, not bodies."""
        return tuple(speaker for speaker in self.speakers if speaker.is_person)

    @property
    def dominant(self) -> "SpeakerMatch":
        """The match without those of the same surname who are quoted far less than the first."""
        first, rest = self.speakers[:1], self.speakers[1:]
        same = bool(rest) and name_words(first[0].name)[-1:] == name_words(rest[0].name)[-1:]
        return SpeakerMatch(first, self.misspelt) if same and first[0].quotes >= DOMINANCE * rest[0].quotes else self


NO_SPEAKER = SpeakerMatch(())


def find_speaker(known: Sequence[Speaker], name: str) -> SpeakerMatch:
    """The speakers that a name in a question means; none when no known one comes close."""
    parts = re.split(r"\s+(?:and|&)\s+", name)
    several = [find_speaker(known, part) for part in parts] if len(parts) > 1 else []
    if several and all(match.speakers and not match.misspelt for match in several):
        return SpeakerMatch(tuple(speaker for match in several for speaker in match.speakers))
    every, suffix = name_parts(name)
    words = _without_titles(every)
    if not words:
        return NO_SPEAKER
    if _THING.match(name):  # "the bill" is nobody called Bill
        return SpeakerMatch(_exact_matches([speaker for speaker in known if not speaker.is_person], words, suffix))
    titles = set(every[:-1])
    if len(words) == 1 and titles & RULER_TITLES:  # "Pope Francis" is no Francis DeBernardo
        return SpeakerMatch(_exact_matches([one for one in known if len(name_words(one.name)) == 1], words, suffix))
    known = _of_title_gender(known, titles)
    # "Filmmaker Jack Marino", "German Chancellor Angela Merkel": what stands before the name is no part of it.
    for start in range(max(1, len(words) - 1)):
        if exact := _exact_matches(known, words[start:], suffix):
            return SpeakerMatch(exact)
    if all(word in word_list("roles") | TITLES for word in words[:-1]) and (
        exact := _exact_matches(known, words[-1:], suffix)
    ):
        return SpeakerMatch(exact)  # "filmmaker Marino"
    return SpeakerMatch(_similar_match(known, words), misspelt=True)


def _of_title_gender(known: Sequence[Speaker], titles: AbstractSet[str]) -> Sequence[Speaker]:
    """Without speakers whose given name is of the other gender than a title: `Mrs. Pell` is no Tom Pell."""
    gender = "f" if titles & WOMEN_TITLES else "m" if titles & MEN_TITLES else ""
    if not gender:
        return known
    return [
        speaker
        for speaker in known
        if len(words := name_words(speaker.name)) < 2 or given_name_gender(words[0]) in (gender, "")
    ]


def _exact_matches(known: Sequence[Speaker], words: Sequence[str], suffix: str = "") -> tuple[Speaker, ...]:
    """Speakers who have just this name: people if there are any, else bodies, else bodies whose name holds it."""
    people = [
        speaker
        for speaker in known
        if speaker.is_person and any(_may_mean(words, name_words(name)) for name in speaker.names)
    ]
    suffixes = [{name_parts(name)[1] for name in speaker.names} for speaker in people]
    alike = [speaker for speaker, found in zip(people, suffixes, strict=True) if suffix in found]
    if alike or (people and not suffix):  # "John Smith" is John Smith Jr. where there is no other
        return tuple(alike or people)
    same = [speaker for speaker in known if any(words == name_words(name) for name in speaker.names)]
    if same and not suffix:
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
    asked_name, other = full_name(asked), full_name(name)
    if not asked_name and len(asked) == 1:
        return surname_key(asked) == surname_key(name) or (len(name) > 1 and asked[0] == name[0])
    if not asked_name:  # "van Beek"
        return asked[-1] == name[-1]
    spoken, written = (" ".join(words).replace("-", " ") for words in (asked, name))
    if spoken == written or any(spoken == " ".join(name[at:]).replace("-", " ") for at in range(1, len(name))):
        return True  # "Jean Baptiste" for "Ilse Jean-Baptiste"
    if surname_key(asked) != surname_key(name):
        return list(asked) == list(name[: len(asked)])
    return other is not None and is_same_person(asked_name, replace(other, suffix=""))


def _similar_match(known: Sequence[Speaker], words: Sequence[str]) -> tuple[Speaker, ...]:
    """The most quoted person whose name is one asked for but for a slip in spelling.

    A surname may be misspelt, a given name only where it is no other name: nobody who asks for Erica Garner means Eric.
    """
    if len(" ".join(words)) < MIN_MISSPELT_LETTERS:
        return ()
    best: tuple[float, Speaker] | None = None
    for speaker in known:  # the most quoted one first
        for name in speaker.names if speaker.is_person else ():
            likeness = _likeness(words, name_words(name))
            if likeness and (best is None or likeness > best[0]):
                best = likeness, speaker
    return (best[1],) if best else ()


def _likeness(asked: Sequence[str], name: Sequence[str]) -> float:
    """How like a name is to one asked for, 0 where it must be another's."""
    asked_name, other = full_name(asked), full_name(name)
    if not asked_name or not other:
        return _surname_likeness(asked[-1], name[-1]) if len(asked) == 1 or not asked_name else 0.0
    if is_same_person(asked_name, replace(other, suffix="")):
        return _surname_likeness(asked[-1], name[-1])
    is_slip = (
        (surname_key(asked) == surname_key(name) or _surname_likeness(asked[-1], name[-1]) > 0)
        and asked_name.given not in given_names()
        and OSA.distance(asked_name.given, other.given) == 1
        and {given_name_gender(asked_name.given), given_name_gender(other.given)} != {"m", "f"}
    )
    return fuzz.ratio(" ".join(asked), " ".join(name)) if is_slip and len(asked_name.given) > 2 else 0.0


def _surname_likeness(asked: str, surname: str) -> float:
    """How like two surnames are, 0 where they differ in more letters than a slip changes."""
    slips = MAX_SLIPS if len(asked) >= LONG_NAME_LETTERS else 1
    is_slip = len(asked) >= MIN_MISSPELT_LETTERS and OSA.distance(asked, surname, score_cutoff=slips) <= slips
    likeness = fuzz.ratio(asked, surname)
    return likeness if is_slip and likeness >= MIN_SIMILARITY else 0.0


def similar_surnames(surname: str, surnames: Iterable[str]) -> list[str]:
    """The surnames most similar to one that no speaker has."""
    if len(surname) < MIN_MISSPELT_LETTERS:
        return []
    found = process.extract(
        surname, surnames, scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY, limit=MAX_SIMILAR_SURNAMES
    )
    return [item[0] for item in found]


def _without_titles(words: Sequence[str]) -> list[str]:
    kept = list(words)
    while len(kept) > 1 and kept[0] in TITLES | {"of", "state", "prime", "foreign", "former", "us", "u.s"}:
        kept = kept[1:]
    return kept
