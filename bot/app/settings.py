"""Every setting of OnRecord, read from the environment and `.env` into frozen values."""

import re
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from bot.app.environment import PREFIX, read_environment, unknown_name_warnings
from retrieval.errors import UsageError

NO_SECRET = SecretStr("")
NO_LIMIT = "none"  # the value of a setting that removes a rate limit
DEFAULT_ARTICLES = Path("articles")
WITHOUT_PREFIX = frozenset({"openai_base_url", "openai_api_key", "openai_model", "telegram_bot_token"})


def _parse_ids(given: Any) -> Any:
    """Numbers separated by commas or spaces."""
    if not isinstance(given, str):
        return given
    parts = given.replace(",", " ").split()
    if wrong := [part for part in parts if not re.fullmatch(r"-?\d+", part)]:
        raise ValueError(f"ids are numbers with commas between them, {wrong[0]!r} is none")
    return frozenset(map(int, parts))


def _check_networks(given: str) -> str:
    """Networks separated by commas or spaces."""
    if given:
        from ipaddress import ip_network  # few have any

        for part in given.replace(",", " ").split():
            try:
                ip_network(part)
            except ValueError as exc:
                raise ValueError(f"{exc}; write addresses or networks, such as 127.0.0.1, 10.0.0.0/8") from exc
    return given


def _check_limit(given: str) -> str:
    """Rate limits as 30/minute or 30/minute;500/day, or none."""
    if given and given.strip().lower() != NO_LIMIT:
        from limits import parse_many  # few have any

        try:
            is_limit = all(limit.amount for limit in parse_many(given))
        except ValueError:
            is_limit = False
        if not is_limit:
            raise ValueError(f"write it as 30/minute, 30/minute;500/day or {NO_LIMIT}")
    return given


def _check_contact(given: str) -> str:
    """Text that can stand in the header of a request."""
    if not given.isascii() or not given.isprintable():
        raise ValueError("it cannot be sent in a header; write it in plain ASCII")
    return given


Networks = Annotated[str, AfterValidator(_check_networks)]
RateLimit = Annotated[str, AfterValidator(_check_limit)]
Contact = Annotated[str, AfterValidator(_check_contact)]
Ids = Annotated[frozenset[int] | None, BeforeValidator(_parse_ids)]


