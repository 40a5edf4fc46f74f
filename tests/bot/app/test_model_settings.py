"""The command line and the model that is set."""

import json
import os
import subprocess
from pathlib import Path

from tests.conftest import command, environment
from tests.support.endpoint_standin import Standin
from tests.support.model_answers import COST, cited
from tests.support.newsroom import LORRIES, write_articles

CHOICES = ([], ["--model", "extract"], ["--model", "other"])


def test_the_command_line_uses_the_model_that_is_set(tmp_path: Path) -> None:
    articles = write_articles(tmp_path / "news.jsonl")
    with Standin(cited("Lorries will pay 14 crowns a crossing. [#]", LORRIES)).serving() as server:
        settings = environment(tmp_path, OPENAI_BASE_URL=server.url, OPENAI_API_KEY="sk-x", OPENAI_MODEL="tiny")
        run = [command("add", "-q", str(articles)), command("ask", "-q", COST)]
        done = [subprocess.run(line, capture_output=True, text=True, env=settings, cwd=tmp_path) for line in run]
    assert done[1].stdout.startswith("Lorries will pay 14 crowns a crossing. [1]"), done[1].stderr
    assert os.environ.get("OPENAI_API_KEY") != "sk-x"


def test_a_model_that_is_set_wrongly_is_named_when_it_is_needed_and_not_before(tmp_path: Path) -> None:
    write_articles(tmp_path / "news.jsonl")
    settings = environment(tmp_path, OPENAI_MODEL="tiny")
    settings.pop("OPENAI_API_KEY", None)
    run = [command("add", "-q", "news.jsonl"), command("quotes", "-q", "Brandt"), command("ask", "-q", COST)]
    added, quoted, asked = (
        subprocess.run(line, capture_output=True, text=True, env=settings, cwd=tmp_path, timeout=120) for line in run
    )
    assert (added.returncode, quoted.returncode, asked.returncode) == (0, 0, 2), asked.stderr
    assert "OPENAI_API_KEY" in asked.stderr and "Traceback" not in asked.stderr


def run(folder: Path, settings: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(command(*arguments), capture_output=True, text=True, env=settings, cwd=folder, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_may_choose_who_writes_and_see_what_it_cost(tmp_path: Path) -> None:
    articles = write_articles(tmp_path / "news.jsonl")
    with Standin(cited("Lorries will pay 14 crowns a crossing. [#]", LORRIES)).serving() as server:
        settings = environment(tmp_path, OPENAI_BASE_URL=server.url, OPENAI_API_KEY="sk-x", OPENAI_MODEL="tiny")
        run(tmp_path, settings, "add", "-q", str(articles))
        answers = [json.loads(run(tmp_path, settings, "ask", "--json", *chosen, COST)) for chosen in CHOICES]
        asked = [request.body["model"] for request in server.asked]
    assert [answer["answered_by"] for answer in answers] == ["tiny", "extract", "other"]
    assert asked == ["tiny", "other"]
    assert answers[0]["tokens"] == {"read": 7, "written": 2} and answers[1]["tokens"] == {}
    status = json.loads(run(tmp_path, settings, "status", "--json"))
    assert status["tokens_today"] == {name: {"read": 7, "written": 2} for name in ("other", "tiny")}
    assert "tiny today: 7 tokens read, 2 written" in run(tmp_path, settings, "status")


def test_debug_shows_what_was_asked_drafted_and_dropped(tmp_path: Path) -> None:
    articles = write_articles(tmp_path / "news.jsonl")
    text = "Lorries will pay 14 crowns a crossing. [#] The toll begins on 9 October. [#]"
    with Standin(cited(text, LORRIES)).serving() as server:
        settings = environment(tmp_path, OPENAI_BASE_URL=server.url, OPENAI_API_KEY="sk-x", OPENAI_MODEL="tiny")
        run(tmp_path, settings, "add", "-q", str(articles))
        typed = f"{COST}\n/debug\n/retry\n"
        done = subprocess.run(
            command("chat"), input=typed, capture_output=True, text=True, env=settings, cwd=tmp_path, timeout=120
        )
    assert "You answer a reader's question" in done.stdout and f"Question: {COST}" in done.stdout
    assert "dropped by verification:\n  figure: The toll begins on 9 October." in done.stdout
    assert done.stdout.count("Lorries will pay 14 crowns a crossing. [1]\n") == 2 and "sk-x" not in done.stdout
