"""The command `onrecord serve`: says when it is ready, stops when told, keeps questions to itself."""

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.command_line import Onrecord, started
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
    settings = {"ONRECORD_ARTICLES": str(write_articles(folder / "news.jsonl"))} | settings
    with started(folder, "serve", "--port", "0", **settings) as process:
        yield Running(process)


@pytest.mark.process
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_listens_and_stops_when_told(tmp_path: Path, how: signal.Signals) -> None:
    with running(tmp_path) as server:
        assert server.printed[-1].startswith("onrecord: listening on http://127.0.0.1:")
        answer = httpx.post(f"{server.url}/v1/ask", json={"question": TOLL}, timeout=30, trust_env=False).json()
        assert answer["status"] == "answered"
        code, seconds = server.stop(how)
    assert code == 0 and seconds < 5
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
    assert code == 0 and seconds < 8
    assert "event: error" in rest and '"stopping"' in rest[rest.index("event: error") + 1]


def test_a_port_in_use_is_one_sentence(tmp_path: Path, onrecord: Onrecord) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = onrecord("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "Nobody can listen on 127.0.0.1" in done.stderr
