"""Compare full names: whether two are one person's, and which of many are."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.quotes.speakers.names import DEGREES, PARTICLES, fold, is_suffix, short_forms

DOMINANCE = 2.0  # times as often as the next one: then a name that may be either's is the first one's
COMMON_SURNAME = 3  # given names beside one surname in all articles: then who has a like one may be somebody else
USUAL = 8.0  # times as frequent as one with a middle initial the bare name must be, where the surname is common
MAX_BEARERS = 40  # of one initial that are compared; with more nothing tells whose it is
_NUMERAL = re.compile(r"[ivx]{3,6}")  # in lower case only so long ones, as Xi is a surname
# Endings of one Slavic surname as different newspapers spell it: Zelensky, Zelenskyy, Zelenskiy.
_SLAVIC_ENDING = re.compile(r"(?<=sk)(?:y|yy|iy|ii|ij|yi|yj|i)$")
_SLAVIC_ENDINGS = ("y", "yy", "iy", "ii", "ij", "i")
_INITIALS = re.compile(r"[^\W\d_](?:\.?[^\W\d_aeiouy]){0,2}")


@dataclass(frozen=True, slots=True)
class FullName:
    """The given name of a full name, folded, the names between it and the surname, and a suffix such as `jr`.

    Initials are given name and middle names of one letter: `J.D.` is `j` and `d`.
    """

    given: str
    middle: tuple[str, ...] = ()
    suffix: str = ""

    @property
    def is_initial(self) -> bool:
        """Whether the given name is an initial alone."""
        return len(self.given) == 1

    @property
    def letters(self) -> str:
        """The initials of the middle names."""
        return "".join(word[0] for word in self.middle)


@lru_cache(maxsize=32_768)
def name_parts(name: str) -> tuple[tuple[str, ...], str]:
    """The folded words of a name without an article before it, and the suffix after it, such as `jr`."""
    written, suffix = re.findall(r"[\w’'.-]+", name), ""
    if len(written) > 1 and written[0].casefold() in ("the", "a", "an"):
        written = written[1:]
    while len(written) > 1 and (is_suffix(written[-1]) or _NUMERAL.fullmatch(written[-1])):
        suffix = fold(written.pop())
    return tuple(fold(word) for word in written), "" if suffix in DEGREES else suffix


def surname_key(words: Sequence[str]) -> str:
    """The surname of the words of a name, the same for all spellings of its ending."""
    return _SLAVIC_ENDING.sub("y", words[-1])


def lookup_words(words: Sequence[str]) -> list[str]:
    """The given names and surnames under which a speaker of this name may be stored."""
    hyphenated = ["-".join(words[at : at + 2]) for at in range(len(words) - 1)]
    key = surname_key(words) if words else ""
    spellings = [key[:-1] + ending for ending in _SLAVIC_ENDINGS] if key.endswith("sky") else []
    return [*words, *hyphenated, *spellings]


def full_name(words: Sequence[str], suffix: str = "") -> FullName | None:
    """The given name of the folded words of a name; None for a surname alone, with its particle or without."""
    if len(words) < 2 or words[0] in PARTICLES:
        return None
    before = [word.rstrip(".") for word in words[:-1] if word not in PARTICLES and word.strip(".")]
    if not before:
        return None
    first = re.sub(r"\W", "", before[0]) if "-" not in before[0] else before[0]
    if _INITIALS.fullmatch(before[0]) and (len(first) == 1 or "." in before[0] or not set("aeiouy") & set(first)):
        return FullName(first[0], (*first[1:], *before[1:]), suffix)
    return FullName(before[0], tuple(before[1:]), suffix)


def is_same_person(one: FullName, other: FullName) -> bool:
    """Whether two names with one surname may be one person's: nothing in them differs, but one may say less."""
    if one.suffix != other.suffix or not _agree(one.letters, other.letters):
        return False
    if one.is_initial or other.is_initial:
        short, long = (one, other) if one.is_initial else (other, one)
        return bool(_first_letters(one) & _first_letters(other)) and long.letters.startswith(short.letters)
    return _is_same_given(one, other)


