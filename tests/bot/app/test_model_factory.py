"""From settings to models."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.answering.generation.output_format import JSON
from bot.app.model_factory import chat_model, embedding_model, writer
from bot.app.settings import Settings
from bot.models.chat_model import ChatModel
from retrieval.errors import EmbeddingUnavailable, UsageError
from retrieval.index.vectors.openai_embeddings import EndpointEmbeddings
from retrieval.models.embedding_names import MINILM
from tests.support.endpoint_standin import Standin, as_json, failing, saying

pytestmark = pytest.mark.usefixtures("loopback")

KEY = "sk-very-secret"
PROVIDER = """
from langchain_core.language_models import FakeListChatModel

class ChatAnthropic(FakeListChatModel):
    model: str
    timeout: float
    responses: list[str] = ["From afar."]
"""
NEEDY = """
from pydantic import BaseModel

class ChatCohere(BaseModel):
    model: str
    key: str
"""


def settings(**values: Any) -> Settings:
    return Settings(**values)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def test_without_the_name_of_a_model_there_is_none() -> None:
    assert chat_model(settings(openai_api_key=KEY, openai_base_url="http://localhost")) is None


def test_a_named_model_answers_from_its_endpoint() -> None:
    with Standin(saying("Yes.")).serving() as server:
        model = chat_model(
            settings(
                openai_model="qwen2.5:1.5b", openai_base_url=server.host, openai_api_key=KEY, model_timeout_seconds=7
            )
        )
        assert model and model.invoke("Well?").content == "Yes."
    assert server.asked[0].body["model"] == "qwen2.5:1.5b"
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert isinstance(model, ChatModel) and model.seconds == 7


@pytest.mark.parametrize("name", ["gpt-5-mini", "openai:gpt-5-mini", "ft:gpt-4o-mini:us::7"])
def test_without_a_base_url_a_key_means_openai(name: str) -> None:
    model = chat_model(settings(openai_model=name, openai_api_key=KEY))
    assert isinstance(model, ChatModel)
    assert (model.model, model.endpoint.address.url) == (name.removeprefix("openai:"), "https://api.openai.com/v1")


@pytest.mark.parametrize("name", ["qwen2.5:1.5b", "gpt-5-mini"])
def test_a_model_without_a_place_to_ask_is_a_mistake(name: str) -> None:
    with pytest.raises(UsageError, match=f"OPENAI_MODEL is '{name}', but neither OPENAI_BASE_URL nor OPENAI_API_KEY"):
        chat_model(settings(openai_model=name))


def test_with_a_base_url_a_provider_is_part_of_the_name() -> None:
    model = chat_model(settings(openai_model="anthropic:claude", openai_base_url="http://localhost"))
    assert isinstance(model, ChatModel) and model.model == "anthropic:claude"


def test_a_provider_whose_package_is_installed_is_langchains(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "langchain_anthropic.py").write_text(PROVIDER)
    monkeypatch.syspath_prepend(tmp_path)
    model = chat_model(settings(openai_model="anthropic:claude", model_timeout_seconds=7))
    assert model and (model.model, model.timeout) == ("claude", 7)
    assert model.invoke("Well?").content == "From afar."


def test_a_provider_whose_package_is_missing_is_told_by_its_package() -> None:
    with pytest.raises(UsageError, match=r"'upstage:solar', which needs the package langchain-upstage \(pip install"):
        chat_model(settings(openai_model="upstage:solar"))


def test_a_provider_that_wants_more_says_what(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "langchain_cohere.py").write_text(NEEDY)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UsageError, match=r"OPENAI_MODEL is 'cohere:command': .*required"):
        chat_model(settings(openai_model="cohere:command"))


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    """What begins as a model file does."""
    file = tmp_path / "tiny.gguf"
    file.write_bytes(b"GGUF and more")
    return file


def test_a_model_file_is_asked_in_the_form_for_small_models_and_begins_to_load(
    model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xllamacpp.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with ExitStack() as opened:
        made = writer(settings(local_gguf=model_file, data=tmp_path), opened)
    assert made and (made.name, made.output_format) == ("tiny", JSON)
    assert isinstance(made.model, ChatModel) and (tmp_path / "local-model.log").exists()


def test_a_model_file_without_its_software_says_what_to_install(
    model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(UsageError, match=r"tiny\.gguf, which needs xllamacpp: pip install -e '\.\[local\]'"):
        writer(settings(local_gguf=model_file), ExitStack())


def test_a_model_file_beside_a_named_model_is_a_mistake(model_file: Path) -> None:
    with pytest.raises(UsageError, match=r"OPENAI_MODEL is 'qwen' and ONRECORD_LOCAL_GGUF is .*only one of them"):
        writer(settings(local_gguf=model_file, openai_model="qwen", openai_base_url="http://localhost"), ExitStack())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04"])
def test_a_file_that_is_no_model_is_named(model_file: Path, content: bytes) -> None:
    model_file.write_bytes(content)
    with pytest.raises(UsageError, match=r"ONRECORD_LOCAL_GGUF is .*tiny\.gguf, which is no GGUF file"):
        writer(settings(local_gguf=model_file), ExitStack())


def test_the_embedded_embedding_model_needs_no_setting() -> None:
    assert embedding_model(settings())().name == MINILM


def test_an_onnx_file_is_a_model_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingUnavailable, match=r"gone\.onnx cannot be read"):
        embedding_model(settings(embedding_model=str(tmp_path / "gone.onnx"), openai_base_url="http://localhost"))()


def vector() -> Standin:
    return Standin(as_json({"data": [{"embedding": [1.0, 2.0]}]}))


def test_embeddings_come_from_the_models_endpoint_with_its_key() -> None:
    with vector().serving() as server:
        values = settings(embedding_model="small", openai_base_url=server.url, openai_api_key=KEY)
        model = embedding_model(values)()
    assert isinstance(model, EndpointEmbeddings) and model.name == "small-2"
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_key_goes_to_no_other_endpoint_than_its_own() -> None:
    with vector().serving() as server:
        place = {"embedding_model": "small", "embedding_base_url": server.url, "openai_api_key": KEY}
        embedding_model(settings(**place))()
        embedding_model(settings(**place, embedding_api_key="sk-another"))()
    assert [asked.headers.get("authorization") for asked in server.asked] == [None, "Bearer sk-another"]


@pytest.mark.parametrize("elsewhere", [True, False])
def test_an_error_names_the_settings_of_the_embeddings(elsewhere: bool) -> None:
    with Standin(failing(401)).serving() as server:
        place = "embedding_base_url" if elsewhere else "openai_base_url"
        make = embedding_model(settings(embedding_model="small", **{place: server.url}))
        prefix = "ONRECORD_EMBEDDING" if elsewhere else "OPENAI"
        with pytest.raises(
            EmbeddingUnavailable, match=rf"The embedding endpoint .* wants a key \(401\); set {prefix}_API_KEY"
        ):
            make()


def test_embeddings_without_a_place_to_ask_are_a_mistake() -> None:
    with pytest.raises(UsageError, match="ONRECORD_EMBEDDING_MODEL is 'small', but neither OPENAI_BASE_URL nor"):
        embedding_model(settings(embedding_model="small"))


def test_a_process_in_which_an_endpoint_failed_leaves_it_alone_for_a_while() -> None:
    with Standin(failing(503, Retry_After="60")).serving() as server:
        make = embedding_model(settings(embedding_model="small", openai_base_url=server.url))
        with pytest.raises(EmbeddingUnavailable, match="fails on its side"):
            make()
        asked = len(server.asked)
        with pytest.raises(EmbeddingUnavailable, match="failed a moment ago"):
            make()
    assert len(server.asked) == asked
