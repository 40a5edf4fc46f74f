"""A publisher's own questions, measured."""

import json
from pathlib import Path

import pytest

from tests.conftest import Onrecord
from tests.newsroom import write_articles

QUESTIONS = (
    {"question": "What did Brandt say about the toll?", "article": "toll", "answer": "nine years"},
    {"question": "How much will lorries pay for a crossing?", "article": ["https://example.org/toll"]},
    {"question": "How many passengers did the island ferries carry last year?", "answer": "a million"},
    {"question": "Who designed the Sydney Opera House?", "article": "opera"},
)


@pytest.fixture
def asked(onrecord: Onrecord, tmp_path: Path) -> str:
    """The articles indexed, and a file of questions on them."""
    assert onrecord("add", str(write_articles(tmp_path / "news.jsonl"))).returncode == 0
    file = tmp_path / "questions.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in QUESTIONS), "utf-8")
    return str(file)


def test_questions_found_and_answered_are_counted_and_the_wrong_ones_listed(onrecord: Onrecord, asked: str) -> None:
    done = onrecord("eval", asked, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    figures = json.loads(done.stdout)
    assert figures["questions"] == 4
    assert (figures["hit@1"], figures["hit@10"], figures["MRR@10"]) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert (figures["answered"], figures["answered rightly"]) == (0.75, 0.5)
    table = onrecord("eval", asked).stdout
    assert [line.split()[-1] for line in table.splitlines() if line.startswith("answered rightly")] == ["0.500"]
    assert table.splitlines()[-2:] == [
        f"answered   rank -  {QUESTIONS[2]['question']}",
        f"no_answer  rank -  {QUESTIONS[3]['question']}",
    ]


def test_a_file_without_questions_measures_nothing(onrecord: Onrecord, tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text("\n")
    (tmp_path / "empty").mkdir()
    done = onrecord("eval", "none.jsonl", "--json", ONRECORD_ARTICLES="empty")
    assert done.returncode == 0
    assert set(json.loads(done.stdout).values()) == {0}
