"""`onrecord quotes` and /quotes in the chat: who is on record, and with what words."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.cli.output.quote_text import format_quotes, format_speakers
from bot.cli.output.terminal_style import TerminalStyle
from bot.service.quote_listing import misspelling_message, no_quotes_message
from retrieval.documents import Quote, QuoteHit
from retrieval.quotes.speaker_index.lookup import SpeakerMatch
from retrieval.quotes.speaker_index.merging import Speaker
from tests.support.command_line import Completed, Onrecord
from tests.support.newsroom import TOLL

QUOTE = set(
    "speaker role kind modality words named cue article url deep_link title outlet published start end spans "
    "score".split()
)
ROAD = "“A toll is a tax on people who have no other road,”"
FACTS = "2 May 2025, Quay Gazette, Council votes for the bridge toll"
Run = Callable[..., Completed]


@pytest.fixture
def run(onrecord: Onrecord, newsroom_folder: Path, tmp_path: Path) -> Run:
    """Runs the command over an index of the test's own; a traceback fails every test."""
    shutil.copytree(newsroom_folder, tmp_path / "data")

    def checked(*arguments: str, **settings: str) -> Completed:
        done = onrecord(*arguments, **settings)
        assert "Traceback" not in done.stderr and "\x1b" not in done.stdout
        return done

    return checked


def rows(done: Completed) -> list[Any]:
    assert done.returncode == 0
    return [json.loads(line) for line in done.stdout.splitlines()]


def one_sentence(done: Completed) -> str:
    """What a run without a result says."""
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("onrecord: ") and done.stderr.endswith(".\n") and done.stderr.count("\n") == 1
    return done.stderr.removeprefix("onrecord: ").rstrip()


def chat(run: Run, *lines: str) -> str:
    """What a chat that reads these lines from a pipe says; nothing may go wrong."""
    done = run("chat", stdin="".join(f"{line}\n" for line in lines))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def voice(name: str, quotes: int = 1, newest: str = "") -> Speaker:
    return Speaker(name, (name,), True, quotes, newest)


def test_without_a_name_everybody_on_record_is_listed(run: Run) -> None:
    done = run("quotes")
    assert (done.returncode, done.stderr) == (0, "")
    names = [line.split(maxsplit=1)[1] for line in done.stdout.splitlines()]
    assert "Ilse Brandt, newest 2 May 2025" in names and "Tomas Velde, newest 20 April 2025" in names
    counts = [int(line.split()[0]) for line in done.stdout.splitlines()]
    assert counts == sorted(counts, reverse=True) and min(counts) > 0


def test_everybody_on_record_as_json(run: Run) -> None:
    found = {row["name"]: row for row in rows(run("quotes", "--json"))}
    assert {"Ilse Brandt", "Daniel Okoro", "Tomas Velde", "Rosa Lind"} <= set(found)
    assert found["Tomas Velde"].keys() == {"name", "names", "is_person", "quotes", "newest"}
    assert (found["Tomas Velde"]["is_person"], found["Tomas Velde"]["newest"]) == (True, "2025-04-20")


