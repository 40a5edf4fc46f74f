"""Find the names of people in a text: runs of capitalised words, with the titles before them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal
from unicodedata import combining, normalize

from retrieval.quotes.word_lists import list_lines, word_list
from retrieval.text.sentences import Span

Gender = Literal["m", "f", ""]

MEN_TITLES = frozenset("mr sir king prince lord pope father spokesman congressman councilman chairman brother".split())
WOMEN_TITLES = frozenset(
    "mrs ms miss queen princess lady dame sister spokeswoman congresswoman councilwoman chairwoman baroness".split()
)
TITLES = word_list("titles")
PARTICLES = frozenset("de da del della di van von der den ten bin ibn al el la le du dos".split())
_PARTICLE = rf"(?:{'|'.join(sorted(PARTICLES))})"
_UPPER = "".join(chr(code) for code in range(0x41, 0x530) if chr(code).isupper())  # Latin, Greek, Cyrillic
_NAME_WORD = (
    rf"(?:[{_UPPER}]\.(?:\s?[{_UPPER}]\.)?|"
    rf"(?:{_PARTICLE}-|O[’']|D[’']|Mc|Mac)?[{_UPPER}]\w+(?:[-’'][{_UPPER}]\w+|-[a-z]+)*|[A-Z]{{2,}}\b)"
)
_CAPITALISED_RUN = re.compile(
    rf"(?<![\w’'@#]){_NAME_WORD}\.?(?:[ \xa0]+(?:{_PARTICLE}[ \xa0]+){{0,2}}{_NAME_WORD}\.?)*"
)
_TOKEN = re.compile(r"[^ \xa0]+")
MAX_NAME_WORDS = 5
SUFFIXES = frozenset("jr sr ii iii iv phd md".split())
# Words in `not_names` that are surnames too.
_ALSO_SURNAMES = frozenset("may said more day will mark".split())


@dataclass(frozen=True, slots=True)
class PersonName:
    """A possible name of a person: its span and words without titles, and the titles and other words before them."""

    span: Span
    words: tuple[str, ...]
    titles: tuple[str, ...]

    @property
    def given(self) -> str:
        """The first word of a full name, folded; empty for a surname alone, with its particle or without."""
        first = fold(self.words[0])
        return first if len(self.words) > 1 and first not in PARTICLES else ""

    @property
    def surname(self) -> str:
        """The last word, folded; the name's key within an article."""
        return fold(self.words[-1])


def parse_person_names(text: str, start: int = 0, end: int | None = None) -> Iterator[PersonName]:
    """Runs of capitalised words that may name a person, in order."""
    for run in _CAPITALISED_RUN.finditer(text, start, len(text) if end is None else end):
        yield from _names_in_run(
            [(run.start() + match.start(), match.group()) for match in _TOKEN.finditer(run.group())]
        )


def gender(name: tuple[str, ...], titles: tuple[str, ...]) -> Gender:
    """The gender that the title or the given name tells; empty where neither does."""
    keys = {fold(title) for title in titles}
    if keys & WOMEN_TITLES:
        return "f"
    if keys & MEN_TITLES:
        return "m"
    return given_names().get(fold(name[0]), "") if len(name) > 1 else ""


@cache
def given_names() -> dict[str, Gender]:
    """The gender of given names, folded, that nearly always are a man's or nearly always a woman's."""
    kinds: dict[str, Gender] = {"m:": "m", "f:": "f"}
    return {name: kinds[line[:2]] for line in list_lines("given_names") for name in line[2:].split()}


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """A word of a name as names are compared: lower case, without accents, possessive and full stop."""
    return "".join(char for char in normalize("NFKD", fold_case(word)) if not combining(char))


def fold_case(word: str) -> str:
    """A word folded but for its accents, as the lists of words have it: `Ås` is not `as`."""
    return re.sub(r"'s?$|\.$", "", word.casefold().replace("’", "'"))


def is_thing(name: tuple[str, ...]) -> bool:
    """Whether a name is an institution's, a day's or a place's; a place after a given name is a surname."""
    folded = [fold(word) for word in name]
    if any(word in word_list("things") for word in folded):
        return True
    return folded[0] not in given_names() and any(word in word_list("places") for word in folded)


def _names_in_run(run: list[tuple[int, str]]) -> Iterator[PersonName]:
    """Split a run of capitalised words, each with where it starts, at titles and at words that belong to no name."""
    titles, name = list[str](), list[tuple[int, str]]()
    for at, (start, word) in enumerate(run):
        key = fold_case(word)
        is_given = key in given_names() and at + 1 < len(run)
        is_title = key in TITLES or (key in word_list("roles") and at + 1 < len(run))
        if is_title and not (is_given and key not in MEN_TITLES | WOMEN_TITLES):
            yield from _person_name(name, titles)
            titles, name = [] if name else titles, []
            titles.append(key)
        elif key in word_list("not_names") and not (name and key in _ALSO_SURNAMES):
            yield from _person_name(name, titles)
            titles, name = [], []
        elif is_given and len(name) > 1 and not word.endswith("."):
            yield from _person_name(
                name, titles
            )  # "Chris Christie Calls Hillary Clinton": a headline runs two names together
            titles, name = [], [(start, word)]
        elif is_given and name and fold(name[0][1]) not in given_names():
            # "Florida Marco Rubio", "State Marco Rubio": what stood before is not part of the name.
            titles.extend(fold(part) for _, part in name)
            name = [(start, word)]
        else:
            name.append((start, word))
        ends_sentence = word.endswith(".") and len(word) > 2 and not is_title and key not in SUFFIXES
        if (ends_sentence or word.endswith(("’s", "'s"))) and name:
            yield from _person_name(name, titles)
            titles, name = [], []
    yield from _person_name(name, titles)


def _person_name(parts: list[tuple[int, str]], titles: list[str]) -> Iterator[PersonName]:
    """The name of these words, if they may be one, without suffixes such as `Jr.`."""
    while parts and fold(parts[-1][1]) in SUFFIXES:
        parts = parts[:-1]
    bare = tuple(re.sub(r"(?:[’']s?|(?<=\w\w)\.)$", "", word) for _, word in parts)
    if bare and len(bare) <= MAX_NAME_WORDS and len(bare[-1]) > 1:
        yield PersonName((parts[0][0], parts[-1][0] + len(bare[-1])), bare, tuple(titles))
