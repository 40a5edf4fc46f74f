"""The command `onrecord serve`: says when it is ready, stops when told, keeps questions to itself."""

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.command_line import WORDS_ALONE, Onrecord, started
from tests.support.endpoint_standin import HOLD, Answer, Asked, Standin
from tests.support.model_answers import COST, TOLL, cited
from tests.support.newsroom import LORRIES, write_articles


class Running:
    """A server in a process of its own and all it has printed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr
        self.process, self.printed = process, list[str]()
        for line in process.stderr:
            self.printed.append(line)
            if "listening on" in line:
                break
        self.url = self.printed[-1].split()[-1]
        self._rest = threading.Thread(target=lambda: self.printed.extend(process.stderr or ()), daemon=True)
        self._rest.start()

    def stop(self, how: signal.Signals) -> tuple[int, float]:
        """The exit code and the seconds it took."""
        started = time.monotonic()
        self.process.send_signal(how)
        code = self.process.wait(20)
        self._rest.join(5)
        return code, time.monotonic() - started


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Running]:
    settings = {"ONRECORD_ARTICLES": str(write_articles(folder / "news.jsonl"))} | WORDS_ALONE | settings
    with started(folder, "serve", "--port", "0", **settings) as process:
        yield Running(process)


END_SECONDS = 2.0  # after a signal, whatever the server does at that moment
CODES = {signal.SIGTERM: 0, signal.SIGINT: 130}


@pytest.mark.process
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_listens_and_stops_when_told(tmp_path: Path, how: signal.Signals) -> None:
    with running(tmp_path) as server:
        assert server.printed[-1].startswith("onrecord: listening on http://127.0.0.1:")
        answer = httpx.post(f"{server.url}/v1/ask", json={"question": TOLL}, timeout=30, trust_env=False).json()
        assert answer["status"] == "answered"
        code, seconds = server.stop(how)
    assert code == CODES[how] and seconds < END_SECONDS
    assert "Brandt" not in "".join(server.printed) and "Traceback" not in "".join(server.printed)


@pytest.mark.process
def test_an_open_stream_ends_with_a_word_when_it_is_told_to_stop(tmp_path: Path) -> None:
    first = cited("Lorries will pay 14 crowns a crossing. [#] The ", LORRIES)

    def holding(asked: Asked) -> Answer:
        return Answer([*first(asked).steps[:1], HOLD])  # type: ignore[operator, union-attr]

    events = {"Accept": "text/event-stream"}
    with (
        Standin(holding).serving() as llm,
        running(tmp_path, OPENAI_BASE_URL=llm.url, OPENAI_MODEL="tiny") as server,
        httpx.Client(base_url=server.url, headers=events, timeout=30, trust_env=False) as client,
        client.stream("POST", "/v1/ask", json={"question": COST}) as response,
    ):
        lines = response.iter_lines()
        next(line for line in lines if line == "event: sentence")
        code, seconds = server.stop(signal.SIGTERM)
        rest = list(lines)
    assert code == 0 and seconds < END_SECONDS
    assert "event: error" in rest and '"stopping"' in rest[rest.index("event: error") + 1]


@pytest.mark.process
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_while_models_say_nothing(tmp_path: Path, how: signal.Signals) -> None:
    with (
        Standin(Answer([HOLD])).serving() as llm,
        running(tmp_path, OPENAI_BASE_URL=llm.url, OPENAI_MODEL="tiny") as server,
        ThreadPoolExecutor(8) as readers,
    ):
        asking = [readers.submit(httpx.post, f"{server.url}/v1/ask", json={"question": COST}) for _ in range(8)]
        while len(llm.asked) < 8:
            time.sleep(0.02)
        code, seconds = server.stop(how)
        assert code == CODES[how] and seconds < END_SECONDS
        assert {one.exception(5) is None and one.result().status_code for one in asking} <= {503, False}


@pytest.mark.process
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("after", [1.0, 2.0, 3.0])
def test_it_ends_while_it_starts(tmp_path: Path, how: signal.Signals, after: float) -> None:
    news = str(write_articles(tmp_path / "news.jsonl"))
    with started(tmp_path, "serve", "--port", "0", ONRECORD_ARTICLES=news) as process:
        time.sleep(after)
        told = time.monotonic()
        process.send_signal(how)
        _, printed = process.communicate(timeout=20)
    # Before the command has begun, any signal interrupts it.
    assert process.returncode in (CODES[how], CODES[signal.SIGINT]) and time.monotonic() - told < END_SECONDS
    assert "Traceback" not in printed


def test_a_port_in_use_is_one_sentence(tmp_path: Path, onrecord: Onrecord) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = onrecord("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "Nobody can listen on 127.0.0.1" in done.stderr
