"""Logging to standard error: the bot's token redacted, and nothing of what readers write."""

import logging
import time
import traceback
from pathlib import Path

from telegram.error import Conflict, NetworkError, TelegramError

from retrieval.errors import OnRecordError

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_VERBOSE_LOGGERS = (
    "httpx",
    "httpcore",
    "tornado",
    "aiohttp",
    "apscheduler",
)  # httpx logs whole URLs, which contain the token
_NOTHING = logging.CRITICAL + 1  # the level of a logger that logs nothing
_MAX_PLACES = 4  # frames that an error's description names
_OWN_WORDS = (OnRecordError, TelegramError, OSError)  # errors whose message quotes nothing that a reader wrote

_log = logging.getLogger(__name__)


class RedactingFormatter(logging.Formatter):
    """Replaces secrets in the formatted record, including its traceback."""

    def __init__(self, *secrets: str) -> None:
        super().__init__(_FORMAT)
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "<token>")
        return text


def log_to_stderr(*secrets: str) -> None:
    """Log the bot from INFO on, the libraries from WARNING on, and python-telegram-bot, which logs messages, never."""
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter(*secrets))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _VERBOSE_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(_NOTHING)  # the error handler logs what it raises


class ThrottledWarning:
    """Logs a sentence once, and again only after `seconds`."""

    def __init__(self, log: logging.Logger, seconds: float = 600.0) -> None:
        self._log, self._seconds = log, seconds
        self._last_logged = dict[str, float]()

    def warn(self, sentence: str, topic: str = "") -> bool:
        """Log the sentence unless it, or another one on its topic, was logged recently; returns whether it was."""
        now, topic = time.monotonic(), topic or sentence
        self._last_logged = {logged: at for logged, at in self._last_logged.items() if now - at < self._seconds}
        if topic in self._last_logged:
            return False
        self._last_logged[topic] = now
        self._log.warning("%s", sentence)
        return True


_throttled = ThrottledWarning(_log)


def describe_error(error: BaseException) -> str:
    """The error's type and where it was raised, without a message that may quote what a reader wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-_MAX_PLACES:]
    places = ", ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    is_quotable = isinstance(error, _OWN_WORDS) or type(error).__module__ == "sqlite3"
    return type(error).__name__ + (f": {error}" if is_quotable else "") + (f" ({places})" if places else "")


def log_unreadable_update(error: BaseException) -> None:
    """Log that an update is passed over, once for each type of error."""
    sentence = f"An update from Telegram cannot be read and is passed over: {describe_error(error)}."
    _throttled.warn(sentence, f"unreadable {type(error).__name__}")


def log_failed_update(error: BaseException) -> bool:
    """Log once that an update could not be dealt with; returns whether it was logged."""
    return _throttled.warn(f"An update could not be dealt with: {describe_error(error)}.")


def log_polling_error(error: Exception) -> None:
    """Log once why no updates arrive; the caller tries again."""
    if isinstance(error, Conflict):
        _throttled.warn("Another process is polling with the same token; end it. Trying again.")
    elif isinstance(error, NetworkError):
        _throttled.warn("Telegram cannot be reached; trying again.")
    elif isinstance(error, TelegramError):
        _throttled.warn(f"No updates can be had: {error}. Trying again.")
    else:
        _throttled.warn(f"No updates can be had: {describe_error(error)}. Trying again.")
