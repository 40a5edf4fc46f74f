"""The only reader of the environment and of `.env`."""

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from retrieval.errors import UsageError
from retrieval.sources.files import LARGEST_FILE


class Settings(BaseSettings):
    """Every setting, read once; each is an environment variable or a line in `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="ONRECORD_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data: Path = Field(Path(".onrecord"), description="Folder of the index and the conversations.")
    articles: Path = Field(
        Path("articles"), description="Articles that a first question without an index is answered from."
    )
    largest_file: int = Field(LARGEST_FILE, gt=0, description="Bytes; a larger article is refused.")
    embedding_model: Path | None = Field(
        None, description="ONNX file of another sentence embedding model (MiniLM's vocabulary)."
    )


def read_settings() -> Settings:
    """The settings. Raises UsageError that names the key, the value and what would be right."""
    try:
        return Settings()  # type: ignore[call-arg]
    except UnicodeDecodeError as exc:
        raise UsageError("The file .env is not UTF-8 text; save it as UTF-8.") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        key = f"ONRECORD_{'_'.join(map(str, first['loc'])).upper()}"
        raise UsageError(f"{key} is {first['input']!r}: {first['msg']}.") from exc