class Settings(BaseModel):
    """Every setting; `variable_name` says which environment variable holds a field.

    A pydantic model rather than one of pydantic-settings, whose import takes 0.15 s of every command.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path = Field(Path(".onrecord"), description="Folder of the index and the conversations.")
    database_url: SecretStr = Field(
        NO_SECRET,
        description="PostgreSQL database of the catalog and of what machines share; empty: the folder of the index.",
    )
    articles: Path = Field(
        DEFAULT_ARTICLES, description="Articles that are indexed when a question is asked and there is no index yet."
    )
    conversation_retention_days: int = Field(
        30, ge=0, le=36_500, description="Days that serve and telegram keep conversations; 0: for ever."
    )
    max_concurrent_answers: int = Field(64, ge=1, le=1_000, description="Answers over HTTP made at the same time.")
    queue_size: int = Field(256, ge=0, le=100_000, description="Questions over HTTP that may wait for their turn.")
    stale_after_hours: int = Field(
        0, ge=0, description="Hours without a check for new articles after which /readyz answers 503; 0: never."
    )
    max_file_bytes: int = Field(
        10_000_000, gt=0, description="Bytes; a larger article is refused, whether from a file or from the web."
    )
    watch: bool = Field(False, description="Whether serve and telegram keep the sources on the web current.")
    allowed_networks: Networks = Field(
        "", description="Networks beyond the public internet that articles may be fetched from: 10.0.0.0/8."
    )
    contact: Contact = Field("", description="Address or mailbox named to the servers that articles are fetched from.")
    openai_base_url: str = Field("", description="OpenAI-compatible endpoint; empty means OpenAI's own.")
    openai_api_key: SecretStr = Field(NO_SECRET, description="Its key.")
    openai_model: str = Field("", description="Model that writes the answers; empty means none does.")
    local_gguf: Path | None = Field(
        None, description="Model file that OnRecord serves itself, in place of an endpoint."
    )
    judge_model: str = Field(
        "",
        description="Model at the same endpoint that judges what is written; empty means the network of the package.",
    )
    model_timeout_seconds: float = Field(
        60.0, gt=0, description="Seconds a model may take for one answer, retries included."
    )
    first_sentence_timeout_seconds: float = Field(
        20.0, gt=0, description="Seconds until the first sentence of an answer."
    )
    model_context_tokens: int = Field(
        4096, ge=1024, description="Tokens that the model takes; passages that would not fit are left out."
    )
    max_tokens_per_day: int = Field(0, ge=0, description="Tokens a day that models may cost; 0 means any number.")
    prompts: Path | None = Field(None, description="Folder with your own copies of the prompts.")
    strings: Path | None = Field(None, description="Folder with your own copies of the strings.")
    embedding_model: str = Field(
        "",
        description="Embedding model at the endpoint, an ONNX file with MiniLM's vocabulary, or multilingual for the "
        "one of the extra; empty: the built-in.",
    )
    embedding_base_url: str = Field("", description="Endpoint of the embeddings where it is another.")
    embedding_api_key: SecretStr = Field(NO_SECRET, description="Its key.")
    chroma_url: str = Field("", description="Chroma server that holds the vectors; empty: the folder of the index.")
    chroma_token: SecretStr = Field(NO_SECRET, description="Its token.")
    index_url: str = Field(
        "", description="Milvus that holds words and vectors, or a file of Milvus Lite; empty: the folder of the index."
    )
    index_token: SecretStr = Field(NO_SECRET, description="Its token, or user:password.")
    sites_file: Path | None = Field(None, description="TOML file of the sites whose readers may ask over HTTP.")
    token_lifetime_minutes: float = Field(30.0, gt=0, le=1440, description="Minutes that a reader's token is valid.")
    token_secret: SecretStr = Field(
        NO_SECRET, description="Signs the tokens where several machines answer; empty: a secret made once and kept."
    )
    trusted_proxies: Networks = Field("", description="Addresses and networks of the proxies in front of the server.")
    rate_limit_per_address: RateLimit = Field(
        "", description="Questions from one address; empty: 30/minute, none on your own machine."
    )
    rate_limit_per_site: RateLimit = Field("", description="Questions on one site; empty: 600/minute.")
    rate_limit_per_key: RateLimit = Field("", description="Questions with one key; empty: 600/minute.")
    rate_limit_total: RateLimit = Field("", description="Questions in all; empty: 20000/day, none on your own machine.")
    rate_limit_storage_url: SecretStr = Field(
        NO_SECRET, description="redis:// address where several processes count together."
    )
    telegram_bot_token: SecretStr = Field(NO_SECRET, description="Token from @BotFather.")
    telegram_api_url: str = Field(
        "", pattern=r"^https?://\S+$|^$", description="Another Bot API server than Telegram's."
    )
    telegram_allowed_users: Ids = Field(None, description="Ids of the users who may ask; empty: all.")
    telegram_allowed_chats: Ids = Field(None, description="Ids of the chats in which every member may ask; empty: all.")
    telegram_admins: Ids = Field(None, description="Ids of the users who see /stats and errors and have no limits.")
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
    telegram_webhook_secret: SecretStr = Field(
        NO_SECRET, description="Secret that Telegram sends along to the webhook."
    )
    telegram_webhook_host: str = Field("127.0.0.1", description="Address on which the webhook listens.")
    telegram_webhook_port: int = Field(8443, ge=0, le=65_535, description="Its port.")

    @property
    def has_default_articles(self) -> bool:
        """Whether the folder of articles is the one that is taken where no setting names one."""
        return self.articles == DEFAULT_ARTICLES

    @model_validator(mode="after")
    def webhook_has_a_secret(self) -> Self:
        """Refuse a webhook without a secret: anyone could post updates to it."""
        secret = self.telegram_webhook_secret.get_secret_value()
        if self.telegram_webhook_url and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
            raise ValueError(
                "ONRECORD_TELEGRAM_WEBHOOK_URL needs ONRECORD_TELEGRAM_WEBHOOK_SECRET: "
                "16 to 256 letters, digits, _ and -"
            )
        return self


def variable_name(field: str) -> str:
    """The environment variable of a field; OPENAI_* and TELEGRAM_BOT_TOKEN are the names that other software reads."""
    return field.upper() if field in WITHOUT_PREFIX else f"{PREFIX}{field.upper()}"


def read_settings(data: Path | None = None) -> Settings:
    """The settings, with `data` instead of the folder they name where it is given.

    Raises UsageError that names the variable, its value and what would be right.
    """
    environment = read_environment()
    values: dict[str, Any] = {field: environment[name] for field, name in _variables().items() if name in environment}
    if data is not None:
        values["data"] = data
    try:
        return Settings.model_validate(values)
    except ValidationError as exc:
        first = exc.errors()[0]
        message = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:  # what two settings say together
            raise UsageError(f"{message}.") from exc
        raise UsageError(f"{variable_name(str(first['loc'][0]))} is {first['input']!r}: {message}.") from exc


def setting_warnings() -> list[str]:
    """One sentence for each name that looks like a setting and is none. Raises UsageError."""
    return unknown_name_warnings(read_environment(), frozenset(_variables().values()))


def _variables() -> dict[str, str]:
    return {field: variable_name(field) for field in Settings.model_fields}
