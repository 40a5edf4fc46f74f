"""Find the names of people in what pages and files write for an author."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.quotes.speakers.given_names import is_given_name
from retrieval.quotes.speakers.names import PARTICLES, fold, is_suffix, is_thing

_MAX_LINE_LENGTH = 2_000  # characters
_MAX_NAME_LENGTH = 60  # characters
_MAX_NAME_WORDS = 6
_MAX_AUTHORS = 20
_MAX_COMPARED = 100  # names of one article that are looked at
# A URL, e-mail address, number, or the desk or agency that stands where a person should.
_NOT_A_NAME = re.compile(r"https?:|www\.|[@/\\<>{}=]|\d|\.(?:com|org|net|co|example)\b", re.IGNORECASE)
_ORGANISATION = re.compile(
    r"\b(?:staff|editors?|newsroom|desk|admin|administrator|team|agency|agencies|press|ap|reuters|afp|dpa|news|redaktion|"
    r"redacci[oó]n|rédaction|redazione|unknown|author|guest|contributors?|correspondents?|reporters?|editorial|writers?|"
    r"wires?|reports?|online|magazine|media|network|inc|llc|ltd)\b",
    re.IGNORECASE,
)
_OFFICE = re.compile(r"\b[A-Z]{2,}-\w")  # `ARD-Studio Kiew`
_PLACEHOLDER = re.compile(r"none|null|nan|n/a|undefined|-+", re.IGNORECASE)
_EMAIL = re.compile(r"[<\[]?(?:mailto:)?[^\s<>()\[\]:]+@[^\s<>()\[\]]+\.[^\s<>()\[\]]+[>\]]?")
_BETWEEN_LINES = re.compile(r"\s*[;•·\n]\s*|\s/\s")
_LABEL = re.compile(r"^[^\W\d]{2,12}\s?:\s+(?=\S)")  # `Text: Mara Lind`
_BEFORE_NAME = re.compile(
    r"^(?:(?:written|posted|reported|submitted|words|analysis|opinion|story)?\s*by|von|par|por|door|av|af)[:\s]+",
    re.IGNORECASE,
)
_OTHER_WORK = re.compile(r"^[^\W\d_]+(?: [^\W\d_]+)? by\b", re.IGNORECASE)  # `Photos by Tom Obi`
_AFTER_NAME = re.compile(r"\s*(?:\||\(|\s[-–—]\s|\s@|(?<=[^\W\d_]{3})\.\s(?=[^\W\d_]{3})).*$", re.DOTALL)
# The word between the last two of a list in Unicode CLDR's list patterns. The second set are parts of names, too, and
# prepositions in other languages: they divide only what has two words on both sides.
_AND = frozenset("and und et og och ja és ve dan și dhe и і та және және και & + with mit avec".split())
_AND_OR_PARTICLE = frozenset("y e i en a in ir un na va và eta agus".split())
_NAME_PARTICLES = PARTICLES | frozenset("y e i do das des zu zum zur af av op ter te lo los las ap".split())


def split_names(value: Any) -> tuple[str, ...]:
    """Split an author field into names: a list of strings or of objects with a name, or one string with several names.

    `Smith, John` is one name; what a program writes for no author (`None`) is none; each name is listed once.
    """
    items = value if isinstance(value, list | tuple) else [value]
    lines = (item.get("name") if isinstance(item, dict) else item for item in items)
    found = (name for line in lines if isinstance(line, str) for name in _names_in_line(storable(line)))
    names = (name for name in found if not _PLACEHOLDER.fullmatch(name))
    return _each_once(islice(names, _MAX_COMPARED))[:_MAX_AUTHORS]


def person_names(lines: Iterable[str], outlet: str = "") -> tuple[str, ...]:
    """Names of people in author lines, each once, in order; not e-mail addresses, desks, agencies or the outlet."""
    people = list[str]()
    for line in islice(lines, _MAX_COMPARED):
        listed = split_names(line)
        # `Mara Lind, Brest` and `Brest, France`: beside other names a single word is a place or an agency.
        names = (name for name in listed if len(listed) == 1 or " " in name or is_given_name(fold(name)))
        people += [name for name in names if _is_person(name, outlet)]
    return _each_once(people)[:_MAX_AUTHORS]


def _names_in_line(line: str) -> Iterator[str]:
    line = _EMAIL.sub(" ", line[:_MAX_LINE_LENGTH]).strip(" ,;-")
    if line.startswith("(") and line.endswith(")"):
        line = line[1:-1]
    for part in _BETWEEN_LINES.split(line):
        names = _BEFORE_NAME.sub("", _LABEL.sub("", " ".join(part.split())))
        for group in _split_at_and("" if _OTHER_WORK.match(names) else names):
            yield from filter(None, map(_trimmed, _split_at_commas(group)))


def _split_at_and(line: str) -> list[str]:
    """Split `Mara Lind und Tom Obi`; `José Ortega y Gasset` is one name."""
    groups, words = list[list[str]]([[]]), line.split(" ")
    for at, word in enumerate(words):
        following = words[at + 1 : at + 3]
        is_between = len(groups[-1]) > 1 and len(following) > 1 and following[1].lower() not in _AND_OR_PARTICLE
        if groups[-1] and following and (word.lower() in _AND or (word in _AND_OR_PARTICLE and is_between)):
            groups.append([])
        else:
            groups[-1].append(word)
    return [" ".join(group) for group in groups]


def _split_at_commas(line: str) -> list[str]:
    parts = [part for part in (part.strip() for part in line.split(",")) if part]
    names = list[str]()
    for part in parts:
        if names and is_suffix(part) and " " in names[-1]:
            names[-1] = f"{names[-1]}, {part}"
        else:
            names.append(part)
    return [f"{names[1]} {names[0]}"] if len(names) == 2 and _is_inverted(*names) else names


def _is_inverted(surname: str, given: str) -> bool:
    """Whether `Lind, Mara` is one name."""
    *particles, last = surname.split()
    words = given.split()
    is_surname = bool(last) and all(word.lower() in _NAME_PARTICLES for word in particles)
    return is_surname and len(words) <= 2 and (is_given_name(fold(words[0])) or len(words[0].strip(".")) == 1)


def _trimmed(name: str) -> str:
    """A name without what stands after it: a role, a place, an outlet."""
    name = _AFTER_NAME.sub("", name).strip(" ,;:*")
    words = name.split()
    for at, word in enumerate(words[2:], 2):
        if word.islower() and word not in _NAME_PARTICLES:  # `Mara Lind for the Harbour Post`
            name = " ".join(words[:at])
            break
    if len(words) > 2 and is_given_name(fold(words[0])) and words[1].lower() not in _NAME_PARTICLES:
        role = next((at for at, word in enumerate(words[2:], 2) if _ORGANISATION.fullmatch(word)), 0)
        name = " ".join(words[:2]) if role else name  # `Mara Lind Staff Writer`
    if not is_suffix(name.rpartition(" ")[2]):
        name = name.rstrip(".")
    return name.title() if name.isupper() and " " in name else name


def _is_person(name: str, outlet: str) -> bool:
    words = name.replace(",", " ").split()
    if not 2 <= len(name) <= _MAX_NAME_LENGTH or len(words) > _MAX_NAME_WORDS or _NOT_A_NAME.search(name):
        return False
    if (
        _OFFICE.search(name) or (" " not in name and name.isupper()) or name[0].islower()
    ):  # the initials of an agency, an account
        return False
    if len(words) == 2 and is_given_name(fold(words[0])) and not _is_outlet(name, outlet, part=False):
        return True  # `Frank Press` is somebody
    is_named = not (_ORGANISATION.search(name) or (len(words) > 1 and is_thing(tuple(words))))
    return is_named and any(map(str.isalpha, name)) and not _is_outlet(name, outlet, part=True)


def _is_outlet(name: str, outlet: str, *, part: bool) -> bool:
    """Whether a name is the outlet's, or a part of it."""
    own, letters = _letters(outlet), _letters(name)
    return letters == own or letters.removeprefix("the") == own.removeprefix("the") or (part and letters in own)


def _each_once(names: Iterable[str]) -> tuple[str, ...]:
    """Names that differ in more than their case, without those in which the names of others run together."""
    by_letters = dict[str, str]()
    for name in names:
        by_letters.setdefault(_letters(name), name)
    return tuple(name for letters, name in by_letters.items() if letters and not _is_run_together(letters, by_letters))


def _is_run_together(letters: str, others: Iterable[str]) -> bool:
    """Whether a name is made of two or more others, as some crawlers list the authors once more in one."""
    parts = [other for other in others if other and other != letters and other in letters]
    reached = {0}
    for at in range(len(letters)):
        if at in reached:
            reached |= {at + len(part) for part in parts if letters.startswith(part, at)}
    return len(letters) in reached


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
