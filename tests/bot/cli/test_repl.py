"""Chat: typed on a pseudo-terminal, and read from a pipe."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from bot.cli.chat.repl import WELCOME
from tests.support.command_line import WORDS_ALONE, Onrecord, command, environment
from tests.support.newsroom import BRANDT, OKORO

TOLL = "What did Brandt say about the toll?"
PROMPT = "›"
CTRL_C, CTRL_D, UP, ENTER = "\x03", "\x04", "\x1b[A", "\r"
CONTROL = re.compile(r"\x1b\[[?\d;]*[A-Za-z]")
READY = "\x1b[?2004h"  # prompt-toolkit waits for keys
TYPED = "\x1b[?2004l"  # prompt-toolkit has handed the line over
PATIENCE = 60.0  # seconds, on a busy machine
# The pseudo-terminal becomes the controlling one, so that Ctrl-C is a signal outside the prompt, as for a user.
OWN_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
termios.tcsetwinsize(0, (40, 200))
os.execv(sys.argv[1], sys.argv[1:])
"""


class Typist:
    """Somebody at a terminal with the chat open."""

    def __init__(self, folder: Path, settings: Mapping[str, str] = WORDS_ALONE) -> None:
        self.shown = ""
        self._ours, theirs = pty.openpty()
        terminal = {"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", "NO_COLOR": "1"}
        self._running = subprocess.Popen(
            [sys.executable, "-c", OWN_TERMINAL, *command("chat")],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            env=environment(folder, **settings) | terminal,
            start_new_session=True,
        )
        os.close(theirs)

    def press(self, keys: str) -> None:
        self.shown = ""
        os.write(self._ours, keys.encode())

    def wait_for(self, words: str, *, pressing: str = "") -> str:
        """What was shown since the last key, up to these words; meanwhile a key may be pressed again and again."""
        until = time.monotonic() + PATIENCE
        while words not in self.shown and words not in CONTROL.sub("", self.shown):
            assert time.monotonic() < until, f"no {words!r} in {self.shown!r}"
            if select.select([self._ours], [], [], 0.1)[0]:
                self.shown += os.read(self._ours, 4096).decode("utf-8", "replace")
            elif pressing:
                os.write(self._ours, pressing.encode())
        return CONTROL.sub("", self.shown)

    def leave(self) -> int:
        """Press Ctrl-D at the next prompt and read on to the end."""
        self.wait_for(READY)
        self.press(CTRL_D)
        with suppress(OSError):  # what Linux says at the end
            while os.read(self._ours, 4096):
                pass
        return self._running.wait(PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.kill()
        self._running.wait()
        os.close(self._ours)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, newsroom_folder: Path) -> Path:
    """An index of each test's own."""
    return shutil.copytree(newsroom_folder, tmp_path / "data")


@pytest.fixture
def typist(tmp_path: Path) -> Iterator[Typist]:
    with Typist(tmp_path) as opened:
        opened.wait_for(PROMPT)
        yield opened


def chat(onrecord: Onrecord, *lines: str, **settings: str) -> tuple[str, str]:
    """What a chat that reads these lines from a pipe says and warns."""
    done = onrecord("chat", stdin="".join(f"{line}\n" for line in lines), **settings)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr and "\x1b" not in done.stdout
    return done.stdout, done.stderr


@pytest.mark.process
def test_a_question_is_answered_and_ctrl_d_leaves(typist: Typist) -> None:
    assert WELCOME in typist.shown
    typist.press(TOLL + ENTER)
    shown = " ".join(typist.wait_for("index updated").split())
    assert "We have waited nine years for a bridge" in shown and "[1] Quay Gazette" in shown
    assert typist.leave() == 0


@pytest.mark.process
def test_ctrl_c_at_the_prompt_drops_the_line_and_stays(typist: Typist) -> None:
    typist.press("/nonsense")
    typist.wait_for("nonsense")
    typist.press(CTRL_C)
    typist.wait_for(READY)
    typist.press("/stats" + ENTER)
    assert "/nonsense" not in typist.wait_for("2 articles")
    assert typist.leave() == 0


@pytest.mark.process
def test_ctrl_c_stops_the_answer_and_stays(tmp_path: Path) -> None:
    with Typist(tmp_path, settings={}) as typist:
        typist.wait_for(PROMPT)
        typist.press(TOLL + ENTER)
        typist.wait_for(TYPED)
        time.sleep(
            0.05
        )  # until the terminal is out of raw mode; the first answer waits a second or two for the vectors
        typist.press(CTRL_C)
        typist.wait_for("stopped.", pressing=CTRL_C)  # Python loses one that comes while it imports
        typist.wait_for(READY)
        typist.press("/stats" + ENTER)
        typist.wait_for("0 questions")
        assert typist.leave() == 0


@pytest.mark.process
def test_a_pasted_line_break_does_not_split_a_question(typist: Typist) -> None:
    typist.press("\x1b[200~What did Brandt say\nabout the toll?\x1b[201~")
    time.sleep(0.3)
    typist.press(ENTER)
    typist.wait_for("index updated")
    typist.wait_for(READY)
    typist.press("/debug" + ENTER)
    typist.wait_for(f"standalone question: {TOLL}")
    typist.wait_for(READY)
    typist.press("/stats" + ENTER)
    typist.wait_for("1 questions, 0 without an answer")


