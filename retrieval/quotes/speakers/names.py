"""Find the names of people in a text: runs of capitalised words, with the titles before them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
# Titles that stand before a given name, and those of them whose bearers have no surname.
GIVEN_NAME_TITLES = frozenset("pope king queen prince princess sir dame lady father sister brother sheikh".split())
RULER_TITLES = frozenset("pope king queen".split())
# Relatives, who are called by their given names where a surname alone is somebody else's.
KIN: Mapping[str, Gender] = {
    **dict.fromkeys("brother father son husband uncle nephew grandfather grandson stepfather stepson".split(), "m"),
    **dict.fromkeys("sister mother daughter wife aunt niece grandmother granddaughter stepmother widow".split(), "f"),
}
PRONOUNS: Mapping[str, Gender] = {
    **dict.fromkeys("he him his himself".split(), "m"),
    **dict.fromkeys("she her hers herself".split(), "f"),
}
TITLES = word_list("titles")
PARTICLES = frozenset("de da del della di van von der den ten bin ibn al el la le du dos".split())
_PARTICLE = rf"(?:{'|'.join(sorted(PARTICLES))})"
_UPPER = "".join(chr(code) for code in range(0x41, 0x530) if chr(code).isupper())  # Latin, Greek, Cyrillic
_NAME_WORD = (
    rf"(?:[{_UPPER}]\.(?:\s?[{_UPPER}]\.){{0,3}}|"
    rf"(?:{_PARTICLE}-|O[’']|D[’']|Mc|Mac)?[{_UPPER}]\w+(?:[-’'][{_UPPER}]\w+|-[a-z]+)*|[A-Z]{{2,}}\b)"
)
# `Imelda “Imee” Marcos`: what somebody is called stands in marks inside the name.
_NICKNAME = rf"(?:[ \xa0]+(?!\([A-Z]{{2,}}\))[“\"'‘(][{_UPPER}]\w{{1,20}}[”\"'’)](?=[ \xa0]+[{_UPPER}]\w))?"
_CAPITALISED_RUN = re.compile(
    rf"(?<![\w’'@#]){_NAME_WORD}\.?(?:{_NICKNAME}[ \xa0]+(?:{_PARTICLE}[ \xa0]+){{0,2}}{_NAME_WORD}\.?)*"
)
_TOKEN = re.compile(r"[^ \xa0]+")
MAX_NAME_WORDS = 5
SUFFIXES = frozenset("jr sr ii iii iv phd md".split())
DEGREES = frozenset("phd md".split())  # suffixes that tell nobody apart
_NUMERAL = re.compile(r"[IVX]{2,6}")
# Two consonants are initials, as in `JD Pell`.
_ACRONYM = re.compile(r"[A-Z]{3,5}|(?:UN|US|UK|EU)")
_INITIALS = re.compile(rf"(?:[{_UPPER}]\.)+")
_SUFFIX_AFTER_COMMA = re.compile(r",[ \xa0]([JS]r\.)")
_AGENCY_AFTER = re.compile(r"[ \xa0]\((?:[A-Z]{2,}|Reuters)\)")
MAX_BYLINE_WORDS = 3  # `By` and a name
_BEGINS_SENTENCE = re.compile(r"(?:\A|\n|[.!?:][”\"’')]{0,2}\s|[“\"‘(])$")
_PAST_VERB = re.compile(r"[ \xa0](?:said|says|was|is|has|had|[a-z]+ed)\b")
_BEFORE_SUBJECT = frozenset("did does has had is was".split())  # `Did Will Pell`
# Words in `not_names` that are surnames too.
_ALSO_SURNAMES = frozenset("may said more day will mark".split())


@dataclass(frozen=True, slots=True)
class PersonName:
    """A possible name of a person: its span and words without titles, and the titles and other words before them.

    `suffix` is `Jr.` or `XIV` after it, `nickname` what stands in marks inside it, `Imelda “Imee” Marcos`.
    """

    span: Span
    words: tuple[str, ...]
    titles: tuple[str, ...]
    suffix: str = ""
    nickname: str = ""

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
    for found in _CAPITALISED_RUN.finditer(text, start, len(text) if end is None else end):
        run = [(found.start() + match.start(), match.group()) for match in _TOKEN.finditer(found.group())]
        if _AGENCY_AFTER.match(text, found.end()):
            run = _without_dateline(run)
        for name in _names_in_run(run, _is_auxiliary(text, found)):
            yield _with_suffix(text, name) if name.span[1] == found.end() else name


def _with_suffix(text: str, name: PersonName) -> PersonName:
    """A name with the suffix that a comma divides from it: `Tom Obi, Jr.`, the same as `Tom Obi Jr.`."""
    suffix = _SUFFIX_AFTER_COMMA.match(text, name.span[1])
    if name.suffix or not name.given or not suffix:
        return name
    return replace(name, span=(name.span[0], suffix.end()), suffix=suffix[1])


def _is_auxiliary(text: str, run: re.Match[str]) -> bool:
    """Whether `Will` begins a question rather than a name: no verb in the past follows it."""
    if fold_case(run.group().split()[0]) not in given_names():
        return False
    begins = _BEGINS_SENTENCE.search(text, max(0, run.start() - 5), run.start())
    return bool(begins) and not _PAST_VERB.match(text, run.end())


def _without_dateline(run: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The words before a news agency's sign but for the place they end with: `By Jane Roe Washington (AP)`."""
    end = len(run)
    while end > 1 and fold(run[end - 1][1]) in word_list("places") | word_list("things"):
        end -= 1
    is_byline = fold(run[0][1]) == "by" and len(run) > MAX_BYLINE_WORDS
    return run[:end] if end < len(run) or not is_byline else run[:1]


