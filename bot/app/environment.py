"""Read the environment and the file `.env`, and find names of settings that are misspelt or no longer used."""

import os
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from pathlib import Path

from retrieval.errors import UsageError

PREFIX = "ONRECORD_"
ENV_FILE = Path(".env")  # in the working directory
# Names with our prefix that are no settings: tracebacks of unexpected errors, and what only tests read.
OTHER_NAMES = frozenset({"ONRECORD_DEBUG"})
TEST_PREFIX = "ONRECORD_TEST_"
MIN_SIMILARITY = 0.75  # difflib's ratio; two names share the prefix and often a word, which alone makes 0.6

FORMER_NAMES = {
    "ONRECORD_ANSWER_TIMEOUT": "ONRECORD_FIRST_SENTENCE_TIMEOUT_SECONDS",
    "ONRECORD_AT_ONCE": "ONRECORD_MAX_CONCURRENT_ANSWERS",
    "ONRECORD_DAILY_TOKENS": "ONRECORD_MAX_TOKENS_PER_DAY",
    "ONRECORD_KEEP_CONVERSATIONS": "ONRECORD_CONVERSATION_RETENTION_DAYS",
    "ONRECORD_LARGEST_FILE": "ONRECORD_MAX_FILE_BYTES",
    "ONRECORD_LIMITS_URL": "ONRECORD_RATE_LIMIT_STORAGE_URL",
    "ONRECORD_LIMIT_ADDRESS": "ONRECORD_RATE_LIMIT_PER_ADDRESS",
    "ONRECORD_LIMIT_DAY": "ONRECORD_RATE_LIMIT_TOTAL",
    "ONRECORD_LIMIT_KEY": "ONRECORD_RATE_LIMIT_PER_KEY",
    "ONRECORD_LIMIT_SITE": "ONRECORD_RATE_LIMIT_PER_SITE",
    "ONRECORD_MODEL_CONTEXT": "ONRECORD_MODEL_CONTEXT_TOKENS",
    "ONRECORD_MODEL_TIMEOUT": "ONRECORD_MODEL_TIMEOUT_SECONDS",
    "ONRECORD_NETWORKS": "ONRECORD_ALLOWED_NETWORKS",
    "ONRECORD_PROXIES": "ONRECORD_TRUSTED_PROXIES",
    "ONRECORD_SECRET": "ONRECORD_TOKEN_SECRET",
    "ONRECORD_SESSION_MINUTES": "ONRECORD_TOKEN_LIFETIME_MINUTES",
    "ONRECORD_SITES": "ONRECORD_SITES_FILE",
    "ONRECORD_STALE_AFTER": "ONRECORD_STALE_AFTER_HOURS",
    "ONRECORD_TELEGRAM_API": "ONRECORD_TELEGRAM_API_URL",
    "ONRECORD_TELEGRAM_CHATS": "ONRECORD_TELEGRAM_ALLOWED_CHATS",
    "ONRECORD_TELEGRAM_DAILY": "ONRECORD_TELEGRAM_MAX_QUESTIONS_PER_DAY",
    "ONRECORD_TELEGRAM_LISTEN": "ONRECORD_TELEGRAM_WEBHOOK_HOST",
    "ONRECORD_TELEGRAM_PER_MINUTE": "ONRECORD_TELEGRAM_MAX_QUESTIONS_PER_MINUTE",
    "ONRECORD_TELEGRAM_PORT": "ONRECORD_TELEGRAM_WEBHOOK_PORT",
    "ONRECORD_TELEGRAM_SECRET": "ONRECORD_TELEGRAM_WEBHOOK_SECRET",
    "ONRECORD_TELEGRAM_USERS": "ONRECORD_TELEGRAM_ALLOWED_USERS",
    "ONRECORD_TELEGRAM_WEBHOOK": "ONRECORD_TELEGRAM_WEBHOOK_URL",
    "ONRECORD_WAITING": "ONRECORD_QUEUE_SIZE",
}


def read_environment() -> dict[str, str]:
    """Variables by upper-case name; the environment wins over `.env`, and an empty value counts as not set.

    Raises UsageError when `.env` is not UTF-8 text.
    """
    values = dict[str, str]()
    for source in (_env_file(), os.environ):
        values |= {name.upper(): value for name, value in source.items() if value}
    return values


def _env_file() -> dict[str, str | None]:
    if not ENV_FILE.is_file():
        return {}
    from dotenv import dotenv_values  # 20 ms that most commands need not wait for: few have the file

    try:
        return dotenv_values(ENV_FILE, encoding="utf-8")
    except UnicodeDecodeError as exc:
        raise UsageError("The file .env is not UTF-8 text; save it as UTF-8.") from exc


def unknown_name_warnings(names: Iterable[str], known: Collection[str]) -> list[str]:
    """One sentence for each name with our prefix that is no setting, with the setting that was probably meant."""
    return [
        f"{name} is not a setting; {_suggestion(name, known)}"
        for name in sorted(names)
        if name.startswith(PREFIX) and name not in known and not _is_other(name)
    ]


def _is_other(name: str) -> bool:
    return name in OTHER_NAMES or name.startswith(TEST_PREFIX)


def _suggestion(name: str, known: Collection[str]) -> str:
    if name in FORMER_NAMES:
        return f"it is now called {FORMER_NAMES[name]}."
    if (unprefixed := name.removeprefix(PREFIX)) in known:
        return f"did you mean {unprefixed}?"
    nearest = get_close_matches(name, [*known, *FORMER_NAMES], n=1, cutoff=MIN_SIMILARITY)
    if not nearest:
        return "docs/settings.md lists them all."
    return f"did you mean {FORMER_NAMES.get(nearest[0], nearest[0])}?"
