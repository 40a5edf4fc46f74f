"""Settings of a Milvus that holds words and vectors; importable without pymilvus."""

from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from retrieval.errors import UsageError
from retrieval.models.endpoints.address import SettingNames, parse_address
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker

INDEX_SETTING_NAMES = SettingNames(
    "Milvus",
    base_url="ONRECORD_INDEX_URL",
    api_key="ONRECORD_INDEX_TOKEN",
    path="",
    example="http://localhost:19530, or a file such as index.db",
)
FILE_SUFFIX = ".db"  # by which pymilvus tells a file of Milvus Lite from an address
CONNECT_SECONDS = 2.0
QUESTION_SECONDS = 3.0
WRITE_SECONDS = 60.0
FAILURES, COOL_DOWN = 1, 10.0  # seconds; the breaker opens after one failure, so that only one question waits in vain


@dataclass(frozen=True, slots=True)
class MilvusSettings:
    """An address of Milvus or a file of Milvus Lite, and the longest that a request may take, in seconds."""

    url: str
    token: str = field(default="", repr=False)
    question_seconds: float = QUESTION_SECONDS
    write_seconds: float = WRITE_SECONDS
    breaker: CircuitBreaker = field(default_factory=lambda: CircuitBreaker(failures=FAILURES, cool_down=COOL_DOWN))

    @property
    def is_file(self) -> bool:
        """Whether Milvus Lite runs within this process."""
        return "://" not in self.url

    @property
    def name(self) -> str:
        """What to call it in a sentence; without credentials."""
        return f"The index file {self.url}" if self.is_file else f"The Milvus server {self.url}"

    def redact(self, text: str) -> str:
        """Replace the token in a text from elsewhere by `[key]`."""
        for secret in filter(None, (self.token, self.token.partition(":")[2])):
            text = text.replace(secret, "[key]")
        return text


def parse_milvus(url: str, token: str = "") -> MilvusSettings:
    """The settings of the Milvus at an address, or of the file of Milvus Lite. Raises UsageError."""
    if not url.strip().startswith(("http:", "https:")) and url.strip().endswith(FILE_SUFFIX):
        _require("milvus_lite", "milvus-lite")
        path = Path(url.strip()).absolute()
        path.parent.mkdir(parents=True, exist_ok=True)
        return MilvusSettings(str(path), question_seconds=WRITE_SECONDS)  # it builds its indexes when it is first asked
    address = parse_address(url, token, setting_names=INDEX_SETTING_NAMES)
    _require("pymilvus", "onrecord[milvus]")
    login = urlsplit(url.strip())
    named = f"{unquote(login.username)}:{unquote(login.password)}" if login.username and login.password else ""
    return MilvusSettings(address.url, token.strip() or named)


def _require(module: str, package: str) -> None:
    if not (find_spec(module) and find_spec("pymilvus")):
        raise UsageError(f"ONRECORD_INDEX_URL needs a package that is not installed; run: pip install '{package}'")