@cache
def given_names() -> dict[str, Gender]:
    """The gender of given names, folded, that nearly always are a man's or nearly always a woman's."""
    kinds: dict[str, Gender] = {"m:": "m", "f:": "f"}
    full = {name: kinds[line[:2]] for line in list_lines("given_names") for name in line[2:].split()}
    short = {name: full[long] for name, long in short_forms().items() if long in full}
    return {**short, **full}


@cache
def short_forms() -> Mapping[str, str]:
    """Short forms of given names, each with what it is short for."""
    return dict(pair.split(":") for pair in word_list("nicknames"))


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """A word of a name as names are compared: lower case, without accents, possessive and full stop."""
    return "".join(char for char in normalize("NFKD", fold_case(word)) if not combining(char))


def fold_case(word: str) -> str:
    """A word folded but for its accents, as the lists of words have it: `Ås` is not `as`."""
    return re.sub(r"'s?$|\.$", "", word.casefold().replace("’", "'"))


def is_thing(name: tuple[str, ...]) -> bool:
    """Whether a name is an institution's, a day's or a place's; a place after a given name is a surname."""
    # `Russia-Ukraine`; of a longer name the surname may be two, as in `Ana Park-Obi`.
    folded = [fold(part) for word in name for part in (word.split("-") if len(name) == 1 else [word])]
    if any(word in word_list("things") for word in folded):
        return True
    return folded[0] not in given_names() and any(word in word_list("places") for word in folded)


def is_suffix(word: str) -> bool:
    """Whether a word after a name tells people of one name apart or says a degree: `Jr.`, `XIV`, `MD`."""
    return fold(word) in SUFFIXES or bool(_NUMERAL.fullmatch(word))


