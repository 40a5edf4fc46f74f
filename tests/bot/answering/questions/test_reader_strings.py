"""Strings in the reader's language, from files that a publisher may replace."""

import tomllib
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest

from bot.answering.questions.reader_strings import LANGUAGES, MAX_LINE_LENGTH, Strings
from retrieval.errors import UsageError
from retrieval.models.turn_kinds import TALK_KINDS

FOLDER = files("bot.answering.questions") / "strings"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_line_and_phrase_with_the_same_places(language: str) -> None:
    english, own = (tomllib.loads((FOLDER / f"{one}.toml").read_text("utf-8")) for one in ("en", language))
    assert set(own["lines"]) == set(TALK_KINDS)
    assert {key: places(text) for key, text in own["phrases"].items()} == {
        key: places(text) for key, text in english["phrases"].items()
    }


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_readers_of_other_languages_are_answered_in_english() -> None:
    assert Strings().of("pt") == Strings().of("en")


def test_a_publisher_replaces_single_lines_and_phrases(tmp_path: Path) -> None:
    own = 'examples = ["thanks"]\n[lines]\ngreeting = "Ahoy!"\n[phrases]\nunmentioned = "Nothing on {names}."\n'
    (tmp_path / "en.toml").write_text(own, "utf-8")
    (tmp_path / "de.toml").write_text('[phrases]\nno_answer = "Dazu steht hier nichts."\n', "utf-8")
    strings = Strings(tmp_path)
    phrases, packaged = strings.of("en"), Strings().of("en")
    assert (phrases.line("greeting"), phrases.line("thanks")) == ("Ahoy!", packaged.line("thanks"))
    assert phrases.takes_examples("thanks") and not phrases.takes_examples("greeting")
    assert phrases.say("unmentioned", names="Vance") == "Nothing on Vance."
    assert strings.of("de").say("no_answer") == "Dazu steht hier nichts."


def test_a_folder_without_the_language_changes_nothing(tmp_path: Path) -> None:
    assert Strings(tmp_path).of("en") == Strings().of("en")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("lines = ", "cannot be read"),
        ('[lines]\nhello = "Ahoy!"', "'hello'"),
        ('greeting = "Ahoy!"', "'greeting'"),
        ("[lines]\ngreeting = 5", "a text"),
        ('[lines]\ngreeting = " "', "a text"),
        (f'[lines]\ngreeting = "{"x" * (MAX_LINE_LENGTH + 1)}"', f"{MAX_LINE_LENGTH}"),
        ('examples = ["question"]', "'question'"),
        ('lines = "Ahoy!"', "table"),
        ('[phrases]\nno_reply = "Nothing."', "'no_reply'"),
        ('[phrases]\nno_answer = "Nothing on {topic}."', "'no_answer'"),
        ('[phrases]\nno_answer = "Nothing }."', "'no_answer'"),
    ],
)
def test_a_file_that_is_wrong_is_named(content: str, named: str, tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text(content, "utf-8")
    with pytest.raises(UsageError, match=named):
        Strings(tmp_path)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ONRECORD_STRINGS"):
        Strings(tmp_path / "missing")