def group_full_names(counts: Mapping[FullName, int], *, one_article: bool) -> list[list[FullName]]:
    """Names with one surname, grouped by person; `counts` says how often each is used.

    A name joins others only where it can mean one person alone: `J. Pell` no one while there are John and Jane Pell.
    In `one_article` Bill Pell is William Pell and John Bel Edwards is John Edwards. Across articles, William Pell and
    Bill Pell may be two people, and who is called John Bel is seldom called John.
    """
    clusters: dict[tuple[str, str, str], list[FullName]] = defaultdict(list)
    written = {name.given for name in counts}
    is_common = not one_article and len(written) >= COMMON_SURNAME
    for name in counts:
        if not name.is_initial:
            second = "" if one_article or not _has_second_name(name) else " ".join(name.middle)
            given = _key(name, written) if one_article else name.given
            clusters[given, second, name.suffix].append(name)
    usual = USUAL if is_common else 0.0
    groups = [group for cluster in clusters.values() for group in _split(cluster, counts, usual)]
    return _with_initials(groups, [name for name in counts if name.is_initial], counts)


def _with_initials(
    groups: Sequence[list[FullName]], initials: Sequence[FullName], counts: Mapping[FullName, int]
) -> list[list[FullName]]:
    """The groups, each with the initials that mean nobody else, and groups of the initials that remain."""
    by_letter: dict[str, list[list[FullName]]] = defaultdict(list)
    for group in groups:
        for letter in {letter for name in group for letter in _first_letters(name)}:
            by_letter[letter].append(group)
    joined, alone = [list(group) for group in groups], dict[tuple[str, str], list[FullName]]()
    place = {id(group): at for at, group in enumerate(groups)}
    for name in initials:
        bearers = by_letter[name.given][:MAX_BEARERS]
        same = [group for group in bearers if all(is_same_person(name, other) for other in group)]
        if len(same) == 1 and len(bearers) < MAX_BEARERS:
            joined[place[id(same[0])]].append(name)
        else:
            alone.setdefault((name.given, name.suffix), []).append(name)
    return joined + [group for cluster in alone.values() for group in _split(cluster, counts, 0.0)]


def _split(cluster: list[FullName], counts: Mapping[FullName, int], usual: float) -> list[list[FullName]]:
    """Names with one given name, apart where middle names differ.

    A name without a middle one goes to who bears it far more often than the others, else to nobody; it has to be
    `usual` times as frequent itself.
    """
    by_letter: dict[str, list[FullName]] = defaultdict(list)
    for name in cluster:
        by_letter[name.letters[:1]].append(name)
    bare = by_letter.pop("", [])
    groups = sorted(by_letter.values(), key=lambda group: -_total(group, counts))
    if not bare or not groups:
        return groups or [bare]
    is_sole = len(groups) == 1 or _total(groups[0], counts) >= DOMINANCE * _total(groups[1], counts)
    if is_sole and _total(bare, counts) >= usual * _total(groups[0], counts):
        return [bare + groups[0], *groups[1:]]
    return [bare, *groups]


def _has_second_name(name: FullName) -> bool:
    """Whether a second name is written out: `John Bel`, which may be what somebody is always called."""
    return any(len(word) > 1 for word in name.middle)


def _total(group: Iterable[FullName], counts: Mapping[FullName, int]) -> int:
    return sum(counts[name] for name in group)


def _key(name: FullName, written: set[str]) -> str:
    """What names with the same given name share: a short form's long one where some name has it."""
    hyphenated = "-".join((name.given, *name.middle))
    if name.middle and hyphenated in written:
        return hyphenated  # "Jean Baptiste Roux" beside "Jean-Baptiste Roux"
    long = short_forms().get(name.given, "")
    if not long or _has_second_name(name):
        return name.given
    if long in written:
        return long
    return f"{long} {name.given[:3]}"  # "Jim" and "Jimmy", not "Bill" and "Will"


def _is_same_given(one: FullName, other: FullName) -> bool:
    if one.given == other.given or "-".join((one.given, *one.middle)) == "-".join((other.given, *other.middle)):
        return True
    long_one, long_other = (short_forms().get(name.given, name.given) for name in (one, other))
    is_one_full = long_one == one.given or long_other == other.given
    return long_one == long_other and (is_one_full or one.given[:3] == other.given[:3])


def _agree(one: str, other: str) -> bool:
    """Whether the initials of middle names may be one person's: the one begins with the other."""
    return one.startswith(other) or other.startswith(one)


def _first_letters(name: FullName) -> set[str]:
    return {name.given[0], short_forms().get(name.given, name.given)[0]}


def surname(name: str) -> str:
    """The last word of a name before a suffix such as `Jr.`, folded; the key people are looked up by."""
    words, _ = name_parts(name)
    return words[-1] if words else ""


def given_name(name: str) -> str:
    """The first word of a full name, folded; empty for a single word."""
    words, _ = name_parts(name)
    return words[0] if len(words) > 1 else ""
