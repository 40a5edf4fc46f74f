"""Speakers across articles: one voice under several names, two of one surname apart, misspellings forgiven."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import fuzz, process

from retrieval.quotes.speakers.names import MEN_TITLES, PARTICLES, SUFFIXES, TITLES, WOMEN_TITLES, fold, given_names
from retrieval.quotes.word_lists import words as read_words

DOMINANT = 2.0  # times the quotes of the next: then the surname alone means this one
CLOSE_ENOUGH = 80  # of 100; how like a name must be to what was asked to be taken for it misspelt
CLOSE = 8  # surnames that are looked at when none is the one asked for
SHORTEST_MISSPELT = 4  # letters; shorter names are like too many others


_THING = re.compile(r"(?:the|an?|this|that|these|those|their|its|our)\s+[^\W\dA-Z]")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody on record: the commonest full name, all names the articles use, how often and until when quoted."""

    name: str
    names: tuple[str, ...]
    is_person: bool
    quotes: int
    newest: str

    @property
    def has_name(self) -> bool:
        """A person or a named body, not `a spokesman`."""
        return self.is_person or any(char.isupper() for char in self.name[1:])


@dataclass(frozen=True, slots=True)
class SpeakerMatch:
    """Whom a name means, most quoted first; `misspelt` where the name had to be guessed."""

    voices: tuple[Speaker, ...]
    misspelt: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for voice in self.voices for name in voice.names)

    @property
    def likeliest(self) -> "SpeakerMatch":
        """Without those of the same surname who are quoted far less than the first."""
        first, rest = self.voices[:1], self.voices[1:]
        same = bool(rest) and words_of(first[0].name)[-1:] == words_of(rest[0].name)[-1:]
        return SpeakerMatch(first, self.misspelt) if same and first[0].quotes >= DOMINANT * rest[0].quotes else self


Counted = tuple[str, bool, int, str]
"""A name as an article has it, whether it is a person's, its quotes, the day of the newest."""


def list_speakers(names: Iterable[Counted]) -> list[Speaker]:
    """Names put together to voices, most quoted first."""
    people, others = dict[str, list[Counted]](), dict[str, list[Counted]]()
    for counted in names:
        name, is_person = counted[:2]
        key = words_of(name)[-1] if is_person and words_of(name) else " ".join(words_of(name))
        (people if is_person else others).setdefault(key, []).append(counted)
    found = [voice for block in people.values() for voice in _people(block)]
    found += [_voice(block) for block in others.values()]
    return sorted(found, key=lambda voice: (-voice.quotes, voice.name))


def find_speaker(known: Sequence[Speaker], asked: str) -> SpeakerMatch:
    """Whom a name in a question means; empty when nobody on record comes close."""
    parts = re.split(r"\s+(?:and|&)\s+", asked)
    several = [find_speaker(known, part) for part in parts] if len(parts) > 1 else []
    if several and all(match.voices and not match.misspelt for match in several):
        return SpeakerMatch(tuple(voice for match in several for voice in match.voices))
    titles, words = set(words_of(asked)[:-1]), _without_titles(words_of(asked))
    if not words:
        return SpeakerMatch(())
    if _THING.match(asked):  # "the bill" is nobody called Bill
        return SpeakerMatch(_exactly([voice for voice in known if not voice.is_person], words))
    if wanted := "f" if titles & WOMEN_TITLES else "m" if titles & MEN_TITLES else "":
        known = [voice for voice in known if given_names().get((words_of(voice.name) or [""])[0], wanted) == wanted]
    # "Filmmaker Jack Marino", "German Chancellor Angela Merkel": what stands before the name is no part of it.
    for start in range(max(1, len(words) - 1)):
        if exact := _exactly(known, words[start:]):
            return SpeakerMatch(exact)
    if all(word in read_words("roles") | TITLES for word in words[:-1]) and (exact := _exactly(known, words[-1:])):
        return SpeakerMatch(exact)  # "filmmaker Marino"
    return SpeakerMatch(_misspelt(known, words), misspelt=True)


def _exactly(known: Sequence[Speaker], words: Sequence[str]) -> tuple[Speaker, ...]:
    people = [
        voice for voice in known if voice.is_person and any(_means(words, words_of(name)) for name in voice.names)
    ]
    if people:
        return tuple(people)
    same = [voice for voice in known if any(words == words_of(name) for name in voice.names)]
    if same:
        return tuple(same)
    wanted = set(words)
    return tuple(
        voice for voice in known if not voice.is_person and any(wanted <= set(words_of(name)) for name in voice.names)
    )


