"""The installed command: results on stdout, everything else on stderr, an exit code for each outcome."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli.command_line import main
from bot.cli.command_table import COMMANDS, KEY_COMMANDS
from bot.cli.commands.questions.question_file import read_questions
from retrieval.errors import UsageError
from tests.support.command_line import Completed, Onrecord, run_inside, run_process
from tests.support.newsroom import BRANDT, TOLL, write_articles

RUBIO = "What did Rubio say about concessions?"
BRIDGE = "What did Brandt say about the toll?"
OPERA = "Who designed the Sydney Opera House?"
ANSWER = set(
    "question standalone_question status text citations conversation_id answered_by newest_source indexed_at dropped "
    "timings_ms highlights".split()
)
CITATION = set(
    (
        "number article url deep_link title outlet authors published updated quote start end speaker copies corrected "
        "highlights"
    ).split(),
)
Run = Callable[..., Completed]


@dataclass(frozen=True)
class Desk:
    """An index made by a first question and an `add`, and what both said."""

    data: Path
    first: Completed
    added: Completed


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The first question is asked by a process, the articles are added inside this one."""
    folder = tmp_path_factory.mktemp("desk")
    lines = write_articles(folder / "news.jsonl")
    first = run_process(folder, "ask", RUBIO)
    return Desk(folder / "data", first, run_inside(folder, "add", str(lines), "gone.txt", "--json"))


@pytest.fixture
def run(onrecord: Onrecord, desk: Desk) -> Run:
    """Runs the command over the shared index; a traceback fails every test."""

    def checked(*arguments: str, **settings: str) -> Completed:
        done = onrecord(*arguments, **{"ONRECORD_DATA": str(desk.data)} | settings)
        assert "Traceback" not in done.stderr
        return done

    return checked


def only_line(text: str) -> Any:
    (line,) = text.splitlines()
    return json.loads(line)


def rows(path: Path, *lines: object) -> str:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return str(path)


def test_the_sample_is_answered_in_an_empty_folder(desk: Desk) -> None:
    out = desk.first.stdout
    assert desk.first.returncode == 0
    assert out.startswith(
        "Marco Rubio, Secretary of State, 11 March 2025: “You’re not going to get a ceasefire and an end to this war"
    )
    assert ",” Rubio said. “The Russians can’t conquer all of Ukraine" in out
    assert "\n\n[1] The Harbour Courier, Kyiv takes a limited truce to the Jeddah talks, Hanna Lindqvist, 11" in out
    assert "/articles/ceasefire-proposal.md\n" in out and "#:~:text=" not in out
    assert out.endswith("\n\nNewest source 11 March 2025, index updated just now.\n")


def test_a_pipe_gets_no_escape_codes_and_no_progress(desk: Desk) -> None:
    assert "\x1b" not in desk.first.stdout + desk.first.stderr
    lines = desk.first.stderr.splitlines()
    assert [re.sub(r"\d+$", "N", line) for line in lines] == [
        "onrecord: Indexing words: N",
        "onrecord: Embedding passages: N",
    ]


def test_an_answer_as_json_keeps_the_contract(run: Run) -> None:
    done = run("ask", BRIDGE, "--json")
    answer = only_line(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert answer.keys() >= ANSWER
    assert (answer["question"], answer["status"], answer["answered_by"]) == (BRIDGE, "answered", "extract")
    assert answer["text"].startswith(f"Ilse Brandt, Mayor, 2 May 2025: {BRANDT} [1]")
    first = answer["citations"][0]
    assert first.keys() == CITATION
    assert (first["number"], first["article"], first["authors"]) == (1, "toll", ["Nia Roth"])
    assert first["quote"] == TOLL.text[first["start"] : first["end"]] == BRANDT


def test_no_answer_is_exit_code_3_with_the_nearest_articles(run: Run) -> None:
    done = run("ask", "How much did the bridge cost?")
    assert done.returncode == 3
    assert done.stdout.startswith("The articles do not answer this.\n\nNearest articles:\n[1] ")
    assert "Newest source" not in done.stdout


def test_a_turn_that_is_no_question_is_no_failure(run: Run) -> None:
    done = run("ask", "👋", "--json")
    answer = only_line(done.stdout)
    assert (done.returncode, answer["status"], answer["understood"]["kind"]) == (0, "no_question", "chat")
    assert (answer["citations"], answer["nearest"]) == ([], [])


def test_a_dash_reads_the_question_from_stdin(run: Run) -> None:
    done = run("ask", "-", "--json", stdin=f"{BRIDGE}\n")
    assert (done.returncode, only_line(done.stdout)["standalone_question"]) == (0, BRIDGE)


def test_a_file_of_questions_is_answered_a_line_each(run: Run, tmp_path: Path) -> None:
    file = rows(
        tmp_path / "asked.jsonl", {"id": "a", "question": BRIDGE}, {"question": OPERA}, {"id": 7, "question": "?"}
    )
    done = run("ask", "--from", file)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [(answer["id"], answer["status"]) for answer in answers] == [
        ("a", "answered"),
        (None, "no_answer"),
        (7, "no_question"),
    ]
    assert all(answer.keys() >= ANSWER for answer in answers)


def test_a_malformed_line_is_named_before_anything_is_asked(run: Run, tmp_path: Path) -> None:
    file = rows(tmp_path / "asked.jsonl", {"question": BRIDGE}, {"question": 5})
    done = run("ask", "--from", file)
    assert (done.returncode, len(done.stdout.splitlines())) == (2, 0)
    assert done.stderr == f"onrecord: {file}:2 has no `question`.\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no json\n", r":1 is not a line of JSON"),
        (b'{"question": "q"}\n\n[1]\n', r":3 has no `question`"),
        (b'{"question": " "}', r":1: The question is empty"),
        (b'{"ask": "q"}', r":1 has no `question`"),
        (b"\xff\xfe\x00", r"is not text in UTF-8"),
        (None, r"cannot be read: No such file or directory\."),
    ],
)
def test_a_malformed_file_of_questions_is_named_with_its_line(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    file = tmp_path / "asked.jsonl"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=rf"asked\.jsonl.*{reason}|asked\.jsonl{reason}"):
        read_questions(file)


