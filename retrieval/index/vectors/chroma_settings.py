"""Settings of a Chroma server: address, timeouts and circuit breaker; importable without chromadb."""

from dataclasses import dataclass, field

from retrieval.models.endpoints.address import Address, SettingNames, parse_address
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker

CHROMA_SETTING_NAMES = SettingNames(
    "Chroma",
    base_url="ONRECORD_CHROMA_URL",
    api_key="ONRECORD_CHROMA_TOKEN",
    path="",
    example="http://localhost:8000",
)
# After that time BM25 alone answers. A healthy server takes 3 ms, 10 ms with 5,000 ids to search among.
QUESTION_SECONDS = 3.0
WRITE_SECONDS = 60.0  # 512 passages take a third of a second
FAILURES, COOL_DOWN = 1, 10.0  # seconds; the breaker opens after one failure, so that only one question waits in vain


@dataclass(frozen=True, slots=True)
class ChromaServerSettings:
    """A Chroma server; the timeouts are the longest pause in seconds. All its clients share the breaker."""

    address: Address
    question_seconds: float = QUESTION_SECONDS
    write_seconds: float = WRITE_SECONDS
    breaker: CircuitBreaker = field(default_factory=lambda: CircuitBreaker(failures=FAILURES, cool_down=COOL_DOWN))


def parse_chroma_server(url: str, token: str = "") -> ChromaServerSettings:
    """The settings of the server at a URL. Raises UsageError."""
    return ChromaServerSettings(parse_address(url, token, setting_names=CHROMA_SETTING_NAMES))
