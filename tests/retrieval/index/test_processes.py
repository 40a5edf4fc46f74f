"""Several processes on one index: one writes, the others wait or go on reading."""

import json
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from retrieval.errors import IndexBusy
from retrieval.index.integrity.write_lock import write_lock
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from retrieval.search.hybrid_search import Search
from tests.support.articles import article, fill
from tests.support.command_line import ROOT, Onrecord, started

pytestmark = pytest.mark.process

PATIENCE = 60  # seconds
SOON = 4.0  # seconds in which an open reader finds what another process has added; two on a quiet machine


def test_two_writers_at_once_both_succeed(tmp_path: Path, model: MiniLM) -> None:
    for name in ("one", "two"):
        rows = [{"id": f"{name}{n}", "text": f"Article {n} of {name} is about the harbour."} for n in range(60)]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    with started(tmp_path, "add", "one.jsonl") as one, started(tmp_path, "add", "two.jsonl") as two:
        for process in (one, two):
            _, errors = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, errors
    with Store(tmp_path / "data", lambda: model) as store:
        assert store.bm25.count() == store.vectors.count() == 120


def test_the_second_writer_waits_and_says_for_whom(tmp_path: Path) -> None:
    (tmp_path / "harbour.txt").write_text("The harbour was closed on Monday because of the storm.", "utf-8")
    data = tmp_path / "data"
    data.mkdir()
    with ExitStack() as stack:
        with write_lock(data):
            waiting = stack.enter_context(started(tmp_path, "add", "harbour.txt"))
            assert waiting.stderr is not None
            assert "is writing the index; waiting" in waiting.stderr.readline()
            assert waiting.poll() is None
        waiting.communicate(timeout=PATIENCE)
        assert waiting.returncode == 0


def test_a_wait_with_an_end_names_the_holder(tmp_path: Path) -> None:
    held = (
        "import sys, time; from pathlib import Path; from retrieval.index.integrity.write_lock import write_lock\n"
        "with write_lock(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", held, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(IndexBusy, match=f"Process {holder.pid}"), write_lock(tmp_path, wait=0):
        pass
    holder.kill()
    holder.wait()
    with write_lock(tmp_path, wait=5):  # a dead process holds nothing
        pass


def test_an_open_reader_finds_what_another_process_added(
    tmp_path: Path, model: MiniLM, onrecord_process: Onrecord
) -> None:
    with Store(tmp_path / "data", lambda: model) as store:
        fill(store, article("old", "The harbour was closed on Monday because of the storm."))
        search = Search(store)
        assert [hit.passage.article for hit in search("Why was the harbour closed?").hits] == ["old"]
        (tmp_path / "new.txt").write_text("The lighthouse keeper retired after forty years of service.", "utf-8")
        assert onrecord_process("add", "new.txt").returncode == 0
        added = time.monotonic()
        while not (found := [hit for hit in search("When did the lighthouse keeper retire?").hits if hit.dense > 0.5]):
            assert time.monotonic() - added < SOON
        assert "lighthouse" in found[0].passage.text
        search.close()


def test_readers_keep_reading_while_another_process_writes(
    tmp_path: Path, onrecord: Onrecord, onrecord_process: Onrecord
) -> None:
    (tmp_path / "harbour.txt").write_text("The harbour was closed on Monday because of the storm.", "utf-8")
    assert onrecord("add", "harbour.txt").returncode == 0
    with write_lock(tmp_path / "data"):
        answer = onrecord_process("ask", "Why was the harbour closed?")
    assert answer.returncode == 0, answer.stderr
    assert "storm" in answer.stdout
