"""A publisher's own questions, measured."""

import json
import re
import shutil
from pathlib import Path

import pytest

from bot.cli.command_line import main
from tests.support.command_line import Onrecord

QUESTIONS = (
    {"question": "What did Brandt say about the toll?", "article": "toll", "answer": "nine years"},
    {"question": "How much will lorries pay for a crossing?", "article": ["https://example.org/toll"]},
    {"question": "How many passengers did the island ferries carry last year?", "answer": "a million"},
    {"question": "Who designed the Sydney Opera House?", "article": "opera"},
)


BAD = ("no JSON", '{"article": "toll"}', '{"question": "Who?", "article": 1.5}', '{"question": "\\ud800"}')


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, newsroom_folder: Path) -> str:
    """A folder with the articles indexed."""
    return str(shutil.copytree(newsroom_folder, tmp_path_factory.mktemp("evaluated") / "data"))


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    file = tmp_path / "questions.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in QUESTIONS), "utf-8")
    return file


def test_questions_found_and_answered_are_counted(onrecord: Onrecord, data: str, questions: Path) -> None:
    done = onrecord("eval", str(questions), "--json", ONRECORD_DATA=data)
    assert (done.returncode, done.stderr) == (0, "")
    figures = json.loads(done.stdout)
    assert figures["questions"] == 4
    assert (figures["hit@1"], figures["hit@10"], figures["MRR@10"]) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert (figures["answered"], figures["answered rightly"], figures["declined"]) == (0.75, 0.5, 0.25)
    assert 0 < figures["p50 ms"] <= figures["p95 ms"]


def test_failed_questions_are_listed_and_bad_lines_named_and_left_out(
    onrecord: Onrecord, data: str, questions: Path, tmp_path: Path
) -> None:
    questions.write_text(questions.read_text("utf-8") + "\n".join(["", *BAD]), "utf-8")
    done = onrecord("eval", str(questions), "--html", "report.html", ONRECORD_DATA=data)
    assert done.returncode == 2
    named = [line.split()[1].rstrip(":") for line in done.stderr.splitlines() if "questions.jsonl" in line]
    assert named == [f"questions.jsonl:{number}" for number in (6, 7, 8, 9)]
    lines = done.stdout.splitlines()
    assert [line.split()[-1] for line in lines if line.startswith("answered rightly")] == ["0.500"]
    assert [line for line in lines if line.startswith("  ")] == [
        f"  line 4, rank -: {QUESTIONS[3]['question']}",
        f"  line 3, rank -: {QUESTIONS[2]['question']}",
    ]
    report = (tmp_path / "report.html").read_text("utf-8")
    assert "<h1>2 of 4 questions answered rightly</h1>" in report and "4 lines left out" in report


@pytest.mark.parametrize("report", ["questions.jsonl", ".", "nowhere/report.html"])
def test_a_report_that_cannot_be_written_is_refused_before_anything_is_asked(
    questions: Path, tmp_path: Path, report: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = questions.read_text("utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["eval", str(questions), "--html", str(tmp_path / report)])
    assert ended.value.code == 2 and re.search("holds the questions|cannot be written", capsys.readouterr().err)
    assert questions.read_text("utf-8") == before and [*tmp_path.iterdir()] == [questions]


def test_a_file_without_questions_measures_nothing(onrecord: Onrecord, tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text("\n")
    (tmp_path / "empty").mkdir()
    done = onrecord("eval", "none.jsonl", "--json", ONRECORD_ARTICLES="empty")
    assert done.returncode == 0
    assert set(json.loads(done.stdout).values()) == {0}
