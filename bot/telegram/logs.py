"""The log on standard error, without the token."""

import logging
import time

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_TALKATIVE = ("httpx", "httpcore", "telegram", "tornado", "aiohttp", "apscheduler")  # httpx writes whole URLs


class RedactingFormatter(logging.Formatter):
    """Formats as usual, then strikes the secrets out, in tracebacks too."""

    def __init__(self, *secrets: str) -> None:
        super().__init__(_FORMAT)
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "<token>")
        return text


def log_to_stderr(*secrets: str) -> None:
    """What the bot has to say from INFO on, of the libraries what went wrong."""
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter(*secrets))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(logging.CRITICAL)  # what it raises is said by us, once


class ThrottledWarning:
    """Logs a sentence once, and again only after a while."""

    def __init__(self, log: logging.Logger, seconds: float = 600.0) -> None:
        self._log, self._seconds = log, seconds
        self._said = dict[str, float]()

    def warn(self, sentence: str) -> bool:
        """Whether it was said."""
        now = time.monotonic()
        self._said = {said: at for said, at in self._said.items() if now - at < self._seconds}
        if sentence in self._said:
            return False
        self._said[sentence] = now
        self._log.warning("%s", sentence)
        return True