def test_quiet_means_nothing_but_the_answer(run: Run) -> None:
    done = run("ask", BRIDGE, "--quiet", ONRECORD_EMBEDDING_MODEL="/missing.onnx")
    assert (done.returncode, done.stderr) == (0, "")
    assert BRANDT in done.stdout and "words alone" not in done.stdout


def test_without_an_embedding_model_words_alone_answer_and_say_so(run: Run) -> None:
    done = run("ask", BRIDGE, ONRECORD_EMBEDDING_MODEL="/missing.onnx")
    assert (done.returncode, done.stderr) == (0, "")
    assert BRANDT in done.stdout
    assert "Searched by words alone. The embedding model /missing.onnx cannot be read" in done.stdout


def test_a_file_that_is_no_embedding_model_is_treated_like_a_missing_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.onnx").write_text("Dear reader")
    done = run("ask", BRIDGE, ONRECORD_EMBEDDING_MODEL=str(tmp_path / "letter.onnx"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Searched by words alone." in done.stdout and "letter.onnx" in done.stdout


def test_an_index_cannot_be_embedded_anew_without_a_model(run: Run, desk: Desk, tmp_path: Path) -> None:
    shutil.copytree(desk.data, tmp_path / "copy")
    settings = {"ONRECORD_DATA": str(tmp_path / "copy"), "ONRECORD_EMBEDDING_MODEL": "/missing.onnx"}
    done = run("reindex", "--quiet", **settings)
    assert done.returncode == 4
    assert "/missing.onnx" in done.stderr


def test_articles_outside_the_limits_do_not_answer(run: Run) -> None:
    limits = ["--since", "2025-04-01", "--until", "2025-05-01", "--outlet", "tide", "--author", "holm"]
    done = run("ask", BRIDGE, *limits, ONRECORD_EMBEDDING_MODEL="/missing.onnx")
    assert done.returncode == 3
    assert BRANDT not in done.stdout


def test_a_source_that_cannot_be_read_is_exit_code_5_and_the_others_are_added(desk: Desk) -> None:
    assert desk.added.returncode == 5
    assert only_line(desk.added.stdout) == {
        "added": 2,
        "changed": 0,
        "unchanged": 0,
        "failed": 1,
        "failures": [{"source": "gone.txt", "reason": "there is no such file or folder"}],
        "warnings": [],
        "languages": {"en": 8},
    }
    assert "onrecord: gone.txt: there is no such file or folder" in desk.added.stderr


def test_adding_again_changes_nothing(run: Run, tmp_path: Path) -> None:
    done = run("add", str(write_articles(tmp_path / "again.jsonl")))
    assert (done.returncode, done.stdout, done.stderr) == (0, "2 unchanged\n", "")


def test_search_shows_passages_best_first(run: Run) -> None:
    done = run("search", "lorries crowns crossing", "-k", "2")
    assert done.returncode == 0
    assert "Lorries will pay 14 crowns a crossing" in done.stdout.split("\n2. ")[0]


def test_search_as_json_gives_a_hit_a_line(run: Run) -> None:
    done = run("search", "lorries crowns crossing", "-k", "2", "--json")
    hits = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, hits[0]["article"]) == (0, "toll")
    assert len(hits) <= 2


def test_search_for_a_file_of_questions_keeps_the_contract(run: Run, tmp_path: Path) -> None:
    file = rows(tmp_path / "asked.jsonl", {"id": "a", "question": BRIDGE}, {"id": "b", "question": "ferries"})
    done = run("search", "--from", file, "-k", "1")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, [row["id"] for row in found]) == (0, ["a", "b"])
    hit = found[0]["hits"][0]
    assert hit.keys() >= {"article", "url", "title", "start", "end", "text", "score"}
    assert (hit["article"], hit["url"]) == ("toll", TOLL.url)
    assert hit["text"] == TOLL.text[hit["start"] : hit["end"]]


