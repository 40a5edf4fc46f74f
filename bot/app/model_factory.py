"""Make the models and the vector store that the settings name."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answering.generation.output_format import JSON, PROSE, OutputFormat
from bot.app.data_folder import token_ledger
from bot.app.settings import Settings
from retrieval.errors import UsageError
from retrieval.index.milvus.settings import parse_milvus
from retrieval.index.vectors.chroma_settings import parse_chroma_server
from retrieval.models.endpoints.address import CHAT_SETTING_NAMES, Address, SettingNames, parse_address
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from bot.answering.generation.writer import Writer
    from bot.answering.verification.judging import ClaimJudge
    from retrieval.index.milvus.settings import MilvusSettings
    from retrieval.index.vectors.chroma_settings import ChromaServerSettings
    from retrieval.index.vectors.minilm import EmbeddingModel

# After so many failed answers in a row no request is made for so many seconds.
CHAT_FAILURES, CHAT_COOL_DOWN_SECONDS = 3, 30.0
MULTILINGUAL = "multilingual"  # the embedding model of the extra of that name
# Each request to the embedding endpoint is tried several times anyway, so that one failed request is enough.
EMBEDDING_FAILURES, EMBEDDING_COOL_DOWN_SECONDS = 1, 15.0
LOCAL_MODEL_LOG = "local-model.log"  # in the data folder: why a local model could not be loaded
MODEL_FILE_SUFFIX = ".onnx"  # an embedding model of such a name is a file, any other is behind an endpoint
SHARED_ENDPOINT_NAMES = SettingNames("embedding", model="ONRECORD_EMBEDDING_MODEL")
EMBEDDING_ENDPOINT_NAMES = SettingNames(
    "embedding", "ONRECORD_EMBEDDING_BASE_URL", "ONRECORD_EMBEDDING_API_KEY", "ONRECORD_EMBEDDING_MODEL"
)


def chat_model(settings: Settings) -> "BaseChatModel | None":
    """The chat model, None when the settings name none. Raises UsageError.

    Without a base url LangChain makes the model of a name such as `anthropic:...`; with one, such a name is sent to
    the endpoint as it is.
    """
    name = settings.openai_model
    if not name:
        return None
    if not settings.openai_base_url:
        provider, _, rest = name.partition(":")
        if provider == "openai" and rest:
            name = rest
        elif rest and (made := _provider_model(provider, rest, settings.model_timeout_seconds)):
            return made
    from bot.models.chat_model import ChatModel
    from retrieval.models.endpoints.endpoint import Endpoint

    base_url, key = settings.openai_base_url, settings.openai_api_key.get_secret_value()
    _require_endpoint(base_url, key, CHAT_SETTING_NAMES, name)
    return ChatModel(
        endpoint=Endpoint(parse_address(base_url, key)), model=name, seconds=settings.model_timeout_seconds
    )


def writer(settings: Settings, opened: ExitStack) -> "Writer | None":
    """The writer of the answers, None when no model is named; `opened` closes a local model. Raises UsageError."""
    breaker = CircuitBreaker(failures=CHAT_FAILURES, cool_down=CHAT_COOL_DOWN_SECONDS)
    if settings.local_gguf:
        model = _local_model(settings.local_gguf, settings, opened)
        return _writer(model, settings.local_gguf.stem, JSON, breaker, settings)
    chat, name = chat_model(settings), settings.openai_model
    if not chat:
        return None
    return _writer(chat, name, PROSE, _shared(breaker, f"model {settings.openai_base_url} {name}", settings), settings)


def claim_judge(settings: Settings) -> "ClaimJudge":
    """The judge of what a model writes: the model of ONRECORD_JUDGE_MODEL, else the network of the package.

    Raises UsageError.
    """
    from bot.answering.verification.judging import EMBEDDED

    judging = chat_model(settings.model_copy(update={"openai_model": settings.judge_model}))
    return _judge_by(judging, settings.judge_model, settings) if judging else EMBEDDED


def _judge_by(model: "BaseChatModel", name: str, settings: Settings) -> "ClaimJudge":
    from bot.answering.generation.model_judge import ModelJudge, model_judge
    from prompts import Prompts

    ledger, seconds = token_ledger(settings), settings.first_sentence_timeout_seconds
    return model_judge(ModelJudge(model, name, Prompts(settings.prompts), ledger, seconds))


def _writer(
    model: "BaseChatModel", name: str, output_format: OutputFormat, breaker: CircuitBreaker, settings: Settings
) -> "Writer":
    from bot.answering.generation.writer import Writer
    from prompts import Prompts

    return Writer(
        model,
        name,
        Prompts(settings.prompts),
        settings.first_sentence_timeout_seconds,
        breaker,
        token_ledger(settings),
        settings.model_context_tokens,
        output_format,
        claim_judge(settings),
        # The packaged judge reads English alone; a small model is no judge.
        None if settings.judge_model or output_format.is_short else _judge_by(model, name, settings),
    )


def _local_model(file: Path, settings: Settings, opened: ExitStack) -> "BaseChatModel":
    """The model in a file, served by a process that starts with the first answer and that `opened` ends."""
    if settings.openai_model:
        raise UsageError(
            f"OPENAI_MODEL is {settings.openai_model!r} and ONRECORD_LOCAL_GGUF is {file}; only one of them can write."
        )
    from bot.models.chat_model import ChatModel
    from bot.models.local_model import LocalModelEndpoint, LocalModelServer, server_command, validate_model_file

    file = validate_model_file(file)
    if not find_spec("xllamacpp"):
        raise UsageError(f"ONRECORD_LOCAL_GGUF is {file}, which needs xllamacpp: pip install -e '.[local]'")
    server = LocalModelServer(server_command(file, settings.model_context_tokens), settings.data / LOCAL_MODEL_LOG)
    opened.callback(server.close)
    server.start()
    return ChatModel(endpoint=LocalModelEndpoint(server), model=file.stem, seconds=settings.model_timeout_seconds)


def embedding_model(settings: Settings) -> "Callable[[], EmbeddingModel]":
    """A function that makes the embedding model when it is first needed. Raises UsageError."""
    name = settings.embedding_model
    if name == MULTILINGUAL:
        return _multilingual
    if not name or name.endswith(MODEL_FILE_SUFFIX):
        return lambda: _minilm(Path(name) if name else None)
    address = _embedding_address(settings)
    own = CircuitBreaker(failures=EMBEDDING_FAILURES, cool_down=EMBEDDING_COOL_DOWN_SECONDS)
    breaker = _shared(own, f"embedding {address.url} {name}", settings)

    def make() -> "EmbeddingModel":
        from retrieval.index.vectors.openai_embeddings import EndpointEmbeddings
        from retrieval.models.endpoints.endpoint import Endpoint

        return EndpointEmbeddings(Endpoint(address), name, breaker=breaker, seconds=settings.model_timeout_seconds)

    return make


def chroma_server(settings: Settings) -> "ChromaServerSettings | None":
    """The Chroma server that holds the vectors, None when the index folder does. Raises UsageError."""
    url, token = settings.chroma_url, settings.chroma_token.get_secret_value()
    if not url:
        return None
    server = parse_chroma_server(url, token)
    return replace(server, breaker=_shared(server.breaker, f"chroma {server.address.url}", settings))


def milvus_server(settings: Settings) -> "MilvusSettings | None":
    """The Milvus that holds words and vectors, None when the index folder does. Raises UsageError."""
    if not settings.index_url:
        return None
    if settings.chroma_url:
        raise UsageError("ONRECORD_INDEX_URL holds the vectors, too; leave ONRECORD_CHROMA_URL empty beside it.")
    os.environ.setdefault("PYTHON_DOTENV_DISABLED", "1")  # pymilvus would load a file .env into the environment
    server = parse_milvus(settings.index_url, settings.index_token.get_secret_value())
    return server if server.is_file else replace(server, breaker=_shared(server.breaker, server.name, settings))


def _shared(breaker: CircuitBreaker, endpoint: str, settings: Settings) -> CircuitBreaker:
    """The breaker of an endpoint, with its state in what several processes share, if anything.

    The address may hold a password, so a digest of it names the state.
    """
    from bot.app.shared_counts import circuit_counts  # limits takes a while to import

    counts = circuit_counts(settings)
    return breaker.shared(sha256(endpoint.encode()).hexdigest()[:16], counts) if counts else breaker


def check_index_settings(settings: Settings) -> None:
    """Raises UsageError where the embedding model, the Chroma server or the Milvus is named wrongly."""
    embedding_model(settings)
    chroma_server(settings)
    milvus_server(settings)


def _embedding_address(settings: Settings) -> Address:
    key = settings.embedding_api_key.get_secret_value()
    if settings.embedding_base_url:  # the chat model's key goes to no other host than its own
        return parse_address(settings.embedding_base_url, key, setting_names=EMBEDDING_ENDPOINT_NAMES)
    key = key or settings.openai_api_key.get_secret_value()
    _require_endpoint(settings.openai_base_url, key, SHARED_ENDPOINT_NAMES, settings.embedding_model)
    return parse_address(settings.openai_base_url, key, setting_names=SHARED_ENDPOINT_NAMES)


@cache
def _minilm(file: Path | None) -> "EmbeddingModel":
    from retrieval.index.vectors.minilm import MiniLM  # onnxruntime takes a while to import

    return MiniLM(file)


@cache
def _multilingual() -> "EmbeddingModel":
    from retrieval.index.vectors.e5 import MultilingualE5

    return MultilingualE5()


def _require_endpoint(base_url: str, key: str, names: SettingNames, model: str) -> None:
    if not base_url and not key:
        raise UsageError(
            f"{names.model} is {model!r}, but neither {names.base_url} nor {names.api_key} is set; "
            "set the address of your server, or a key for OpenAI's."
        )


def _provider_model(provider: str, model: str, seconds: float) -> "BaseChatModel | None":
    """LangChain's chat model of a provider, None when LangChain knows no such provider. Raises UsageError."""
    from langchain.chat_models import init_chat_model
    from pydantic import ValidationError

    named = f"OPENAI_MODEL is '{provider}:{model}'"
    try:
        made: BaseChatModel = init_chat_model(model, model_provider=provider, timeout=seconds)
    except ImportError as exc:
        missing = getattr(exc.__cause__, "name", None) or f"langchain_{provider}"
        package = missing.partition(".")[0].replace("_", "-")
        raise UsageError(
            f"{named}, which needs the package {package} (pip install {package}); "
            "or set OPENAI_BASE_URL when this is the name of a model on your own server."
        ) from exc
    except ValidationError as exc:
        raise UsageError(f"{named}: {exc.errors()[0]['msg']}.") from exc
    except ValueError:
        return None
    except Exception as exc:  # from a provider's package, most often because a key is missing
        raise UsageError(f"{named}, but it cannot be used: {exc}") from exc
    return made
