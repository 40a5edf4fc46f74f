"""OnRecord's own words in the reader's language: a TOML file a language, whose lines a publisher may replace."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Any, get_args

from retrieval.errors import UsageError
from retrieval.models.turn_kinds import TalkKind
from retrieval.text.language import ENGLISH

LANGUAGES = ("en", "uk", "de", "es", "fr")  # those with a file; readers of others are answered in English
MAX_LINE_LENGTH = 500  # characters


@dataclass(frozen=True, slots=True)
class Phrases:
    """The strings of one language; `language` is the one that dates and names of languages are written in."""

    language: str
    _lines: Mapping[str, str]
    _phrases: Mapping[str, str]
    _with_examples: frozenset[str]

    def line(self, kind: TalkKind) -> str:
        """What to say to a turn of a kind."""
        return self._lines[kind]

    def takes_examples(self, kind: TalkKind) -> bool:
        """Whether the line is followed by example questions."""
        return kind in self._with_examples

    def say(self, key: str, **values: object) -> str:
        """The phrase of a key with its places filled in."""
        return self._phrases[key].format(**values)


class Strings:
    """The strings of a folder, those that it does not have from the package. Raises UsageError."""

    def __init__(self, folder: Path | None = None) -> None:
        if folder and not folder.is_dir():
            raise UsageError(f"ONRECORD_STRINGS is {folder}, which is no folder; it holds copies of the strings.")
        self._languages = {language: _phrases(language, folder) for language in LANGUAGES}

    def of(self, language: str) -> Phrases:
        """The strings in a language, in English where there are none."""
        return self._languages.get(language, self._languages[ENGLISH])


@cache
def packaged_strings() -> Strings:
    """The strings of the package, for what no publisher replaces: buttons and labels."""
    return Strings()


def english_phrases() -> Phrases:
    """The package's strings in English."""
    return packaged_strings().of(ENGLISH)


def _phrases(language: str, folder: Path | None) -> Phrases:
    packaged = _packaged(language)
    own = _read(folder / f"{language}.toml", packaged["phrases"]) if folder else {}
    return Phrases(
        language,
        {**packaged["lines"], **own.get("lines", {})},
        {**packaged["phrases"], **own.get("phrases", {})},
        frozenset(own.get("examples", packaged["examples"])),
    )


@cache
def _packaged(language: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "strings" / f"{language}.toml").read_text("utf-8"))


def _read(path: Path, packaged: Mapping[str, str]) -> dict[str, Any]:
    """A publisher's own strings, empty where the folder has no file for the language."""
    if not path.exists():
        return {}
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise UsageError(f"The strings {path} cannot be read: {exc}.") from exc
    kinds = get_args(TalkKind)
    lines, phrases, examples = values.get("lines", {}), values.get("phrases", {}), values.get("examples", [])
    if not isinstance(lines, dict) or not isinstance(phrases, dict) or not isinstance(examples, list):
        raise UsageError(f"The strings {path} need tables [lines] and [phrases] and a list `examples`.")
    odd = [key for key in values if key not in ("lines", "phrases", "examples")]
    if odd := [*odd, *(key for key in (*lines, *map(str, examples)) if key not in kinds)]:
        raise UsageError(f"The strings {path} have {odd[0]!r}; known kinds are {', '.join(kinds)}.")
    if odd := [key for key in phrases if key not in packaged]:
        raise UsageError(f"The strings {path} have {odd[0]!r}; known phrases are {', '.join(packaged)}.")
    _check_texts(path, lines, phrases)
    if odd := [key for key, text in phrases.items() if not _places(text) <= _places(packaged[key])]:
        raise UsageError(f"The strings {path} fill in other places in {odd[0]!r} than: {packaged[odd[0]]}")
    return values


def _check_texts(path: Path, *tables: Mapping[str, Any]) -> None:
    for key, text in (item for table in tables for item in table.items()):
        if not isinstance(text, str) or not text.strip() or len(text) > MAX_LINE_LENGTH:
            raise UsageError(f"The strings {path} need a text of at most {MAX_LINE_LENGTH} characters for {key!r}.")


def _places(text: str) -> set[str]:
    """The names in braces in a phrase, and one that no phrase has where the braces do not match."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return {text}
