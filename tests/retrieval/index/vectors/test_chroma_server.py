"""A Chroma server that refuses, hangs, breaks off or is none: one sentence each, and nobody waits long."""

import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest

from retrieval.errors import OnRecordError, UsageError, VectorsUnavailable
from retrieval.index.vectors.chroma_server import ChromaServerIndex
from retrieval.index.vectors.chroma_settings import ChromaServerSettings, parse_chroma_server
from retrieval.models.endpoints.circuit_breaker import CircuitBreaker
from tests.retrieval.index.vectors.test_chroma_folder import PLACES, Compass, hit
from tests.retrieval.models.endpoints.test_endpoint_errors import certificate
from tests.support.chroma_server import ChromaServer, Gate
from tests.support.endpoint_standin import free_port

TOKEN = "chr-very-secret"
HANG = 0.3  # seconds that a question waits in these tests
Open = Callable[[ChromaServerSettings], ChromaServerIndex]

pytestmark = pytest.mark.usefixtures("loopback")


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens a collection of its own on a server; closed in the end."""
    made = list[ChromaServerIndex]()

    def make(at: ChromaServerSettings) -> ChromaServerIndex:
        made.append(ChromaServerIndex(at, f"compass-{uuid4().hex}", Compass(), lambda collection, count: None))
        return made[-1]

    yield make
    for vectors in made:
        vectors.close()


@pytest.fixture
def gate(chroma: ChromaServer) -> Iterator[Gate]:
    with Gate(chroma.port, token=TOKEN).serving() as standing:
        yield standing


def refused(vectors: ChromaServerIndex) -> str:
    """The sentence of a search that fails."""
    with pytest.raises(VectorsUnavailable) as failure:
        vectors.search(PLACES["north"], 1, generation=1)
    return str(failure.value)


def impatient(url: str, token: str = TOKEN, **options: float) -> ChromaServerSettings:
    """Waits little, and tries again soon."""
    return replace(
        parse_chroma_server(url, token), question_seconds=HANG, breaker=CircuitBreaker(failures=1, **options)
    )


def test_a_token_opens_the_gate_and_is_not_shown(gate: Gate, opened: Open) -> None:
    vectors = opened(parse_chroma_server(gate.url, TOKEN))
    vectors.add([hit("north")])
    assert vectors.search(PLACES["north"], 1, generation=1)[0][0] == "id-north"
    assert TOKEN not in repr(parse_chroma_server(gate.url, TOKEN))


def test_a_wrong_token_and_a_missing_one_are_named_apart(gate: Gate, opened: Open) -> None:
    wrong, missing = (
        refused(opened(parse_chroma_server(gate.url, "wrong"))),
        refused(opened(parse_chroma_server(gate.url))),
    )
    assert wrong == f"The Chroma server {gate.url} refuses the token (401); set ONRECORD_CHROMA_TOKEN to a valid one."
    assert missing == f"The Chroma server {gate.url} wants a token (401); set ONRECORD_CHROMA_TOKEN to a valid one."


def test_a_path_before_the_api_is_kept(chroma: ChromaServer, opened: Open) -> None:
    assert refused(opened(parse_chroma_server(f"{chroma.url}/vectors/"))) == (
        f"There is no Chroma server at {chroma.url}/vectors; correct ONRECORD_CHROMA_URL."
    )
    vectors = opened(parse_chroma_server(f"{chroma.url}/api/v2"))
    vectors.add([hit("east")])
    assert vectors.count() == 1


def test_nothing_there_is_said(opened: Open) -> None:
    port = free_port()
    assert refused(opened(parse_chroma_server(f"http://127.0.0.1:{port}"))) == (
        f"The Chroma server http://127.0.0.1:{port} cannot be reached; start it or correct ONRECORD_CHROMA_URL."
    )


PAGES = {
    "a web page": (200, b"<html>Welcome</html>", "There is no Chroma server at"),
    "another API": (200, b'{"status": "ok"}', "There is no Chroma server at"),
    "a list": (200, b"[]", "There is no Chroma server at"),
    "nothing found": (404, b'{"detail": "Not Found"}', "There is no Chroma server at"),
    "a later version": (410, b'{"error": "Unimplemented", "message": "gone"}', "speaks another version of the API"),
    "an overload": (503, b"<html>Unavailable</html>", "fails on its side (503)"),
    "too many requests": (429, b'{"error": "RateLimitError", "message": "slow down"}', "fails on its side (429"),
}


@pytest.mark.parametrize("page", PAGES)
def test_what_is_no_chroma_server_is_said(page: str, gate: Gate, opened: Open) -> None:
    status, content, said = PAGES[page]
    gate.instead = {"/api/v2/auth/identity": (status, content)}
    assert said in refused(opened(parse_chroma_server(gate.url, TOKEN)))


def test_a_chroma_before_its_present_api_is_told_from_no_chroma(gate: Gate, opened: Open) -> None:
    gate.instead = {
        "/api/v2/auth/identity": (404, b'{"detail": "Not Found"}'),
        "/api/v1/heartbeat": (200, b'{"nanosecond heartbeat": 1}'),
    }
    assert "speaks another version of the API than this OnRecord; take Chroma 1.x." in refused(
        opened(parse_chroma_server(gate.url, TOKEN))
    )


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://chroma", "http://", "http://chroma:8000?x=1"])
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(UsageError, match=r"ONRECORD_CHROMA_URL is .*, not an address like http://localhost:8000"):
        parse_chroma_server(url)


def test_a_certificate_is_trusted_when_its_authority_is_named(
    chroma: ChromaServer, opened: Open, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("tls")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate(folder))
    with Gate(chroma.port, token=TOKEN, tls=tls).serving() as gate:
        assert "has a certificate that is not trusted here; point SSL_CERT_FILE" in refused(
            opened(parse_chroma_server(gate.url, TOKEN))
        )
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
        vectors = opened(parse_chroma_server(gate.url, TOKEN))
        vectors.add([hit("south")])
        assert vectors.count() == 1


def test_a_proxy_that_cannot_be_used_is_said(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "gopher://127.0.0.1:1")
    assert "proxy or certificate settings cannot be used" in refused(
        opened(parse_chroma_server("http://chroma.invalid"))
    )


def test_questions_to_a_hanging_server_wait_once_and_together(gate: Gate, opened: Open) -> None:
    gate.state = "holding"
    vectors = opened(impatient(gate.url))
    began = time.monotonic()
    with ThreadPoolExecutor(8) as askers:
        said = set(askers.map(lambda _: refused(vectors), range(8)))
    assert time.monotonic() - began < 3 * HANG
    hung = f"The Chroma server {gate.url} does not answer within {HANG:g} seconds; see whether it is overloaded."
    assert hung in said
    asked = gate.asked
    assert "does not answer" in refused(vectors)
    assert gate.asked == asked, "a server that hangs is left alone"


def test_a_server_that_answers_again_is_asked_again(gate: Gate, opened: Open) -> None:
    vectors = opened(impatient(gate.url, cool_down=0.2))
    vectors.add([hit("north")])
    for state in ("holding", "cutting"):
        gate.state = state
        refused(vectors)
        gate.state = "open"
        time.sleep(0.25)
        assert vectors.search(PLACES["north"], 1, generation=1)[0][0] == "id-north"


def test_a_connection_that_breaks_once_is_no_failure(gate: Gate, opened: Open) -> None:
    vectors = opened(parse_chroma_server(gate.url, TOKEN))
    vectors.add([hit("north")])
    gate.cuts = 1
    assert vectors.search(PLACES["north"], 1, generation=1)[0][0] == "id-north"


def test_a_collection_made_anew_by_another_process_is_found_again(chroma: ChromaServer) -> None:
    made = set[str]()
    at, name = parse_chroma_server(chroma.url), "compass-shared"
    one, two = (
        ChromaServerIndex(at, name, Compass(), lambda collection, count: made.add(collection)) for _ in range(2)
    )
    one.add([hit("north")])
    assert two.search(PLACES["north"], 4, generation=1)[0][0] == "id-north"
    one.drop_collections("compass-shared", "compass-unknown")
    one.add([hit("east")])
    assert [key for key, _ in two.search(PLACES["north"], 4, generation=1)] == ["id-east"]
    assert len(made) == 2
    one.close()
    two.close()


def test_what_is_not_about_the_server_passes(chroma: ChromaServer) -> None:
    class Broken(Compass):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise OnRecordError("no model")

    vectors = ChromaServerIndex(
        parse_chroma_server(chroma.url), "compass-broken", Broken(), lambda collection, count: None
    )
    with pytest.raises(OnRecordError, match="no model"):
        vectors.add([hit("north")])
    assert vectors.count() == 0
    vectors.close()