@pytest.mark.parametrize("name", ["Brandt", "Mayor Ilse Brandt"])
def test_a_speakers_words_stand_below_their_article(run: Run, name: str) -> None:
    done = run("quotes", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{FACTS}\nIlse Brandt, Mayor: ")
    assert "Ilse Brandt, Mayor: “The toll will pay for the ferries" in done.stdout
    assert "Okoro" not in done.stdout and "Velde" not in done.stdout


def test_a_quote_as_json_tells_where_it_stands(run: Run) -> None:
    (row,) = rows(run("quotes", "Okoro", "--about", "a tax", "--json"))
    assert row.keys() == QUOTE
    assert (row["speaker"], row["role"], row["kind"], row["words"]) == (
        "Daniel Okoro",
        "Transport minister",
        "direct",
        ROAD,
    )
    assert (row["article"], row["named"], row["published"]) == ("toll", "Okoro", "2025-05-02")
    assert TOLL.text[row["start"] : row["end"]] == ROAD == TOLL.text[slice(*row["spans"][0])]
    assert row["cue"] and row["cue"] in TOLL.text
    assert row["deep_link"].startswith("https://example.org/toll#:~:text=%E2%80%9CA%20toll") and row["score"] > 0.5


def test_words_on_a_topic_may_be_anybodys(run: Run) -> None:
    found = {row["speaker"] for row in rows(run("quotes", "--about", "the toll", "--json"))}
    assert {"Ilse Brandt", "Daniel Okoro"} <= found and "Rosa Lind" not in found


def test_words_of_one_speaker_on_a_topic_are_only_theirs(run: Run) -> None:
    done = run("quotes", "Velde", "--about", "ferries")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Tomas Velde" in done.stdout and "“Brandt has forgotten the ferries" in done.stdout
    assert "Ilse Brandt" not in done.stdout


@pytest.mark.parametrize(
    "limits",
    [
        ["--since", "2025-05-01"],
        ["--until", "2025-05-02", "--since", "2025-05-02"],
        ["--outlet", "quay"],
        ["--author", "roth"],
    ],
)
def test_filters_keep_the_articles_that_pass(run: Run, limits: list[str]) -> None:
    assert {row["article"] for row in rows(run("quotes", "Brandt", "--json", *limits))} == {"toll"}
    assert "Tomas Velde" not in {row["name"] for row in rows(run("quotes", "--json", *limits))}


@pytest.mark.parametrize("limits", [["--since", "2026-01-01"], ["--until", "2024-12"], ["--outlet", "nowhere"]])
def test_nothing_within_the_filters_is_one_sentence_and_exit_code_3(run: Run, limits: list[str]) -> None:
    assert one_sentence(run("quotes", "Brandt", *limits)) == "Ilse Brandt is not quoted in these articles."
    assert one_sentence(run("quotes", *limits)).startswith("Nobody is on record")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Zebulon"], "Nobody called Zebulon is quoted; 'onrecord quotes' lists who is."),
        (["Zebulon", "--about", "the toll"], "Nobody called Zebulon is quoted; 'onrecord quotes' lists who is."),
        (["Brandt", "--about", "zeppelins"], "Ilse Brandt is not quoted on zeppelins."),
        (["--about", "zeppelins"], "Nobody is quoted on zeppelins."),
        (["Zebulon", "--json"], "Nobody called Zebulon is quoted; 'onrecord quotes' lists who is."),
        (
            ["100% \"'; DROP TABLE quotes"],
            "Nobody called 100% \"'; DROP TABLE quotes is quoted; 'onrecord quotes' lists",
        ),
    ],
)
def test_nothing_found_is_one_sentence_and_exit_code_3(run: Run, arguments: list[str], said: str) -> None:
    assert one_sentence(run("quotes", *arguments)).startswith(said)


def test_a_misspelt_name_is_guessed_and_warned_about(run: Run) -> None:
    done = run("quotes", "Brant", "--about", "toll")
    assert done.returncode == 0 and "Ilse Brandt, Mayor: “The toll will pay" in done.stdout
    assert done.stderr == "onrecord: Nobody called Brant is quoted; taken to mean Ilse Brandt.\n"
    assert run("quotes", "Brant", "--about", "toll", "--quiet").stderr == ""


def test_more_than_asked_for_are_counted(run: Run) -> None:
    every = len(rows(run("quotes", "--about", "toll", "--json")))
    done = run("quotes", "--about", "toll", "-k", "1")
    assert done.stdout.endswith(f"\n\n{every - 1} more; -k {every} shows all.\n")
    assert len(rows(run("quotes", "--about", "toll", "-k", "1", "--json"))) == 1
    assert "more;" not in run("quotes", "--about", "toll", "-k", str(every)).stdout


@pytest.mark.parametrize("arguments", [["--since", "soon"], ["-k", "0"]])
def test_a_mistake_is_named_and_is_exit_code_2(run: Run, arguments: list[str]) -> None:
    done = run("quotes", *arguments)
    assert (done.returncode, done.stdout) == (2, "") and done.stderr


def test_articles_in_which_nobody_speaks_have_nobody_on_record(onrecord: Onrecord, tmp_path: Path) -> None:
    (tmp_path / "pier.txt").write_text("The pier\n\nThe pier is 300 metres long. It was built of oak in 1961.\n")
    assert onrecord("add", "-q", "pier.txt").returncode == 0
    assert one_sentence(onrecord("quotes")).startswith("Nobody is on record")
    assert one_sentence(onrecord("quotes", "Brandt")).startswith("Nobody called Brandt is quoted")
    assert one_sentence(onrecord("quotes", "--about", "pier")) == "Nobody is quoted on pier."


def test_no_index_and_nothing_to_make_one_from_is_named(onrecord: Onrecord) -> None:
    done = onrecord("quotes", ONRECORD_ARTICLES="/gone")
    assert (done.returncode, done.stdout) == (2, "") and "'onrecord add SOURCE' makes one" in done.stderr


def test_withdrawn_articles_take_their_words_along(run: Run) -> None:
    assert run("remove", "-q", "toll").returncode == 0
    assert one_sentence(run("quotes", "Brandt")).startswith("Nobody called Brandt")
    assert rows(run("quotes", "Velde", "--json"))


def test_reading_the_articles_again_changes_nothing(run: Run) -> None:
    before = run("quotes", "--about", "toll", "--json").stdout
    assert run("reindex", "-q").returncode == 0
    assert run("quotes", "--about", "toll", "--json").stdout == before


