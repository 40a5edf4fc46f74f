"""Settings come from the environment and `.env`, and a wrong one is named."""

import os
from pathlib import Path

import pytest

from bot.app.environment import FORMER_NAMES
from bot.app.settings import Settings, read_settings, setting_warnings, variable_name
from retrieval.errors import UsageError
from retrieval.ingest import local_files
from tests.support.command_line import ROOT

WRONG_LIMITS = ("30", "30/fortnight", "0/minute", "many", "30/minute;")
EXAMPLE = ROOT / ".env.example"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder and an environment without settings."""
    for key in [key for key in os.environ if key.startswith(("ONRECORD_", "OPENAI_", "TELEGRAM_"))]:
        monkeypatch.delenv(key)
    monkeypatch.chdir(tmp_path)


def defaults() -> dict[str, str]:
    """Every setting by the name of its variable."""
    return {
        variable_name(name): "" if field.default is None else str(field.default)
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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONRECORD_ALLOWED_NETWORKS", "10.0.0.0/8, intranet"),
        ("ONRECORD_ALLOWED_NETWORKS", "10.0.0.1/8"),
        ("ONRECORD_TRUSTED_PROXIES", "127.0.0.1;10.0.0.1"),
        ("ONRECORD_CONTACT", "rédaction@courier.example"),
        ("ONRECORD_CONTACT", "desk@courier.example\nX: y"),
        *(
            (f"ONRECORD_RATE_LIMIT_{what}", value)
            for what in ("PER_ADDRESS", "PER_SITE", "PER_KEY", "TOTAL")
            for value in WRONG_LIMITS
        ),
    ],
)
def test_a_value_that_only_some_commands_need_is_checked_at_the_start_of_all(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=f"^{name} is "):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONRECORD_ALLOWED_NETWORKS", "10.0.0.0/8, fd00::/8 192.168.1.7"),
        ("ONRECORD_TRUSTED_PROXIES", "127.0.0.1"),
        ("ONRECORD_RATE_LIMIT_TOTAL", "500/day"),
        ("ONRECORD_RATE_LIMIT_PER_KEY", "30/minute; 500 per day"),
        ("ONRECORD_RATE_LIMIT_PER_SITE", " None "),
    ],
)
def test_a_right_value_is_kept_as_it_is(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert getattr(read_settings(), name.removeprefix("ONRECORD_").lower()) == value


def test_settings_cannot_be_changed_once_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings().data = Path("elsewhere")


def test_the_data_folder_can_be_given_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONRECORD_DATA", "from-environment")
    assert read_settings(Path("given")).data == Path("given")
    assert os.environ["ONRECORD_DATA"] == "from-environment"


def test_names_are_read_in_any_case_and_an_empty_value_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("onrecord_watch=true\nONRECORD_CONTACT=\nONRECORD_QUEUE_SIZE\n")
    monkeypatch.setenv("ONRECORD_WATCH", "")
    settings = read_settings()
    assert (settings.watch, settings.contact, settings.queue_size) == (True, "", 256)


def test_a_file_may_be_as_large_as_the_library_lets_it_be() -> None:
    assert Settings().max_file_bytes == local_files.MAX_FILE_BYTES


def test_no_former_name_is_a_setting_and_each_has_one_that_is() -> None:
    assert not set(FORMER_NAMES) & set(defaults())
    assert set(FORMER_NAMES.values()) <= set(defaults())


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("ONRECORD_WACTH", "did you mean ONRECORD_WATCH?"),
        ("ONRECORD_AT_ONCE", "it is now called ONRECORD_MAX_CONCURRENT_ANSWERS."),
        ("ONRECORD_KEEP_CONVERSATION", "did you mean ONRECORD_CONVERSATION_RETENTION_DAYS?"),
        ("ONRECORD_OPENAI_API_KEY", "did you mean OPENAI_API_KEY?"),
        ("ONRECORD_TELEGRAM_BOT_TOKEN", "did you mean TELEGRAM_BOT_TOKEN?"),
        ("ONRECORD_XYZZY", "docs/settings.md lists them all."),
    ],
)
def test_a_name_that_is_no_setting_is_named_with_the_nearest_that_is(
    monkeypatch: pytest.MonkeyPatch, name: str, advice: str
) -> None:
    monkeypatch.setenv(name, "1")
    assert setting_warnings() == [f"{name} is not a setting; {advice}"]
    monkeypatch.delenv(name)
    Path(".env").write_text(f"{name}=1\n")
    assert setting_warnings() == [f"{name} is not a setting; {advice}"]


def test_settings_and_names_of_others_are_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*defaults(), "ONRECORD_DEBUG", "ONRECORD_TEST_GGUF", "OPENAI_ORGANIZATION", "TELEGRAM_TOKEN"]:
        monkeypatch.setenv(name, "1")
    assert setting_warnings() == []
