"""What an endpoint's refusals and failures are called, and how it is reached through proxies and certificates."""

import asyncio
import socket
import ssl
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from retrieval.errors import ModelError, ModelOverloaded, ModelRefused, ModelUnreachable, UsageError
from tests.support.chat_requests import KEY, endpoint, post, posted
from tests.support.endpoint_standin import Answer, Standin, as_json, failing, free_port

OK = as_json({"ok": True})
PAGE = Answer([b"<html><body>502 Bad Gateway"], 502, {"Content-Type": "text/html"})

pytestmark = pytest.mark.usefixtures("loopback")


@pytest.mark.parametrize(
    ("answer", "kind", "sentence"),
    [
        (
            failing(401, f"Incorrect API key provided: {KEY}."),
            ModelRefused,
            r"refuses the key \(401: .*\[key\]\); set OP",
        ),
        (failing(403, "no"), ModelRefused, r"forbids this \(403: no\); see what OPENAI_API_KEY is allowed"),
        (
            failing(404, "model 'x' not found"),
            ModelRefused,
            r"does not have the model \(404: .*\); correct OPENAI_MODEL",
        ),
        (as_json({"detail": "Not Found"}, 404), ModelRefused, r"nothing at /chat \(404: Not Found\); .*ends in /v1"),
        (Answer([b"<h1>Moved"], 308, {"Location": "/x"}), ModelRefused, r"nothing at /chat \(308\)"),
        (failing(400, "too long"), ModelRefused, r"refuses the request \(400: too long\)"),
        (failing(429, "You exceeded your current quota insufficient_quota"), ModelRefused, "has no credit left"),
        (failing(402, "pay"), ModelRefused, "has no credit left"),
        (failing(429, "slow down"), ModelOverloaded, r"takes no more requests for now \(429: slow down\); try again"),
        (failing(500, "oops"), ModelOverloaded, r"fails on its side \(500: oops\); try again later"),
        (as_json({"error": "loading model"}, 503), ModelOverloaded, r"\(503: loading model\)"),
        (PAGE, ModelOverloaded, r"fails on its side \(502\)"),
        (failing(400, "x " * 500), ModelRefused, r"…\)"),
    ],
)
def test_a_refusal_is_one_sentence_that_says_what_to_do(answer: Answer, kind: type[ModelError], sentence: str) -> None:
    with Standin(answer).serving() as server, pytest.raises(kind, match=sentence) as failed:
        posted(server.url)
    assert str(failed.value).startswith(f"The model endpoint {server.url} ")
    assert KEY not in str(failed.value) and "\n" not in str(failed.value) and len(str(failed.value)) < 450
    assert len(server.asked) == (4 if kind is ModelOverloaded else 1)


def test_a_missing_key_is_told_from_a_wrong_one() -> None:
    with (
        Standin(failing(401)).serving() as server,
        pytest.raises(ModelRefused, match=r"wants a key \(401\); set OPENAI"),
    ):
        asyncio.run(post(endpoint(server.url, key="")))


def test_nobody_there_is_said() -> None:
    url = f"http://127.0.0.1:{free_port()}/v1"
    with pytest.raises(ModelUnreachable, match=f"{url} cannot be reached; start it or correct OPENAI_BASE_URL"):
        posted(url)


def test_a_connection_that_nobody_takes_is_given_up() -> None:
    with socket.socket() as deaf, ExitStack() as waiting:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for _ in range(3):  # fill the queue of those who wait to be accepted
            crowd = waiting.enter_context(socket.socket())
            crowd.setblocking(False)
            crowd.connect_ex(deaf.getsockname())
        with pytest.raises(ModelUnreachable, match="does not take the connection; start it or correct OPENAI_BASE_URL"):
            posted(f"http://127.0.0.1:{deaf.getsockname()[1]}", connect_timeout=0.05)


def test_requests_go_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with Standin(OK).serving() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.host)
        assert posted("http://model.invalid/v1") == b'{"ok": true}'
    assert (proxy.asked[0].path, proxy.asked[0].headers["host"]) == ("http://model.invalid/v1/chat", "model.invalid")


def test_proxy_settings_that_mean_nothing_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "gopher://127.0.0.1:1")
    with pytest.raises(UsageError, match="proxy or certificate settings cannot be used"):
        posted("http://model.invalid/v1")


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, signed by itself."""
    file = folder / "server.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    made = ["openssl", "req", "-x509", *kind, *subject, "-keyout", str(file), "-out", str(folder / "ca.pem")]
    subprocess.run(made, check=True, capture_output=True)
    file.write_text(file.read_text() + (folder / "ca.pem").read_text())
    return file


def test_a_certificate_is_trusted_when_its_authority_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate(tmp_path))
    with Standin(OK, tls=tls).serving() as server:
        with pytest.raises(ModelRefused, match="certificate that is not trusted here; point SSL_CERT_FILE"):
            posted(server.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert posted(server.url) == b'{"ok": true}'