def test_a_file_without_questions_gives_nothing(run: Run, tmp_path: Path) -> None:
    done = run("search", "--from", rows(tmp_path / "none.jsonl"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_articles_are_listed_newest_first(run: Run) -> None:
    lines = run("articles").stdout.splitlines()
    assert lines[0] == "toll  2 May 2025  Quay Gazette  Council votes for the bridge toll"
    assert lines[1].startswith("ferry  20 April 2025") and len(lines) == 8
    facts = json.loads(run("articles", "--json").stdout.splitlines()[0])
    assert facts["id"] == "toll"
    assert "text" not in facts


def test_an_article_is_shown_with_its_stored_text(run: Run) -> None:
    assert only_line(run("show", "toll", "--json").stdout)["text"] == TOLL.text
    assert run("show", "toll").stdout == (
        f"{TOLL.title}\nNia Roth\nQuay Gazette\n2 May 2025\n{TOLL.url}\n\n{TOLL.text}\n"
    )


def test_a_removed_article_is_found_no_more(run: Run, desk: Desk, tmp_path: Path) -> None:
    shutil.copytree(desk.data, tmp_path / "copy")
    here = {"ONRECORD_DATA": str(tmp_path / "copy")}
    done = run("remove", "toll", "--quiet", **here)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert run("show", "toll", **here).returncode == 2
    assert run("ask", BRIDGE, **here, ONRECORD_EMBEDDING_MODEL="/missing.onnx").returncode == 3


def test_status_says_what_the_index_holds(run: Run, desk: Desk) -> None:
    facts = only_line(run("status", "--json").stdout)
    assert (facts["data"], facts["articles"], facts["writer"]) == (str(desk.data), 8, "")
    assert facts["passages"] == facts["words"] == facts["vectors"] > 8
    assert f"8 articles, {facts['passages']} passages in {desk.data}" in run("status").stdout


def test_the_data_option_wins_over_the_setting(run: Run, desk: Desk, tmp_path: Path) -> None:
    done = run("--data", str(desk.data), "status", "--json", ONRECORD_DATA=str(tmp_path / "other"))
    assert only_line(done.stdout)["articles"] == 8
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (["bogus"], {}, "No such command 'bogus'"),
        (["ask", BRIDGE, "-k", "0"], {}, "-k"),
        (["ask", BRIDGE, "--since", "soon"], {}, "since is 'soon', which is no date; write it as 2025-03-11."),
        (["ask", BRIDGE, "--until", "2025-13-45"], {}, "until is '2025-13-45'"),
        (["ask", "--from", "gone.jsonl"], {}, "gone.jsonl cannot be read"),
        (["search", ""], {}, "The query is empty"),
        (["show", "nothing"], {}, "There is no article nothing; 'onrecord articles' lists them."),
        (["remove", "nothing"], {}, "There is no article nothing"),
        (["--data", "/dev/null", "status"], {}, "/dev/null cannot be opened"),
        (["status"], {"ONRECORD_MAX_FILE_BYTES": "many"}, "ONRECORD_MAX_FILE_BYTES is 'many'"),
        (["ask", BRIDGE], {"ONRECORD_DATA": "new", "ONRECORD_ARTICLES": "/gone"}, "'onrecord add SOURCE' makes one"),
    ],
)
def test_a_mistake_is_named_and_is_exit_code_2(
    run: Run, arguments: list[str], settings: dict[str, str], said: str
) -> None:
    done = run(*arguments, **settings)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_an_empty_question_makes_no_index(onrecord: Onrecord, tmp_path: Path) -> None:
    done = onrecord("ask", " ")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("onrecord: The question is empty")
    assert done.stderr.count("\n") == 1


def test_a_damaged_catalog_is_named(onrecord: Onrecord, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "catalog.db").write_text("This is a letter, not a database. " * 50)
    done = onrecord("status")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (6, "", 1)
    assert "cannot be opened" in done.stderr and "restore it from a backup" in done.stderr


def test_settings_that_are_not_text_are_named(onrecord: Onrecord, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"ONRECORD_ARTICLES=caf\xe9\n")
    done = onrecord("status")
    assert (done.returncode, done.stdout) == (2, "")
    assert ".env" in done.stderr


def test_a_question_that_is_not_text_is_refused(run: Run) -> None:
    done = run("ask", "-", stdin=b"caf\xe9?".decode("utf-8", "surrogateescape"))
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("name", ["", *COMMANDS, *(f"keys {name}" for name in KEY_COMMANDS)])
def test_help_answers_for_every_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*name.split(), "--help"])
    assert ended.value.code == 0
    assert f"Usage: onrecord {name}".strip() in capsys.readouterr().out


@pytest.mark.process
def test_help_comes_at_once_from_the_installed_command(onrecord_process: Onrecord, tmp_path: Path) -> None:
    done = onrecord_process("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "ask" in done.stdout and not (tmp_path / "data").exists()
