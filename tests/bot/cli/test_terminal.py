"""Results on stdout, the rest on stderr; colour, links and bars only where a terminal shows them."""

import json
import os
import pty
import subprocess
import sys

import pytest

from bot.cli.output import terminal
from bot.cli.output.terminal_style import TerminalStyle
from tests.support.command_line import ROOT

LINKING = {"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}
BARS = """
from bot.cli.output import terminal
with terminal.progress(quiet=False) as report:
    for done in range(0, 401, 100):
        report("vectors", done, 400)
"""


def on_a_terminal(program: str, **settings: str) -> str:
    """What a program shows on a pseudo-terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **settings},
    ) as running:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # what Linux says at the end
            running.wait(30)
    os.close(ours)
    return shown.decode()


def test_results_go_to_stdout_and_warnings_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.write("the answer")
    terminal.warn("something beside it")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("the answer\n", "onrecord: something beside it\n")


def test_json_is_one_line_with_letters_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.write_json({"text": "“Çelik”\nsaid 🛳"})
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and "“Çelik”" in out and json.loads(out) == {"text": "“Çelik”\nsaid 🛳"}


def test_a_pipe_shows_neither_colour_nor_links(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in LINKING.items():
        monkeypatch.setenv(key, value)
    assert terminal.stdout_style() == TerminalStyle(colour=False, links=False)


@pytest.mark.parametrize(
    ("settings", "style"),
    [
        ({"TERM": "xterm-256color"}, TerminalStyle(colour=True, links=False, width=80)),
        (LINKING, TerminalStyle(colour=True, links=True, width=80)),
        (LINKING | {"NO_COLOR": "1"}, TerminalStyle(colour=False, links=True, width=80)),
        (LINKING | {"TERM": "dumb"}, TerminalStyle(colour=False, links=False)),
    ],
)
def test_a_terminal_shows_what_it_can(settings: dict[str, str], style: TerminalStyle) -> None:
    program = "from bot.cli.output import terminal; print(terminal.stdout_style())"
    assert on_a_terminal(program, **settings).strip() == str(style)


def test_a_log_gets_one_line_when_a_stage_ends(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.progress(quiet=False) as report:
        for done in (0, 100, 200):
            report("vectors", done, 200)
        report("words", 0, 0)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "onrecord: Embedding passages: 200\n")


def test_quiet_means_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.progress(quiet=True) as report:
        report("vectors", 200, 200)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_a_bar_that_goes_away() -> None:
    shown = on_a_terminal(BARS, TERM="xterm-256color", COLUMNS="100")
    assert "Embedding passages" in shown and "400/400" in shown and "━" in shown
    assert "onrecord:" not in shown and "\x1b[2K" in shown
