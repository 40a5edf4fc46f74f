"""The only reader of the environment and of `.env`."""

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from retrieval.errors import UsageError
from retrieval.sources.files import LARGEST_FILE

NO_KEY = SecretStr("")


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
    keep_conversations: int = Field(
        30, ge=0, le=36_500, description="Days that conversations are kept where anything is served; 0: for ever."
    )
    at_once: int = Field(64, ge=1, le=1_000, description="Answers over HTTP made side by side.")
    waiting: int = Field(256, ge=0, le=100_000, description="Questions over HTTP that may wait for their turn.")
    stale_after: int = Field(
        0, ge=0, description="Hours without a look for articles after which /readyz says no; 0: never."
    )
    largest_file: int = Field(LARGEST_FILE, gt=0, description="Bytes; a larger article is refused.")
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
    model_timeout: float = Field(60.0, gt=0, description="Seconds a model may take for one answer, retries included.")
    answer_timeout: float = Field(20.0, gt=0, description="Seconds until the first sentence of an answer.")
    model_context: int = Field(4096, ge=1024, description="Tokens that the model takes; fewer passages go in if few.")
    daily_tokens: int = Field(0, ge=0, description="Tokens a day that models may cost; 0 means any number.")
    prompts: Path | None = Field(None, description="Folder with your own copies of the prompts.")
    embedding_model: str = Field(
        "",
        description="Embedding model at the endpoint, or an ONNX file with MiniLM's vocabulary; empty: the built-in.",
    )
    embedding_base_url: str = Field("", description="Endpoint of the embeddings where it is another.")
    embedding_api_key: SecretStr = Field(NO_KEY, description="Its key.")
    chroma_url: str = Field("", description="Chroma server that holds the vectors; empty: the folder of the index.")
    chroma_token: SecretStr = Field(NO_KEY, description="Its token.")
    sites: Path | None = Field(None, description="TOML file of the sites whose readers may ask over HTTP.")
    session_minutes: float = Field(30.0, gt=0, le=1440, description="Minutes that a reader's token is good for.")
    secret: SecretStr = Field(NO_KEY, description="Signs the tokens where several machines answer; else one is made.")
    proxies: str = Field("", description="Addresses and networks of the proxies in front of the server.")
    limit_address: str = Field(
        "", description="Questions from one address; empty: 30/minute, none on your own machine."
    )
    limit_site: str = Field("", description="Questions on one site; empty: 600/minute.")
    limit_key: str = Field("", description="Questions with one key; empty: 600/minute.")
    limit_day: str = Field("", description="Questions in all; empty: 20000/day, none on your own machine.")
    limits_url: SecretStr = Field(NO_KEY, description="redis:// address where several processes count together.")


def read_settings() -> Settings:
    """The settings. Raises UsageError that names the key, the value and what would be right."""
    try:
        return Settings()
    except UnicodeDecodeError as exc:
        raise UsageError("The file .env is not UTF-8 text; save it as UTF-8.") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        name = "_".join(map(str, first["loc"])).upper()
        key = name if name.startswith("OPENAI_") else f"ONRECORD_{name}"
        raise UsageError(f"{key} is {first['input']!r}: {first['msg']}.") from exc
