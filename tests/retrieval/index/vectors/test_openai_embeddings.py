"""Embeddings from an endpoint, over real connections and into a real index."""

import base64
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from retrieval.errors import EmbeddingUnavailable
from retrieval.index import indexer, pending
from retrieval.index.store import Store
from retrieval.index.vectors.openai_embeddings import BATCH_SIZE, EndpointEmbeddings
from retrieval.models.endpoints.address import SettingNames, parse_address
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker
from retrieval.models.endpoints.endpoint import Endpoint
from retrieval.search.hybrid_search import Search
from tests.support.articles import article, fill
from tests.support.command_line import Onrecord
from tests.support.endpoint_standin import AT_ONCE, HOLD, Answer, Asked, Script, Standin, as_json, failing, free_port

pytestmark = pytest.mark.usefixtures("loopback")

KEY = "sk-very-secret"
NAMES = SettingNames("embedding", model="ONRECORD_EMBEDDING_MODEL")
PIER = "The harbour council voted on Tuesday to close the old ferry pier for eleven months of repairs."
Embedding = Callable[[str], Sequence[float]]


def lengths(text: str, dimensions: int = 3) -> list[float]:
    """A vector that tells its text."""
    return [float(len(text)), 1.0, *[0.0] * (dimensions - 2)]


def wider(text: str) -> list[float]:
    return lengths(text, 5)


def in_floats(asked: Asked, embedding: Embedding = lengths) -> Answer:
    rows = [{"index": at, "embedding": embedding(text)} for at, text in enumerate(asked.body["input"])]
    return as_json({"data": rows})


def in_base64(asked: Asked) -> Answer:
    vectors = [lengths(text) for text in asked.body["input"]]
    packed = [base64.b64encode(struct.pack("<3f", *vector)).decode() for vector in vectors]
    return as_json({"data": [{"index": at, "embedding": text} for at, text in enumerate(packed)]})


def shuffled(asked: Asked) -> Answer:
    rows = [{"index": at, "embedding": lengths(text)} for at, text in enumerate(asked.body["input"])]
    return as_json({"data": rows[::-1]})


def unnumbered(asked: Asked) -> Answer:
    return as_json({"data": [{"embedding": lengths(text)} for text in asked.body["input"]]})


def embeddings(url: str, *, seconds: float = 5.0, breaker: CircuitBreaker | None = None) -> EndpointEmbeddings:
    endpoint = Endpoint(parse_address(url, KEY, setting_names=NAMES), retry=AT_ONCE)
    return EndpointEmbeddings(endpoint, "small", breaker=breaker or CircuitBreaker(), seconds=seconds)


@pytest.mark.parametrize("script", [in_floats, in_base64, shuffled, unnumbered])
def test_vectors_come_in_the_order_of_the_texts(script: Script) -> None:
    with Standin(script).serving() as server:
        model = embeddings(server.url)
        assert model.embed_documents(["ccc", "a", "bb"]) == [lengths("ccc"), lengths("a"), lengths("bb")]
        assert model.embed_query("dddd") == lengths("dddd")
        assert model.embed_documents([]) == []
    asked = server.asked[1]
    assert (asked.path, asked.headers["authorization"]) == ("/v1/embeddings", f"Bearer {KEY}")
    assert (asked.body["model"], asked.body["input"]) == ("small", ["ccc", "a", "bb"])


def test_the_name_tells_model_and_dimensions() -> None:
    with Standin(in_floats).serving() as server:
        assert embeddings(server.url).name == "small-3"


def test_many_texts_go_in_batches_over_one_connection() -> None:
    texts = ["x" * at for at in range(1, 2 * BATCH_SIZE + 2)]
    with Standin(in_floats).serving() as server:
        assert embeddings(server.url).embed_documents(texts) == [lengths(text) for text in texts]
    assert [len(asked.body["input"]) for asked in server.asked] == [1, BATCH_SIZE, BATCH_SIZE, 1]
    assert {asked.connection for asked in server.asked} == {0}


def test_a_server_that_does_not_know_base64_is_asked_without() -> None:
    def strict(asked: Asked) -> Answer:
        return failing(400, "encoding_format: extra") if "encoding_format" in asked.body else in_floats(asked)

    with Standin(strict).serving() as server:
        assert embeddings(server.url).embed_query("a") == lengths("a")
    assert ["encoding_format" in asked.body for asked in server.asked] == [True, False, False]


def test_what_may_pass_is_tried_again() -> None:
    with Standin(failing(503), failing(429), in_floats).serving() as server:
        assert embeddings(server.url).embed_query("a") == lengths("a")
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (failing(401, f"no such key: {KEY}"), r"refuses the key \(401: no such key: \[key\]\); set OPENAI_API_KEY"),
        (failing(404, "model 'small' not found"), "does not have the model .* correct ONRECORD_EMBEDDING_MODEL"),
        (failing(500), "fails on its side"),
        (as_json({"error": "this model does not embed"}), "reports an error .this model does not embed"),
        (as_json({"data": [{"embedding": [1.0]}] * 2}), "gives vectors for 2 of 1 texts"),
        (as_json({"data": []}), "gives vectors that cannot be read"),
        (as_json({"data": ["?"]}), "gives vectors that cannot be read"),
        (as_json({"data": [{"embedding": []}]}), "gives vectors that cannot be read"),
        (as_json({"data": [{"embedding": "no base64!"}]}), "gives vectors that cannot be read"),
        (as_json({"data": [{"embedding": [1.0, None]}]}), "gives vectors that are not numbers throughout"),
        (as_json([1, 2]), "reports an error"),
        (Answer([b"<html>"]), "answers with a web page"),
        (Answer([b'{"data": [']), "broke off its answer"),
    ],
)
def test_what_is_no_vector_is_named(answer: Answer, sentence: str) -> None:
    with Standin(answer).serving() as server, pytest.raises(EmbeddingUnavailable, match=sentence) as failed:
        embeddings(server.url)
    assert str(failed.value).startswith(f"The embedding endpoint {server.url} ")
    assert KEY not in str(failed.value)


