"""A model file is served by a process that starts when it is needed, is started again, and never outlives OnRecord."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from bot.answering.generation.output_format import JSON
from bot.answering.generation.writer import Writer
from bot.models.chat_model import ChatModel
from bot.models.local_model import LocalModelEndpoint, LocalModelServer, server_command, validate_model_file
from bot.models.token_ledger import TokenLedger
from bot.service.conversation import Conversation
from bot.service.history import ConversationHistory
from prompts import Prompts
from retrieval.errors import ModelUnreachable
from retrieval.index.store import Store
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker
from retrieval.models.endpoints.retry import Deadline
from retrieval.search.hybrid_search import Search
from tests.support.command_line import ROOT, Onrecord
from tests.support.local_model_standin import TEXT
from tests.support.newsroom import LORRIES

pytestmark = pytest.mark.usefixtures("loopback")

COST = "How much will lorries pay for a crossing?"
GGUF = os.environ.get("ONRECORD_TEST_GGUF", "")
PATIENCE = 10.0  # seconds until a process has to be gone
PARENT = """
import asyncio, subprocess, sys
from pathlib import Path
from bot.models.local_model import LocalModelServer
from retrieval.models.endpoints.retry import Deadline

async def ready():
    await server.wait_until_ready(Deadline(30))

command = [sys.executable, "-m", "tests.support.local_model_standin", sys.argv[1], "answers"]
server = LocalModelServer(command, Path(sys.argv[2]))
asyncio.run(ready())
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], close_fds=False)
print(other.pid, flush=True)
other.wait()
"""


@pytest.fixture
def starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file with the numbers of the processes that were started; those are gone at the end."""
    monkeypatch.chdir(ROOT)
    file = tmp_path / "starts"
    yield file
    assert not [pid for pid in pids(file) if is_running(pid)]


def pids(starts: Path) -> list[int]:
    return [int(line) for line in starts.read_text().split()] if starts.exists() else []


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def is_gone_soon(pid: int) -> bool:
    until = time.monotonic() + PATIENCE
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not is_running(pid)


def server(starts: Path, *does: str) -> LocalModelServer:
    return LocalModelServer(
        [sys.executable, "-m", "tests.support.local_model_standin", str(starts), *does], starts.with_suffix(".log")
    )


def asked(local: LocalModelServer, seconds: float = 30.0) -> str:
    """What the model says."""
    return str(ChatModel(endpoint=LocalModelEndpoint(local), model="tiny", seconds=seconds).invoke("Well?").content)


async def told(local: LocalModelServer) -> str:
    return (await local.wait_until_ready(Deadline(30))).url


def test_the_first_request_starts_it_and_the_next_finds_it_running(starts: Path) -> None:
    local = server(starts, "answers")
    assert not pids(starts)
    assert [asked(local), asked(local)] == [TEXT, TEXT]
    assert len(pids(starts)) == 1
    local.close()


def test_what_is_not_ready_in_time_goes_on_loading(starts: Path) -> None:
    local = server(starts, "slow")
    with pytest.raises(ModelUnreachable, match="still being loaded"):
        asked(local, seconds=0.2)
    assert asked(local) == TEXT and len(pids(starts)) == 1
    local.close()


def test_what_cannot_be_loaded_is_tried_once_a_question_and_says_where_to_look(starts: Path) -> None:
    local = server(starts, "fails", "answers")
    with pytest.raises(ModelUnreachable, match=r"cannot be loaded; .*starts\.log says why"):
        asked(local)
    assert starts.with_suffix(".log").read_text().strip() == "No such tensor." and len(pids(starts)) == 1
    assert asked(local) == TEXT
    local.close()


def test_when_it_dies_the_articles_answer_and_the_next_question_finds_it_again(
    newsroom_copy: Store, starts: Path
) -> None:
    store = newsroom_copy
    local, search = server(starts, "dies", "answers"), Search(store)
    model = ChatModel(endpoint=LocalModelEndpoint(local), model="tiny")
    breaker, ledger = CircuitBreaker(), TokenLedger(store.folder / "spent.db", 0)
    writer = Writer(model, "tiny", Prompts(), 30.0, breaker, ledger, 4096, JSON)
    conversation = Conversation(store, search, ConversationHistory(store.folder / "conversations.db"), lambda: writer)
    first, second = conversation.ask(COST), conversation.ask(COST)
    assert first.answered_by == "extract" and LORRIES in first.text
    assert first.notes[0].endswith("These are the articles' own sentences.")
    assert (second.answered_by, second.text) == ("tiny", "Lorries will pay 14 crowns a crossing. [1]")
    assert len(pids(starts)) == 2
    search.close()
    local.close()


def test_it_ends_when_its_owner_is_killed_although_another_child_lives_on(starts: Path) -> None:
    line = [sys.executable, "-c", PARENT, str(starts), str(starts.with_suffix(".log"))]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        other = int(owner.stdout.readline())
        (pid,) = pids(starts)
        assert is_running(pid)
        owner.send_signal(signal.SIGKILL)
    assert is_gone_soon(pid) and is_running(other)
    os.kill(other, signal.SIGKILL)


def test_a_model_file_that_is_none_stops_an_answer_but_not_one_without_a_model(onrecord: Onrecord) -> None:
    setting = {"ONRECORD_LOCAL_GGUF": "gone.gguf"}
    failed = onrecord("ask", "-q", "What did Rubio say about concessions?", **setting)
    asked = onrecord("ask", "-q", "--model", "extract", "What did Rubio say about concessions?", **setting)
    assert (failed.returncode, asked.returncode) == (2, 0), asked.stderr
    assert "ONRECORD_LOCAL_GGUF is gone.gguf, which cannot be read: No such file" in failed.stderr


@pytest.mark.skipif(not GGUF, reason="ONRECORD_TEST_GGUF names no model file")
@pytest.mark.skipif(not find_spec("xllamacpp"), reason="the extra 'local' is not installed")
def test_a_real_model_answers_needs_the_key_and_ends(tmp_path: Path) -> None:
    local = LocalModelServer(server_command(validate_model_file(Path(GGUF)), 1024), tmp_path / "log")
    schema = JSON.request_options(2)
    model = ChatModel(endpoint=LocalModelEndpoint(local), model="tiny", seconds=300)
    messages = Prompts().messages(JSON.prompt, question="What is 14 crowns?", passages=f"[1] Toll\n{LORRIES}")
    assert '"sentences"' in str(model.bind(**schema).invoke(messages).content)
    without_key = [
        sys.executable,
        "-c",
        f"import httpx; print(httpx.get('{asyncio.run(told(local))}/props').status_code)",
    ]
    assert subprocess.run(without_key, capture_output=True, text=True).stdout.strip() == "401"
    assert not (tmp_path / "log").read_text()
    (process,) = [child for child in psutil.Process().children() if "bot.models.local_server" in child.cmdline()]
    local.close()
    assert is_gone_soon(process.pid)
