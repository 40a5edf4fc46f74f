"""Commands on an index in Milvus: exit codes and sentences."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import Onrecord
from tests.support.endpoint_standin import free_port
from tests.support.milvus_server import MilvusServer

TOKEN = "root:very-secret"


def write_article(folder: Path) -> Path:
    file = folder / "toll.txt"
    file.write_text("Lorries will pay nine crowns for each crossing of the bridge, it was decided on Friday.", "utf-8")
    return file


def test_an_archive_in_milvus_answers_and_status_names_it_without_the_token(
    tmp_path: Path, milvus: MilvusServer, onrecord: Onrecord
) -> None:
    env = {"ONRECORD_INDEX_URL": milvus.url, "ONRECORD_INDEX_TOKEN": TOKEN}
    assert onrecord("add", str(write_article(tmp_path)), **env).returncode == 0
    found = onrecord("search", "What do lorries pay?", "--json", **env)
    assert found.returncode == 0 and "nine crowns" in found.stdout
    facts = onrecord("status", "--json", **env)
    assert json.loads(facts.stdout)["index"] == milvus.url
    assert TOKEN not in facts.stdout + onrecord("status", **env).stdout


def test_without_its_server_articles_are_kept_and_questions_fail_with_one_sentence(
    tmp_path: Path, onrecord: Onrecord
) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    added = onrecord("add", str(write_article(tmp_path)), ONRECORD_INDEX_URL=url)
    assert added.returncode == 4
    assert f"The Milvus server {url} cannot be reached; start it or correct ONRECORD_INDEX_URL." in added.stderr
    assert "1 passage waits for the index and cannot be found until then." in added.stderr
    asked = onrecord("search", "What do lorries pay?", ONRECORD_INDEX_URL=url)
    assert asked.returncode in (3, 4) and "Traceback" not in asked.stderr


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"ONRECORD_INDEX_URL": "milvus"}, "not an address like http://localhost:19530"),
        (
            {"ONRECORD_INDEX_URL": "http://localhost:19530", "ONRECORD_CHROMA_URL": "http://localhost:8000"},
            "leave ONRECORD_CHROMA_URL empty",
        ),
    ],
)
def test_settings_that_cannot_be_right_are_refused(settings: dict[str, str], sentence: str, onrecord: Onrecord) -> None:
    refused = onrecord("status", **settings)
    assert refused.returncode == 2 and sentence in refused.stderr
