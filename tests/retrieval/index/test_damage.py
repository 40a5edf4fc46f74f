"""Every file of the data folder, damaged: what the catalog has is never lost, and every command is right or says why.

Caches and indexes are made anew. A damaged catalog, and what nothing else knows, is named with what to do.
"""

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.command_line import Onrecord, run_inside, run_process

ARTICLES = 40
QUESTION = "How many benches did town number 17 vote for?"
READING = (["ask", QUESTION], ["search", "benches"], ["quotes"], ["articles"], ["show", "a3"], ["status"])
WRITING = (["add", "new.jsonl"], ["remove", "a5"], ["eval", "questions.jsonl"], ["reindex", "-q"], ["status", "--json"])


def truncate(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def overwrite(path: Path) -> None:
    path.write_bytes(b"This is a letter, and nothing that a program has written. " * 100)


def flip(path: Path) -> None:
    """Invert bytes all over the file, which stays as long as it was."""
    content, chance = bytearray(path.read_bytes()), random.Random(path.suffix)
    for _ in range(max(8, len(content) // 500)):
        content[chance.randrange(len(content))] ^= 0xFF
    path.write_bytes(content)


def put_folder(path: Path) -> None:
    remove(path)
    path.mkdir()
    (path / "letter").write_text("What is this doing here?")


def put_file(path: Path) -> None:
    remove(path)
    path.write_text("What is this doing here?")


Damage = Callable[[Path], None]
HEALED: list[tuple[str, Damage]] = [
    *(("embeddings.db", damage) for damage in (truncate, empty, remove, overwrite, flip)),
    *(("words", damage) for damage in (remove, put_file)),
    *(("words/meta.json", damage) for damage in (truncate, empty, remove, overwrite, put_folder)),
    *(("words/.managed.json", damage) for damage in (truncate, remove, put_folder)),
    *((f"words/*.{part}", remove) for part in ("idx", "pos")),
    *((f"words/*.{part}", truncate) for part in ("term", "store")),
    *((f"words/*.{part}", flip) for part in ("idx", "term", "fast", "fieldnorm")),
    *(("vectors", damage) for damage in (remove, put_file)),
    *(("vectors/chroma.sqlite3", damage) for damage in (truncate, empty, remove, overwrite, flip, put_folder)),
    *(("vectors/*/header.bin", damage) for damage in (truncate, remove, flip)),
    *(("writer.json", damage) for damage in (overwrite, put_folder)),
    *(("spent.db", damage) for damage in (empty, remove)),
    *(("conversations.db", damage) for damage in (empty, remove)),
]
SAID: list[tuple[str, Damage]] = [
    *(("catalog.db", damage) for damage in (truncate, empty, remove, overwrite, flip, put_folder)),
    *(("conversations.db", damage) for damage in (truncate, overwrite, put_folder)),
]


def named(damage: tuple[str, Damage]) -> str:
    return f"{damage[1].__name__} {damage[0]}"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index, a question and what to add."""
    folder = tmp_path_factory.mktemp("whole")
    rows = [
        {"id": f"a{n}", "url": f"https://example.org/{n}", "title": f"Report {n}", "date": "2025-03-11"}
        | {"text": f"Town number {n} voted for {n + 7} new benches on Tuesday. “They were overdue,” said Tom Obi."}
        for n in range(ARTICLES)
    ]
    (folder / "news.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    (folder / "new.jsonl").write_text(json.dumps(rows[0] | {"id": "n", "url": "", "text": "The mill burned down."}))
    (folder / "questions.jsonl").write_text(json.dumps({"question": QUESTION, "article": "a17"}))
    for arguments in (["add", "news.jsonl"], ["ask", QUESTION], ["status"]):
        assert run_inside(folder, *arguments).returncode == 0
    return folder


def damaged_copy(whole: Path, folder: Path, pattern: str, damage: Damage) -> None:
    """Replace the test's folder by a copy of the whole one, with the files of a pattern damaged."""
    shutil.rmtree(folder / "data", ignore_errors=True)
    shutil.copytree(whole, folder, dirs_exist_ok=True)
    data = folder / "data"
    for path in sorted(data.glob(pattern)) or [data / pattern]:
        damage(path)


@pytest.mark.parametrize("damage", HEALED, ids=map(named, HEALED))
def test_what_the_catalog_has_is_made_anew(
    damage: tuple[str, Damage], whole: Path, tmp_path: Path, onrecord: Onrecord
) -> None:
    for commands in (READING, WRITING):
        damaged_copy(whole, tmp_path, *damage)
        done = {arguments[0]: onrecord(*arguments) for arguments in commands}
        assert {name: outcome.returncode for name, outcome in done.items()} == dict.fromkeys(done, 0), done
        assert not [
            outcome.stderr
            for outcome in done.values()
            if "Traceback" in outcome.stderr or "unexpected" in outcome.stderr
        ]
    counts = json.loads(done["status"].stdout)
    assert counts["articles"] == counts["passages"] == counts["words"] == counts["vectors"] == ARTICLES
    assert "24 new benches" in onrecord("ask", QUESTION).stdout


@pytest.mark.parametrize("damage", SAID, ids=map(named, SAID))
def test_what_nothing_else_knows_is_named_with_what_to_do(
    damage: tuple[str, Damage], whole: Path, tmp_path: Path, onrecord: Onrecord
) -> None:
    pattern, _ = damage
    damaged_copy(whole, tmp_path, *damage)
    for arguments in (*READING, *WRITING):
        outcome = onrecord(*arguments)
        if pattern != "catalog.db" and arguments[0] in ("articles", "show", "status"):  # these read the catalog alone
            assert outcome.returncode == 0
            continue
        assert outcome.returncode == 6
        sentence = outcome.stderr.removeprefix("onrecord: ")
        assert sentence.count("\n") == 1 and pattern in sentence
        assert "restore" in sentence and "from a backup" in sentence


def test_a_damaged_index_is_reported_in_one_line(
    whole: Path, tmp_path: Path, onrecord: Onrecord, caplog: pytest.LogCaptureFixture
) -> None:
    damaged_copy(whole, tmp_path, "words/meta.json", truncate)
    done = onrecord("ask", "--json", QUESTION)
    assert json.loads(done.stdout)["status"] == "answered"
    assert caplog.messages == ["The words index is damaged (meta.json); it is made anew."]


def test_a_damaged_article_is_named_and_the_others_are_read(whole: Path, tmp_path: Path, onrecord: Onrecord) -> None:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    catalog = tmp_path / "data" / "catalog.db"
    text = b"Town number 3 voted for"
    content = catalog.read_bytes()
    assert content.count(text) > 1  # of the article and of its passage
    catalog.write_bytes(content.replace(text, b"Town number 3 \xff\xfeted for"))
    shown = onrecord("show", "a3")
    assert (
        shown.returncode == 6
        and "a3" in shown.stderr
        and "onrecord remove a3" in shown.stderr
        and "benches" not in shown.stderr
    )
    assert onrecord("show", "a4").returncode == 0
    assert onrecord("reindex", "-q").returncode == 6
    assert onrecord("remove", "a3").returncode == onrecord("reindex", "-q").returncode == 0
    assert onrecord("add", "news.jsonl").stdout == "1 added, 39 unchanged\n"
    assert "Town number 3 voted for 10" in onrecord("show", "a3").stdout


def test_damaged_passages_are_made_anew_from_the_articles(whole: Path, tmp_path: Path, onrecord: Onrecord) -> None:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    with sqlite3.connect(tmp_path / "data" / "catalog.db") as db:
        db.execute("UPDATE passages SET text = CAST(x'ff' || text AS TEXT)")
    refused = onrecord("ask", QUESTION)
    assert refused.returncode == 6 and "onrecord reindex" in refused.stderr and "benches" not in refused.stderr
    assert onrecord("reindex", "-q").returncode == 0
    assert "24 new benches" in onrecord("ask", QUESTION).stdout


def test_a_lock_that_cannot_be_taken_is_named(whole: Path, tmp_path: Path, onrecord: Onrecord) -> None:
    damaged_copy(whole, tmp_path, "writer.lock", put_folder)
    assert onrecord("ask", QUESTION).returncode == onrecord("status").returncode == 0
    refused = onrecord("reindex", "-q")
    assert refused.returncode == 2 and "writer.lock" in refused.stderr and "Traceback" not in refused.stderr


@pytest.mark.parametrize("damage", [truncate, overwrite, put_folder])
def test_damaged_keys_open_nothing(damage: Damage, whole: Path, tmp_path: Path, onrecord: Onrecord) -> None:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    assert onrecord("keys", "add", "archive").returncode == 0
    damage(tmp_path / "data" / "keys.db")
    for arguments in (["list"], ["add", "other"], ["revoke", "archive"]):
        refused = onrecord("keys", *arguments)
        assert refused.returncode == 6 and "keys.db" in refused.stderr and refused.stderr.count("\n") == 1


@pytest.mark.process
def test_a_server_does_not_start_on_a_damaged_catalog(whole: Path, tmp_path: Path) -> None:
    damaged_copy(whole, tmp_path, "catalog.db", truncate)
    done = run_process(tmp_path, "serve", "--port", "0")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (6, "", 1)