def _means(asked: Sequence[str], name: Sequence[str]) -> bool:
    """Whether a name as asked may mean a person: the surname alone, or surname and given name, or both in part."""
    if not name:
        return False
    if not _given(asked):
        return asked[-1] == name[-1] or (len(name) > 1 and asked[0] == name[0])
    if asked[-1] != name[-1]:
        return list(asked) == list(name[-len(asked) :]) or list(asked) == list(name[: len(asked)])
    return bool(_given(name)) and _same_given(asked[0], name[0])


def _misspelt(known: Sequence[Speaker], words: Sequence[str]) -> tuple[Speaker, ...]:
    asked = " ".join(words)
    if len(asked) < SHORTEST_MISSPELT:
        return ()
    forms: dict[str, Speaker] = {}
    for voice in known:  # the most quoted one first
        for name in voice.names if voice.is_person else ():
            parts = words_of(name)
            forms.setdefault(" ".join(parts) if len(words) > 1 else parts[-1], voice)
    best = process.extractOne(asked, forms.keys(), scorer=fuzz.ratio, score_cutoff=CLOSE_ENOUGH)
    return (forms[best[0]],) if best else ()


def alike(surname: str, surnames: Iterable[str]) -> list[str]:
    """The surnames most like one that is none."""
    if len(surname) < SHORTEST_MISSPELT:
        return []
    found = process.extract(surname, surnames, scorer=fuzz.ratio, score_cutoff=CLOSE_ENOUGH, limit=CLOSE)
    return [item[0] for item in found]


def _people(block: list[Counted]) -> list[Speaker]:
    """The people of one surname; the surname alone is the one who is quoted far more than the others."""
    full = sorted((item for item in block if _given(words_of(item[0]))), key=lambda item: -item[2])
    groups: list[list[Counted]] = []
    for item in full:
        given = words_of(item[0])[0]
        group = next((group for group in groups if _same_given(given, words_of(group[0][0])[0])), None)
        groups.append([item]) if group is None else group.append(item)
    groups.sort(key=lambda group: -_quotes(group))
    bare = [item for item in block if not _given(words_of(item[0]))]
    if bare and groups and (len(groups) == 1 or _quotes(groups[0]) >= DOMINANT * _quotes(groups[1])):
        groups[0] += bare
    elif bare:
        groups.append(bare)
    return [_voice(group) for group in groups]


def _voice(group: Sequence[Counted]) -> Speaker:
    best = max(group, key=lambda item: (len(words_of(item[0])) > 1, item[2], item[0]))
    return Speaker(
        name=best[0],
        names=tuple(item[0] for item in group),
        is_person=best[1],
        quotes=_quotes(group),
        newest=max(item[3] for item in group),
    )


@cache
def _short_for() -> dict[str, str]:
    return dict(pair.split(":") for pair in read_words("nicknames"))


def _quotes(group: Sequence[Counted]) -> int:
    return sum(item[2] for item in group)


def _same_given(one: str, other: str) -> bool:
    """Equal, one an initial or short for the other: `bill` and `william`, `j` and `john`, `chris` and `christopher`."""
    if one == other or _short_for().get(one, one) == _short_for().get(other, other):
        return True
    if given_names().get(one, "") + given_names().get(other, "") in ("mf", "fm"):
        return False
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and (len(short) == 1 or len(short) > 2)


def words_of(name: str) -> list[str]:
    """The words of a name, folded, without article and suffix."""
    return list(_words_of(name))


@lru_cache(maxsize=32_768)
def _words_of(name: str) -> tuple[str, ...]:
    written = re.findall(r"[\w’'.-]+", name)
    if len(written) > 1 and written[0].casefold() in ("the", "a", "an"):
        written = written[1:]
    folded = [fold(word) for word in written]
    return tuple(word for at, word in enumerate(folded) if at == 0 or word not in SUFFIXES)


def _given(name: Sequence[str]) -> str:
    """The given name, empty for a surname alone, with its particle or without."""
    return name[0] if len(name) > 1 and name[0] not in PARTICLES else ""


def _without_titles(words: list[str]) -> list[str]:
    kept = list(words)
    while len(kept) > 1 and kept[0] in TITLES | {"of", "state", "prime", "foreign", "former", "us", "u.s"}:
        kept = kept[1:]
    return kept