def _names_in_run(run: list[tuple[int, str]], begins_with_auxiliary: bool) -> Iterator[PersonName]:
    """Split a run of capitalised words, each with where it starts, at titles and at words that belong to no name."""
    titles, name = list[str](), list[tuple[int, str]]()
    is_headline = all(word.isupper() for _, word in run)
    for at, (start, word) in enumerate(run):
        key = fold_case(word)
        if _ACRONYM.fullmatch(word) and not (is_headline or is_suffix(word)):
            # "UN Ambassador", "Harbour Line CFO Ana Pell": what stands before is not part of the name.
            yield from _person_name(name, titles)
            titles, name = [], []
            continue
        is_given = key in given_names() and at + 1 < len(run)
        is_title = (key in TITLES or (key in word_list("roles") and at + 1 < len(run))) and not _is_surname(
            run, at, name
        )
        if is_title and not (is_given and key not in MEN_TITLES | WOMEN_TITLES):
            yield from _person_name(name, titles)
            titles, name = [] if name else titles, []
            titles.append(key)
        elif _belongs_to_no_name(run, at, bool(name), begins_with_auxiliary):
            yield from _person_name(name, titles)
            titles, name = [], []
        elif is_given and len(name) > 1 and not word.endswith("."):
            # "Chris Christie Calls Hillary Clinton": a headline runs two names together.
            yield from _person_name(name, titles)
            titles, name = [], [(start, word)]
        elif is_given and name and fold(name[0][1]) not in given_names() and not _is_initial(name[0][1]):
            # "Florida Marco Rubio", "State Marco Rubio": what stood before is not part of the name.
            titles.extend(fold(part) for _, part in name)
            name = [(start, word)]
        else:
            name.append((start, word))
        if name and (_ends_name(word, is_title=is_title) or (len(name) > 1 and is_suffix(word))):
            yield from _person_name(name, titles)
            titles, name = [], []
    yield from _person_name(name, titles)


def _belongs_to_no_name(run: Sequence[tuple[int, str]], at: int, is_in_name: bool, begins_with_auxiliary: bool) -> bool:
    """Whether a word begins a sentence or a headline rather than a name; `Will` is a name where it does not ask."""
    key = fold_case(run[at][1])
    if key not in word_list("not_names") or (is_in_name and (key in _ALSO_SURNAMES or len(key) == 1)):
        return False
    asks = begins_with_auxiliary if at == 0 else fold_case(run[at - 1][1]) not in _BEFORE_SUBJECT
    return asks or key not in given_names() or at + 1 == len(run)


def _is_surname(run: Sequence[tuple[int, str]], at: int, name: Sequence[tuple[int, str]]) -> bool:
    """Whether a word that may be a title ends a name: `Larry King`, `Martin Luther King Jr.`."""
    is_last = at + 1 == len(run) or is_suffix(_bare(run[at + 1][1]))
    return is_last and bool(name) and fold(name[0][1]) in given_names()


def _is_initial(word: str) -> bool:
    return bool(_INITIALS.fullmatch(word))


def _ends_name(word: str, *, is_title: bool) -> bool:
    """Whether nothing after a word belongs to its name: it ends a sentence or is a possessive."""
    ends_sentence = word.endswith(".") and len(word) > 2 and not is_title and not _is_initial(word)
    return (ends_sentence and fold(word) not in SUFFIXES) or word.endswith(("’s", "'s"))


def _person_name(parts: list[tuple[int, str]], titles: list[str]) -> Iterator[PersonName]:
    """The name of these words, if they may be one; suffixes such as `Jr.` apart."""
    marked = [word for _, word in parts if word[0] in "“\"'‘("]
    parts = [part for part in parts if part[1] not in marked]
    if not parts:
        return
    begin, end, suffix = parts[0][0], 0, ""
    while len(parts) > 1 and is_suffix(_bare(parts[-1][1])):
        start, word = parts[-1]
        if fold(_bare(word)) not in DEGREES:
            suffix, end = _bare(word), max(end, start + len(_bare(word)))
        parts = parts[:-1]
    bare = tuple(_bare(word) for _, word in parts)
    if (
        bare
        and not is_suffix(bare[-1])
        and len(bare) <= MAX_NAME_WORDS
        and len(bare[-1].rstrip(".")) > 1
        and not _is_initial(bare[-1])
    ):
        end = end or parts[-1][0] + len(bare[-1])
        nickname = marked[0][1:-1] if marked else ""
        yield PersonName((begin, end), bare, tuple(titles), suffix, nickname)


def _bare(word: str) -> str:
    """A word of a name without a possessive ending and the full stop of a sentence, but with that of `Jr.`."""
    word = re.sub(r"[’']s?$", "", word)
    return word if fold(word) in SUFFIXES else re.sub(r"(?<=\w\w)\.$", "", word)
