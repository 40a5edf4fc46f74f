"""Tell the month that a word names, in 71 languages; the names are those of Unicode CLDR, in `month_names.tsv`."""

import unicodedata
from functools import cache
from pathlib import Path

_NAMES_FILE = Path(__file__).with_name("month_names.tsv")
_SAME_NAMES = {"nb": "no", "nn": "no"}  # languages whose months are listed under another
_NO_MONTH = 0

MonthNames = dict[str, int]


def month_number(word: str, language: str = "") -> int:
    """The number of the month that a word names in a language (`pl`, `pl-PL`), else in English, else in any language.

    0 if it names none, or different months in different languages, as `listopada` does in Polish and in Croatian.
    """
    name = unicodedata.normalize("NFC", word).casefold().strip(".")
    code = language.lower().replace("_", "-").partition("-")[0]
    names = _names_by_language()
    for known in (names.get(_SAME_NAMES.get(code, code), {}), names["en"], _names_of_all()):
        if number := known.get(name, _NO_MONTH):
            return number
    return _NO_MONTH


@cache
def _names_by_language() -> dict[str, MonthNames]:
    lines = (line for line in _NAMES_FILE.read_text("utf-8").splitlines() if not line.startswith("#"))
    rows = (line.split("\t") for line in lines)
    return {row[0]: {name: number for number in range(1, 13) for name in _spellings(row[number])} for row in rows}


@cache
def _names_of_all() -> MonthNames:
    """The names that mean one month in whatever language has them."""
    numbers = dict[str, set[int]]()
    for names in _names_by_language().values():
        for name, number in names.items():
            numbers.setdefault(name, set()).add(number)
    return {name: found.pop() for name, found in numbers.items() if len(found) == 1}


def _spellings(listed: str) -> list[str]:
    """The names of one month, also without the accents that old publishing systems leave out."""
    names = listed.split("|")
    return [*names, *(plain for name in names if (plain := _without_accents(name)).isascii())]


def _without_accents(name: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", name) if not unicodedata.combining(letter))
