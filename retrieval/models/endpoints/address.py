"""The address of an OpenAI-compatible endpoint and its credentials."""

from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit, urlunsplit

from retrieval.errors import UsageError

OPENAI_BASE_URL = "https://api.openai.com/v1"
DEFAULT_PATH = "/v1"  # of OpenAI-compatible endpoints, appended when only a host is given


@dataclass(frozen=True, slots=True)
class SettingNames:
    """The purpose of an endpoint and the names of its settings, so that an error can say which one to change."""

    purpose: str = "model"
    base_url: str = "OPENAI_BASE_URL"
    api_key: str = "OPENAI_API_KEY"
    model: str = "OPENAI_MODEL"
    timeout: str = "ONRECORD_MODEL_TIMEOUT_SECONDS"
    path: str = DEFAULT_PATH
    example: str = "http://localhost:11434/v1"


CHAT_SETTING_NAMES = SettingNames()


@dataclass(frozen=True, slots=True)
class Address:
    """A validated base URL and the value of the Authorization header, which is never shown."""

    url: str
    authorization: str = field(default="", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    setting_names: SettingNames = CHAT_SETTING_NAMES

    def __str__(self) -> str:
        return f"The {self.setting_names.purpose} endpoint {self.url}"

    def redact(self, text: str) -> str:
        """Replace the credentials in a text from elsewhere by `[key]`."""
        for secret in self.secrets:
            text = text.replace(secret, "[key]")
        return text


def parse_address(
    base_url: str = "", api_key: str = "", *, setting_names: SettingNames = CHAT_SETTING_NAMES
) -> Address:
    """Validate the address of an endpoint; `setting_names.path` is appended to a bare host, empty means OpenAI's.

    A user name and password in the URL are sent as Basic authentication if there is no key. Raises UsageError.
    """
    parts = urlsplit(base_url.strip() or OPENAI_BASE_URL)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise UsageError(
            f"{setting_names.base_url} is {urlunsplit((parts.scheme, host, parts.path, '', ''))!r}, "
            f"not an address like {setting_names.example}."
        )
    url = urlunsplit((parts.scheme, host, parts.path.rstrip("/") or setting_names.path, "", ""))
    if key := _validated_key(api_key, setting_names):
        return Address(url, f"Bearer {key}", (key,), setting_names)
    if parts.username and parts.password:
        password = unquote(parts.password)
        login = b64encode(f"{unquote(parts.username)}:{password}".encode()).decode()
        return Address(url, f"Basic {login}", (password, login), setting_names)
    return Address(url, setting_names=setting_names)


def _validated_key(api_key: str, setting_names: SettingNames) -> str:
    key = api_key.strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise UsageError(f"{setting_names.api_key} holds characters that no key has; copy it again.")
    return key
