"""`articles` and `show`: copies, corrections and versions on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from bot.cli.command_line import app
from retrieval.errors import EmbeddingUnavailable
from retrieval.index import indexer
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import EmbeddingModel
from tests.support.syndicated_articles import STORY, wire

NEWER = STORY.replace("412 passengers", "421 passengers")
POST, TIMES, ECHO = wire("post", "Harbour Post"), wire("times", "Inland Times"), wire("echo", "Echo")


def no_model() -> EmbeddingModel:
    raise EmbeddingUnavailable("no model here")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with an article, its copy, and one that was corrected."""
    folder = tmp_path_factory.mktemp("articles")
    with Store(folder, no_model) as store:
        for batch in ([POST, TIMES, ECHO], [wire("echo", "Echo", NEWER, title="Pier closes")]):
            indexer.add_articles(store, batch)
        later = "UPDATE versions SET added = '2025-03-09T08:00:00+00:00' WHERE number = 2"
        store.catalog.database.run(text(later))
    return folder


@pytest.fixture
def said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ONRECORD_DATA", str(folder))

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def test_articles_say_of_which_they_are_a_copy(said: Any) -> None:
    listed = [json.loads(line) for line in said("articles", "--json").splitlines()]
    assert {facts["id"]: facts["copy_of"] for facts in listed} == {"post": "", "times": "post", "echo": ""}


def test_an_article_is_shown_with_all_its_places(said: Any) -> None:
    assert f"\nalso in: Inland Times, {TIMES.url}\n" in said("show", "post")
    facts = json.loads(said("show", "times", "--json"))
    assert (facts["copy_of"], facts["corrected"]) == ("post", "")
    assert facts["copies"] == [{"article": "post", "outlet": "Harbour Post", "url": POST.url}]


def test_a_corrected_article_says_so(said: Any) -> None:
    assert "\ncorrected on 9 March 2025\n" in said("show", "echo")
    assert json.loads(said("show", "echo", "--json"))["corrected"] == "2025-03-09T08:00:00+00:00"


def test_versions_are_shown_with_the_sentences_that_went_and_came(said: Any) -> None:
    first, second, gone, come = said("show", "echo", "--versions").splitlines()
    assert first.startswith("version 1, added ")
    assert second == "version 2, added 2025-03-09T08:00:00+00:00, changed: title"
    assert gone.startswith("- Last year the ferries carried 412 passengers")
    assert come.startswith("+ Last year the ferries carried 421 passengers")


def test_versions_as_json_are_one_a_line(said: Any) -> None:
    first, second = (json.loads(line) for line in said("show", "echo", "--versions", "--json").splitlines())
    assert (first["number"], first["title"], first["changed"], first["difference"]) == (1, "echo", [], [])
    assert (second["number"], second["title"], second["changed"]) == (2, "Pier closes", ["title"])
    assert len(second["difference"]) == 2
