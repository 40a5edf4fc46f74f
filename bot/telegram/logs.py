"""Logging to standard error, with the bot's token redacted."""

import logging
import time

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_VERBOSE_LOGGERS = (
    "httpx",
    "httpcore",
    "telegram",
    "tornado",
    "aiohttp",
    "apscheduler",
)  # httpx logs whole URLs, which contain the token


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
    """Log the bot from INFO on, the libraries from WARNING on."""
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter(*secrets))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _VERBOSE_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(logging.CRITICAL)  # the error handler logs what it raises


class ThrottledWarning:
    """Logs a sentence once, and again only after `seconds`."""

    def __init__(self, log: logging.Logger, seconds: float = 600.0) -> None:
        self._log, self._seconds = log, seconds
        self._last_logged = dict[str, float]()

    def warn(self, sentence: str) -> bool:
        """Log the sentence unless it was logged recently; returns whether it was logged."""
        now = time.monotonic()
        self._last_logged = {logged: at for logged, at in self._last_logged.items() if now - at < self._seconds}
        if sentence in self._last_logged:
            return False
        self._last_logged[sentence] = now
        self._log.warning("%s", sentence)
        return True