@pytest.mark.process
def test_what_was_typed_is_brought_back_in_the_next_chat(tmp_path: Path) -> None:
    with Typist(tmp_path) as first:
        first.wait_for(PROMPT)
        first.press("/stats" + ENTER)
        first.wait_for("2 articles")
        assert first.leave() == 0
    with Typist(tmp_path) as second:
        second.wait_for(PROMPT)
        second.press(UP)
        second.wait_for("/stats")
        second.press(ENTER)
        second.wait_for("2 articles")


@pytest.mark.process
def test_commands_are_completed(typist: Typist) -> None:
    typist.press("/deb\t")
    typist.wait_for("ug")
    typist.press(ENTER)
    typist.wait_for("Nothing has been asked yet")


def test_a_follow_up_is_understood_and_looked_behind(onrecord: Onrecord) -> None:
    out, warned = chat(onrecord, TOLL, "What did Okoro say?", "/quote 1", "/sources", "/sources 1", "/debug")
    assert (warned, BRANDT in out) == ("", True)
    assert f"{OKORO}\n\n[1] Quay Gazette" in out or f"{OKORO} " in out
    assert "published 2 May 2025" in out
    assert "standalone question: What did Okoro say about the toll?" in out
    assert "understood as: question, the words of Okoro" in out
    assert re.search(r"timings: search \d+ ms, read \d+ ms, first_sentence \d+ ms, total \d+ ms", out)
    assert re.search(r"passages \(score, BM25, cosine\):\n +-?\d", out)


def test_a_turn_that_asks_nothing_gets_one_line_and_is_no_question(onrecord: Onrecord) -> None:
    out, warned = chat(onrecord, TOLL, "👍", "/debug", "What did Okoro say?", "/stats")
    assert "I only answer questions about these articles." in out and warned == ""
    assert "understood as: chat; days … to …" in out
    assert OKORO in out and "2 questions, 0 without an answer" in out


def test_a_new_conversation_knows_nothing_of_the_old(onrecord: Onrecord) -> None:
    out, warned = chat(onrecord, TOLL, "/new", "/debug", "What did Okoro say?", "/debug")
    assert "A new conversation." in out and "standalone question: What did Okoro say?" in out
    assert warned == "onrecord: Nothing has been asked yet.\n"


def test_filters_hold_until_they_are_taken_back(onrecord: Onrecord) -> None:
    lines = ("/since 2025-06-01", TOLL, "/since", "/retry", "/outlet tide", "/until 2025-05-01", "/speaker Lind")
    out, warned = chat(onrecord, *lines)
    before, _, after = out.partition("no filters")
    assert (
        before.startswith("since 2025-06-01\n\nThe articles quote Ilse Brandt, but not on the toll.")
        and BRANDT in after
    )
    assert after.rstrip().endswith(
        "outlet tide\nuntil 2025-05-01, outlet tide\nuntil 2025-05-01, outlet tide, speaker Lind"
    )
    assert warned == ""


def test_a_conversation_is_saved_and_nothing_overwritten(onrecord: Onrecord, tmp_path: Path) -> None:
    _, warned = chat(onrecord, TOLL, "/save talk.md", "/save talk.md", "/save /gone/talk.md", "/save")
    saved = (tmp_path / "talk.md").read_text("utf-8")
    assert saved.startswith(f"## {TOLL}\n\nIlse Brandt, Mayor, 2 May 2025: {BRANDT} [1]") and saved.count("## ") == 1
    assert warned.splitlines() == [
        "onrecord: talk.md cannot be written: File exists.",
        "onrecord: /gone/talk.md cannot be written: No such file or directory.",
        "onrecord: Say where to: /save FILE.",
    ]


def test_mistakes_are_named_and_the_chat_goes_on(onrecord: Onrecord) -> None:
    lines = ("/nonsense", "/quote 1", "/retry", "/since soon", "x" * 3000, TOLL, "/quote 99", "/stats", "/quit", TOLL)
    out, warned = chat(onrecord, *lines)
    assert out.count(BRANDT) == 1 and "2 articles" in out
    assert "there is no /nonsense; /help lists what there is." in warned
    assert warned.count("Nothing has been asked yet.") == 2
    assert "'soon', which is no date" in warned and "3000 characters" in warned and "Say which source: 1" in warned


def test_a_date_refused_in_the_chat_is_named_as_it_is_typed_there(onrecord: Onrecord) -> None:
    _, warned = chat(onrecord, "/since soon")
    assert "since is 'soon'" in warned and "--since" not in warned


def test_help_lists_every_command(onrecord: Onrecord) -> None:
    out, _ = chat(onrecord, "/help")
    wanted = "/help /new /sources /open /quote /quotes /since /until /outlet /speaker /retry /save /stats /debug /quit"
    assert [line.split()[0] for line in out.splitlines()] == wanted.split()


def test_a_source_is_opened_at_the_words(onrecord: Onrecord, tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{tmp_path}/opened"\n')
    browser.chmod(0o755)
    out, _ = chat(onrecord, TOLL, "/open 1", BROWSER=f"{browser} %s")
    opened = (tmp_path / "opened").read_text().strip()
    assert opened.startswith("https://example.org/toll#:~:text=%E2%80%9CThe%20toll%20will%20pay")
    assert f"Opened {opened}" in out


def test_exit_without_a_slash_leaves(onrecord: Onrecord) -> None:
    out, _ = chat(onrecord, TOLL, "exit", "What did Okoro say?")
    assert BRANDT in out and OKORO not in out


def test_no_question_ends_the_chat(onrecord: Onrecord) -> None:
    out, _ = chat(onrecord, r"What did C:\q say about the toll?", "When did he say that?", "/stats")
    assert "2 questions" in out
