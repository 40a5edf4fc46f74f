"""The command line and the model that is set."""

import os
import subprocess
from pathlib import Path

from tests.conftest import command, environment
from tests.newsroom import LORRIES, write_articles
from tests.standin import Standin
from tests.writing import COST, cited


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
