"""The only reader of the environment and of `.env`."""

import re
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from retrieval.errors import UsageError
from retrieval.ingest.parsing.files.local_files import LARGEST_FILE

NO_KEY = SecretStr("")


def _ids(given: Any) -> Any:
    """Numbers with commas or blanks between them."""
    if not isinstance(given, str):
        return given
    parts = given.replace(",", " ").split()
    if wrong := [part for part in parts if not re.fullmatch(r"-?\d+", part)]:
        raise ValueError(f"ids are numbers with commas between them, {wrong[0]!r} is none")
    return frozenset(map(int, parts))


Ids = Annotated[frozenset[int] | None, NoDecode, BeforeValidator(_ids)]


class Settings(BaseSettings):
    """Every setting, read once; each is an environment variable or a line in `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="ONRECORD_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
    )

    data: Path = Field(Path(".onrecord"), description="Folder of the index and the conversations.")
    articles: Path = Field(
        Path("articles"), description="Articles that a first question without an index is answered from."
    )
    conversation_retention_days: int = Field(
        30, ge=0, le=36_500, description="Days that conversations are kept where anything is served; 0: for ever."
    )
    max_concurrent_answers: int = Field(64, ge=1, le=1_000, description="Answers over HTTP made side by side.")
    queue_size: int = Field(256, ge=0, le=100_000, description="Questions over HTTP that may wait for their turn.")
    stale_after_hours: int = Field(
        0, ge=0, description="Hours without a look for articles after which /readyz says no; 0: never."
    )
    max_file_bytes: int = Field(LARGEST_FILE, gt=0, description="Bytes; a larger article is refused.")
    watch: bool = Field(False, description="Whether serve and telegram keep the sources on the web current.")
    allowed_networks: str = Field(
        "", description="Networks beyond the public internet that articles may be fetched from: 10.0.0.0/8."
    )
    contact: str = Field("", description="Address or mailbox named to the servers that articles are fetched from.")
    openai_base_url: str = Field(
        "", validation_alias="OPENAI_BASE_URL", description="OpenAI-compatible endpoint; empty means OpenAI's own."
    )
    openai_api_key: SecretStr = Field(NO_KEY, validation_alias="OPENAI_API_KEY", description="Its key.")
    openai_model: str = Field(
        "", validation_alias="OPENAI_MODEL", description="Model that writes the answers; empty means none does."
    )
    local_gguf: Path | None = Field(
        None, description="Model file that OnRecord serves itself, in place of an endpoint."
    )
    model_timeout_seconds: float = Field(
        60.0, gt=0, description="Seconds a model may take for one answer, retries included."
    )
    first_sentence_timeout_seconds: float = Field(
        20.0, gt=0, description="Seconds until the first sentence of an answer."
    )
    model_context_tokens: int = Field(
        4096, ge=1024, description="Tokens that the model takes; fewer passages go in if few."
    )
    max_tokens_per_day: int = Field(0, ge=0, description="Tokens a day that models may cost; 0 means any number.")
    prompts: Path | None = Field(None, description="Folder with your own copies of the prompts.")
    embedding_model: str = Field(
        "",
        description="Embedding model at the endpoint, or an ONNX file with MiniLM's vocabulary; empty: the built-in.",
    )
    embedding_base_url: str = Field("", description="Endpoint of the embeddings where it is another.")
    embedding_api_key: SecretStr = Field(NO_KEY, description="Its key.")
    chroma_url: str = Field("", description="Chroma server that holds the vectors; empty: the folder of the index.")
    chroma_token: SecretStr = Field(NO_KEY, description="Its token.")
    sites_file: Path | None = Field(None, description="TOML file of the sites whose readers may ask over HTTP.")
    token_lifetime_minutes: float = Field(30.0, gt=0, le=1440, description="Minutes that a reader's token is good for.")
    token_secret: SecretStr = Field(
        NO_KEY, description="Signs the tokens where several machines answer; else one is made."
    )
    trusted_proxies: str = Field("", description="Addresses and networks of the proxies in front of the server.")
    rate_limit_per_address: str = Field(
        "", description="Questions from one address; empty: 30/minute, none on your own machine."
    )
    rate_limit_per_site: str = Field("", description="Questions on one site; empty: 600/minute.")
    rate_limit_per_key: str = Field("", description="Questions with one key; empty: 600/minute.")
    rate_limit_per_day: str = Field("", description="Questions in all; empty: 20000/day, none on your own machine.")
    rate_limit_storage_url: SecretStr = Field(
        NO_KEY, description="redis:// address where several processes count together."
    )
    telegram_bot_token: SecretStr = Field(
        NO_KEY, validation_alias="TELEGRAM_BOT_TOKEN", description="Token from @BotFather."
    )
    telegram_api_url: str = Field(
        "", pattern=r"^https?://\S+$|^$", description="Another Bot API server than Telegram's."
    )
    telegram_allowed_users: Ids = Field(None, description="Ids of the users who may ask; empty: everybody.")
    telegram_allowed_chats: Ids = Field(None, description="Ids of the chats in which everybody may ask; empty: all.")
    telegram_admins: Ids = Field(None, description="Ids of the users who see /stats and errors; limits spare them.")
    telegram_max_questions_per_minute: int = Field(
        10, ge=0, description="Questions a minute for one user; 0 means any number."
    )
    telegram_max_questions_per_day: int = Field(
        0, ge=0, description="Questions a day (UTC) for all users; 0 means any number."
    )
    telegram_streaming: bool = Field(True, description="Whether readers see an answer while it is written.")
    telegram_history_per_user: bool = Field(
        False, description="Whether each user of a group has a conversation apart instead of one for all."
    )
    telegram_webhook_url: str = Field(
        "", pattern=r"^https?://\S+$|^$", description="Address to which Telegram posts; empty means polling."
    )
    telegram_webhook_secret: SecretStr = Field(NO_KEY, description="Secret that Telegram sends along to the webhook.")
    telegram_webhook_host: str = Field("127.0.0.1", description="Address on which the webhook listens.")
    telegram_webhook_port: int = Field(8443, ge=0, le=65_535, description="Its port.")

    @model_validator(mode="after")
    def webhook_has_a_secret(self) -> Self:
        """Anybody could post to a webhook without one."""
        secret = self.telegram_webhook_secret.get_secret_value()
        if self.telegram_webhook_url and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
            raise ValueError(
                "ONRECORD_TELEGRAM_WEBHOOK_URL needs ONRECORD_TELEGRAM_WEBHOOK_SECRET: "
                "16 to 256 letters, digits, _ and -"
            )
        return self


def read_settings() -> Settings:
    """The settings. Raises UsageError that names the key, the value and what would be right."""
    try:
        return Settings()
    except UnicodeDecodeError as exc:
        raise UsageError("The file .env is not UTF-8 text; save it as UTF-8.") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        name = "_".join(map(str, first["loc"])).upper()
        if not name:  # what two settings say together
            raise UsageError(f"{first['msg'].removeprefix('Value error, ')}.") from exc
        key = name if name.startswith(("OPENAI_", "TELEGRAM_BOT_")) else f"ONRECORD_{name}"
        raise UsageError(f"{key} is {first['input']!r}: {first['msg'].removeprefix('Value error, ')}.") from exc
