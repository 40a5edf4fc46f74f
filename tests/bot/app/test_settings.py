"""Settings come from the environment and `.env`, and a wrong one is named."""

import os
from pathlib import Path

import pytest

from bot.app.settings import Settings, read_settings
from retrieval.errors import UsageError
from tests.conftest import ROOT

EXAMPLE = ROOT / ".env.example"


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder and an environment without anybody's settings."""
    for key in [key for key in os.environ if key.startswith(("ONRECORD_", "OPENAI_", "TELEGRAM_"))]:
        monkeypatch.delenv(key)
    monkeypatch.chdir(tmp_path)


def defaults() -> dict[str, str]:
    """Every setting by the name of its variable."""
    return {
        str(field.validation_alias or f"ONRECORD_{name.upper()}"): "" if field.default is None else str(field.default)
        for name, field in Settings.model_fields.items()
    }


def test_the_example_lists_every_setting_with_its_default_and_no_other() -> None:
    lines = [line for line in EXAMPLE.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert dict(line.split("=", 1) for line in lines) == defaults()


def test_the_page_of_settings_and_that_of_the_bot_list_every_setting_and_no_other() -> None:
    settings = (ROOT / "docs" / "settings.md").read_text("utf-8")
    telegram = (ROOT / "docs" / "telegram.md").read_text("utf-8").partition("## Settings")[2].partition("\n## ")[0]
    rows = [line for line in (settings + telegram).splitlines() if line.startswith("| `")]
    assert {row.split("`")[1] for row in rows} == set(defaults())


def test_the_keys_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    monkeypatch.setenv("ONRECORD_EMBEDDING_API_KEY", "sk-very-secret")
    monkeypatch.setenv("ONRECORD_TOKEN_SECRET", "sk-very-secret")
    monkeypatch.setenv("ONRECORD_RATE_LIMIT_STORAGE_URL", "redis://:sk-very-secret@cache")
    assert "sk-very" not in f"{read_settings()!r} {read_settings()}"
    assert read_settings().openai_api_key.get_secret_value() == "sk-very-secret"


def test_a_model_has_the_names_that_everybody_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("OPENAI_BASE_URL=http://localhost:11434/v1\nOPENAI_MODEL=qwen2.5:1.5b\n")
    monkeypatch.setenv("ONRECORD_MODEL_TIMEOUT_SECONDS", "120")
    settings = read_settings()
    assert (settings.openai_base_url, settings.openai_model) == ("http://localhost:11434/v1", "qwen2.5:1.5b")
    assert (settings.model_timeout_seconds, settings.first_sentence_timeout_seconds) == (120.0, 20.0)


def test_the_example_copied_as_it_is_changes_nothing() -> None:
    untouched = read_settings()
    Path(".env").write_text(EXAMPLE.read_text("utf-8"), "utf-8")
    assert read_settings() == untouched


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("ONRECORD_DATA=from-file\nONRECORD_ARTICLES=news\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("ONRECORD_DATA", "from-environment")
    settings = read_settings()
    assert (settings.data, settings.articles) == (Path("from-environment"), Path("news"))


@pytest.mark.parametrize("value", ["many", "0", "-5", "1.5"])
def test_a_wrong_value_is_named_with_its_key(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ONRECORD_MAX_FILE_BYTES", value)
    with pytest.raises(UsageError, match=rf"ONRECORD_MAX_FILE_BYTES is '{value}': \S+"):
        read_settings()


def test_settings_cannot_be_changed_once_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings().data = Path("elsewhere")
