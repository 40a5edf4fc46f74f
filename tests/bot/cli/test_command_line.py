"""`main()`: called in this process, with what it imports, what it warns of, and nothing left behind."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.command_line import STAGE_LOGGER, main
from bot.service.turns import stages
from retrieval.index.store import Store
from tests.support.command_line import ROOT

TOLL = "What did Brandt say about the toll?"
Call = Callable[..., tuple[object, str, str]]
# Run in a fresh interpreter: which modules a command has imported, one a line on stderr.
IMPORTED = """
import sys
from bot.cli import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    assert not ended.code
print(*sys.modules, sep="\\n", file=sys.stderr)
"""


@pytest.fixture
def call(newsroom: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls main() over the newsroom's index; gives exit code, stdout and stderr."""
    for name in [name for name in os.environ if name.startswith(("ONRECORD_", "OPENAI_", "TELEGRAM_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--data", str(newsroom.folder), *arguments] if arguments else [])
        captured = capsys.readouterr()
        return ended.value.code, captured.out, captured.err

    return run


def imported(*arguments: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", IMPORTED, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def test_help_imports_no_command_and_no_settings() -> None:
    assert not imported("--help") & {"bot.app.settings", "bot.cli.commands", "pydantic", "rich", "numpy"}


def test_listing_articles_imports_neither_index_nor_models(newsroom: Store) -> None:
    heavy = {"numpy", "tantivy", "httpx", "langchain_core", "bot.app.build", "bot.service.conversation", "rich"}
    for command in ("articles", "sources", "status"):
        assert not imported("--data", str(newsroom.folder), command) & heavy, command


def test_a_command_can_be_called_again_and_again(call: Call) -> None:
    first = call("articles")
    assert first[0] == 0 and first[1]
    assert call("search", "")[0] == 2 and call("bogus")[0] == 2
    assert call("articles") == first


def test_the_data_option_changes_no_environment(call: Call) -> None:
    before = dict(os.environ)
    assert call("status")[0] == 0
    assert dict(os.environ) == before


def test_stages_are_logged_where_that_is_asked_for_and_only_for_that_call(call: Call) -> None:
    code, out, err = call("-v", "ask", TOLL)
    lines = err.splitlines()
    assert code == 0 and "nine years" in out
    assert len(lines) > 2 and all(line.startswith("onrecord: ") and " ms" in line for line in lines)
    assert "Brandt" not in err and "toll?" not in err
    assert call("ask", TOLL) == (0, out, "")
    assert not logging.getLogger(STAGE_LOGGER).handlers


def test_the_logger_of_the_stages_is_that_of_the_service() -> None:
    assert STAGE_LOGGER == stages.STAGE_LOGGER


def test_a_misspelt_setting_is_one_line_on_stderr(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = call("articles")
    monkeypatch.setenv("ONRECORD_WACTH", "true")
    Path(".env").write_text("ONRECORD_AT_ONCE=2\n")
    code, out, err = call("articles")
    assert (code, out) == quiet[:2]
    assert err.splitlines() == [
        "onrecord: ONRECORD_AT_ONCE is not a setting; it is now called ONRECORD_MAX_CONCURRENT_ANSWERS.",
        "onrecord: ONRECORD_WACTH is not a setting; did you mean ONRECORD_WATCH?",
    ]
    assert call("articles", "--help")[2] == ""


@pytest.mark.parametrize("command", ["serve", "telegram"])
def test_who_serves_others_does_not_start_with_a_misspelt_setting(
    call: Call, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("ONRECORD_TELEGRAM_USER", "12")
    Path(".env").write_text("ONRECORD_DAILY_TOKEN=1000\n")
    code, out, err = call(command)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "ONRECORD_TELEGRAM_USER is not a setting; did you mean ONRECORD_TELEGRAM_ALLOWED_USERS?" in err
    assert "ONRECORD_DAILY_TOKEN is not a setting; did you mean ONRECORD_MAX_TOKENS_PER_DAY?" in err


def test_without_a_command_the_help_is_shown(call: Call) -> None:
    code, out, err = call()
    assert code == 2 and "Usage: onrecord" in out + err and "  articles  List the articles" in out + err
