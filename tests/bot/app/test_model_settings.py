"""The command line and the model that is set."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.support.command_line import Onrecord
from tests.support.endpoint_standin import Standin
from tests.support.model_answers import COST, cited
from tests.support.newsroom import LORRIES, write_articles

CHOICES = ([], ["--model", "extract"], ["--model", "other"])


@pytest.fixture(autouse=True)
def data(tmp_path: Path, newsroom_folder: Path) -> Path:
    """An index of each test's own."""
    return shutil.copytree(newsroom_folder, tmp_path / "data")


def tiny(server: Standin) -> dict[str, str]:
    """The settings that name a model at this endpoint."""
    return {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "sk-x", "OPENAI_MODEL": "tiny"}


def test_the_command_line_uses_the_model_that_is_set(onrecord: Onrecord) -> None:
    with Standin(cited("Lorries will pay 14 crowns a crossing. [#]", LORRIES)).serving() as server:
        done = onrecord("ask", "-q", COST, **tiny(server))
    assert done.stdout.startswith("Lorries will pay 14 crowns a crossing. [1]"), done.stderr
    assert os.environ.get("OPENAI_API_KEY") != "sk-x"


def test_a_model_that_is_set_wrongly_is_named_when_it_is_needed_and_not_before(
    onrecord: Onrecord, tmp_path: Path
) -> None:
    write_articles(tmp_path / "news.jsonl")
    lines = (["add", "-q", "news.jsonl"], ["quotes", "-q", "Brandt"], ["ask", "-q", COST])
    added, quoted, asked = (onrecord(*line, OPENAI_MODEL="tiny") for line in lines)
    assert (added.returncode, quoted.returncode, asked.returncode) == (0, 0, 2), asked.stderr
    assert "OPENAI_API_KEY" in asked.stderr and "Traceback" not in asked.stderr


def test_one_may_choose_who_writes_and_see_what_it_cost(onrecord: Onrecord) -> None:
    def run(*arguments: str) -> str:
        done = onrecord(*arguments, **tiny(server))
        assert done.returncode == 0, done.stderr
        return done.stdout

    with Standin(cited("Lorries will pay 14 crowns a crossing. [#]", LORRIES)).serving() as server:
        answers = [json.loads(run("ask", "--json", *chosen, COST)) for chosen in CHOICES]
        asked = [request.body["model"] for request in server.asked]
    assert [answer["answered_by"] for answer in answers] == ["tiny", "extract", "other"]
    assert asked == ["tiny", "other"]
    assert answers[0]["tokens"] == {"read": 7, "written": 2} and answers[1]["tokens"] == {}
    status = json.loads(run("status", "--json"))
    assert status["tokens_today"] == {name: {"read": 7, "written": 2} for name in ("other", "tiny")}
    assert "tiny today: 7 tokens read, 2 written" in run("status")


def test_debug_shows_what_was_asked_drafted_and_dropped(onrecord: Onrecord) -> None:
    text = "Lorries will pay 14 crowns a crossing. [#] The toll begins on 9 October. [#]"
    with Standin(cited(text, LORRIES)).serving() as server:
        done = onrecord("chat", stdin=f"{COST}\n/debug\n/retry\n", **tiny(server))
    assert "You answer a reader's question" in done.stdout and f"Question: {COST}" in done.stdout
    assert "dropped by verification:\n  figure: The toll begins on 9 October." in done.stdout
    assert done.stdout.count("Lorries will pay 14 crowns a crossing. [1]\n") == 2 and "sk-x" not in done.stdout