def test_vectors_of_other_dimensions_than_at_the_start_are_refused() -> None:
    with Standin(in_floats, lambda asked: in_floats(asked, wider)).serving() as server:
        model = embeddings(server.url)
        with pytest.raises(EmbeddingUnavailable, match=r"5 dimensions where it gave 3; 'onrecord reindex'"):
            model.embed_documents(["a"])


def test_a_silent_endpoint_is_given_up_in_time() -> None:
    with (
        Standin(in_floats, Answer([HOLD])).serving() as server,
        pytest.raises(EmbeddingUnavailable, match=r"no whole answer in 0\.5 seconds"),
    ):
        embeddings(server.url, seconds=0.5).embed_query("a")


def test_a_question_is_tried_less_often_than_an_article() -> None:
    with Standin(in_floats, failing(503)).serving() as server:
        model, counts = embeddings(server.url), []
        for ask in (lambda: model.embed_query("a"), lambda: model.embed_documents(["a"])):
            before = len(server.asked)
            with pytest.raises(EmbeddingUnavailable):
                ask()
            counts.append(len(server.asked) - before)
    assert counts == [2, 4]


def test_while_the_breaker_is_open_nothing_is_asked() -> None:
    breaker = CircuitBreaker(failures=1)
    with Standin(in_floats, failing(503)).serving() as server:
        model = embeddings(server.url, breaker=breaker)
        with pytest.raises(EmbeddingUnavailable, match="fails on its side"):
            model.embed_query("a")
        asked = len(server.asked)
        for again in (lambda: model.embed_query("a"), lambda: embeddings(server.url, breaker=breaker)):
            with pytest.raises(EmbeddingUnavailable, match="failed a moment ago"):
                again()
    assert len(server.asked) == asked


def test_a_refused_question_does_not_open_the_breaker() -> None:
    with Standin(in_floats, failing(400, "too long"), in_floats).serving() as server:
        model = embeddings(server.url, breaker=CircuitBreaker(failures=1))
        with pytest.raises(EmbeddingUnavailable, match="too long"):
            model.embed_query("a")
        assert model.embed_query("a") == lengths("a")


def test_another_model_or_other_dimensions_ask_for_reindex(tmp_path: Path) -> None:
    with Standin(in_floats).serving() as server, Store(tmp_path, lambda: embeddings(server.url)) as store:
        fill(store, article("pier", PIER))
    with (
        Standin(lambda asked: in_floats(asked, wider)).serving() as server,
        Store(tmp_path, lambda: embeddings(server.url)) as store,
    ):
        with pytest.raises(
            EmbeddingUnavailable, match="embedded with small-3, the settings name small-5; 'onrecord rei"
        ):
            _ = store.vectors
        indexer.reindex(store)
        assert len(store.vectors.search(wider("a"), 1, generation=1)) == 1


def test_without_the_endpoint_reindexing_keeps_the_vectors(tmp_path: Path) -> None:
    with Standin(in_floats).serving() as server:
        with Store(tmp_path, lambda: embeddings(server.url)) as store:
            fill(store, article("pier", PIER))
        server.script = [failing(503)]
        with Store(tmp_path, lambda: embeddings(server.url)) as store, pytest.raises(EmbeddingUnavailable):
            indexer.reindex(store)
        server.script = [in_floats]
        with Store(tmp_path, lambda: embeddings(server.url)) as store:
            assert store.vectors.count() == pending.index_coverage(store.catalog).vectors == 1


def settings(url: str) -> dict[str, Any]:
    return {"ONRECORD_EMBEDDING_MODEL": "small", "ONRECORD_EMBEDDING_BASE_URL": url, "NO_PROXY": "127.0.0.1"}


def test_with_the_endpoint_down_articles_are_added_and_found_by_words(onrecord: Onrecord, tmp_path: Path) -> None:
    (tmp_path / "pier.txt").write_text(f"Pier to close\n\n{PIER}")
    down = settings(f"http://127.0.0.1:{free_port()}")
    added = onrecord("add", "pier.txt", **down)
    assert added.returncode == 4
    assert added.stdout == "1 added\n"
    assert "cannot be reached; start it or correct ONRECORD_EMBEDDING_BASE_URL." in added.stderr
    assert "Traceback" not in added.stderr
    with Standin(in_floats).serving() as server, Store(tmp_path / "data", lambda: embeddings(server.url)) as store:
        assert list(store.bm25.search(["pier"], 1))
        assert (pending.count_pending(store.catalog, "vectors"), server.asked) == (1, [])
        indexer.index_pending(store)
        assert store.vectors.count() == 1


@pytest.mark.process
def test_an_open_process_stops_using_vectors_that_another_model_has_replaced(
    onrecord_process: Onrecord, tmp_path: Path
) -> None:
    with (
        Standin(in_floats).serving() as old,
        Standin(lambda asked: in_floats(asked, wider)).serving() as new,
        Store(tmp_path / "data", lambda: embeddings(old.url)) as store,
    ):
        fill(store, article("pier", PIER))
        search = Search(store)
        assert not search("When does the ferry pier close?").why_no_vectors
        assert onrecord_process("reindex", **settings(new.url)).returncode == 0
        found = search("When does the ferry pier close?")
        search.close()
    assert found.hits and "embedded with small-5" in found.why_no_vectors
