"""A Milvus that wants a token or hangs: one sentence, and no question waits long."""

import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from retrieval.errors import IndexServerUnavailable
from retrieval.index.milvus.connection import MilvusConnection
from retrieval.index.milvus.settings import parse_milvus
from tests.support.milvus_server import MilvusGate, MilvusServer

TOKEN = "root:very-secret"
HANG = 0.5


@pytest.fixture
def gate(milvus: MilvusServer) -> Iterator[MilvusGate]:
    with MilvusGate(milvus.port, TOKEN).serving() as standing:
        yield standing


def said(url: str, token: str) -> str:
    """What a request to a server gives: the version it tells, or the sentence of its failure."""
    with closing(MilvusConnection(parse_milvus(url, token))) as connection:
        try:
            return connection.run(lambda client: client.get_server_version(timeout=HANG), HANG)
        except IndexServerUnavailable as exc:
            return str(exc)


def test_a_token_opens_the_gate(gate: MilvusGate) -> None:
    assert said(gate.url, TOKEN).startswith("milvus_lite")


def test_a_wrong_token_and_a_missing_one_are_named_apart(gate: MilvusGate) -> None:
    for token, wrong in (("root:wrong-secret", "refuses the token"), ("", "wants a token")):
        assert said(gate.url, token) == (
            f"The Milvus server {gate.url} {wrong}; set ONRECORD_INDEX_TOKEN to a valid one."
        )


def test_a_server_that_hangs_is_left_alone_after_one_request(gate: MilvusGate) -> None:
    with closing(MilvusConnection(parse_milvus(gate.url, TOKEN))) as connection:
        connection.run(lambda client: client.get_server_version(timeout=HANG), HANG)
        gate.is_holding = True
        for longest in (HANG + 1.0, 0.1):
            began = time.monotonic()
            with pytest.raises(IndexServerUnavailable, match=r"does not answer within 0\.5 seconds"):
                connection.run(lambda client: client.has_collection("any", timeout=HANG), HANG)
            assert time.monotonic() - began < longest