def test_the_chat_lists_who_is_on_record(run: Run) -> None:
    said = chat(run, "/quotes")
    assert "Ilse Brandt, newest 2 May 2025" in said and "Tomas Velde, newest 20 April 2025" in said


def test_the_chat_shows_somebodys_words(run: Run) -> None:
    said = chat(run, "/quotes Okoro")
    assert said.startswith(f"{FACTS}\nDaniel Okoro, Transport minister: ") and ROAD in said and "Brandt" not in said


@pytest.mark.parametrize("typed", ["/quotes about a tax", "/quotes  okoro  about  tax "])
def test_the_chat_shows_words_about_something(run: Run, typed: str) -> None:
    assert chat(run, typed) == f"{FACTS}\nDaniel Okoro, Transport minister: {ROAD}\n"


def test_the_chat_says_when_there_is_nothing_or_a_name_was_guessed(run: Run) -> None:
    said = chat(run, "/quotes Zebulon", "/quotes Brandt about zeppelins", "/quotes Okorro about tax").splitlines()
    assert said[0].startswith("Nobody called Zebulon is quoted")
    assert said[1] == "Ilse Brandt is not quoted on zeppelins."
    assert said[2:5] == ["Nobody called Okorro is quoted; taken to mean Daniel Okoro.", "", FACTS]


def test_the_chat_keeps_to_its_filters(run: Run) -> None:
    said = chat(run, "/outlet tide", "/quotes", "/quotes Brandt")
    assert "Tomas Velde" in said and "Okoro" not in said
    assert said.endswith("Ilse Brandt is not quoted in these articles.\n")


def test_the_chat_names_no_option_that_it_has_not(tmp_path: Path, onrecord: Onrecord) -> None:
    lines = [f"“We will not sell pier {at},” Mayor Ana Pell said on Monday." for at in range(30)]
    (tmp_path / "piers.txt").write_text("The piers\n\n" + "\n\n".join(lines))
    assert onrecord("add", "-q", "piers.txt").returncode == 0
    said = onrecord("chat", stdin="/quotes Pell\n").stdout
    assert "more" in said and "-k" not in said


def test_about_nothing_in_particular_is_no_search(run: Run) -> None:
    done = run("chat", stdin="/quotes about\n")
    assert "Say whose words" in done.stderr and "Nobody is quoted" not in done.stdout


def test_quotes_of_one_article_stand_below_one_line_of_facts() -> None:
    hits = [
        QuoteHit(Quote(name, role, True, "direct", "“No.”", ((0, 5),)), key, "The \x1b[31mpier", "", "Tide", "")
        for key, name, role in (("a", "Ana Pell", "mayor"), ("a", "", ""), ("b", "Tom Obi", ""))
    ]
    text = format_quotes(hits, 9, TerminalStyle())
    assert "\x1b" not in text
    assert [line for line in text.splitlines() if "Tide" not in line] == [
        "Ana Pell, mayor: “No.”",
        "somebody unnamed: “No.”",
        "",
        "Tom Obi: “No.”",
    ]
    assert text.count("Tide") == 2


def test_words_that_were_not_said_stand_after_a_label() -> None:
    denied = Quote("Ana Pell", "mayor", True, "indirect", "the pier is sold", ((0, 16),), modality="denied")
    assert format_quotes([QuoteHit(denied, "a", "", "", "Tide", "")], 9, TerminalStyle()).splitlines() == [
        "Tide",
        "Denied: Ana Pell, mayor: the pier is sold",
    ]


def test_voices_are_a_line_each() -> None:
    assert format_speakers([voice("Ana Pell", 12, "2026-03-01"), voice("Tom Obi")]) == (
        "   12  Ana Pell, newest 1 March 2026\n    1  Tom Obi"
    )


def test_what_was_not_found_is_said_in_one_sentence() -> None:
    one, two = SpeakerMatch((voice("Ana Pell"),)), SpeakerMatch((voice("Ana Pell"), voice("Tom Pell")))
    assert no_quotes_message("Pell", "tolls", one) == "Ana Pell is not quoted on tolls."
    assert no_quotes_message("", "tolls", SpeakerMatch(())) == "Nobody is quoted on tolls."
    assert misspelling_message("Pell", one) == "" and misspelling_message("Pel", SpeakerMatch((), misspelt=True)) == ""
    assert "Ana Pell" in no_quotes_message("Pell", "", two) and "Tom Pell" in no_quotes_message("Pell", "", two)


def test_two_people_are_not_quoted() -> None:
    two = SpeakerMatch((voice("Ana Pell"), voice("Tom Pell")))
    assert no_quotes_message("Pell", "tolls", two) == "Ana Pell and Tom Pell are not quoted on tolls."
