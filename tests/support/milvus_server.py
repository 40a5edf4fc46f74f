"""A Milvus Lite server to test against, in a process of its own, and a gate that asks for a token or hangs."""

import os
import socket
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import grpc
import pytest

from tests.support.server_process import ServerProcess

HELD = 3.0  # seconds that a held request waits


class MilvusServer(ServerProcess):
    """Milvus Lite."""

    def __init__(self, folder: Path) -> None:
        if not find_spec("milvus_lite"):
            reason = "milvus-lite is not installed"
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
        super().__init__(folder)

    def command(self, folder: Path) -> list[str]:
        place = ["--host", "127.0.0.1", "--port", str(self.port), "--data-dir", str(folder)]
        return [sys.executable, "-m", "milvus_lite", "server", *place]

    def answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


class MilvusGate(grpc.GenericRpcHandler):
    """What stands before a Milvus in the cloud: asks for a token, and may hold requests."""

    def __init__(self, port: int, token: str) -> None:
        self.is_holding, self._token = False, b64encode(token.encode()).decode()
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self._server = grpc.server(ThreadPoolExecutor(4), handlers=[self])
        self.url = f"http://127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    @contextmanager
    def serving(self) -> Iterator["MilvusGate"]:
        self._server.start()
        try:
            yield self
        finally:
            self._server.stop(0).wait()
            self._channel.close()

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        """Pass a request on as it is."""
        given = dict(details.invocation_metadata).get("authorization")

        def answer(content: bytes, context: grpc.ServicerContext) -> bytes:
            if given != self._token:
                context.abort(grpc.StatusCode.UNAUTHENTICATED, f"auth check failure for {given}")
            if self.is_holding:
                time.sleep(HELD)
            return self._channel.unary_unary(details.method)(content)

        return grpc.unary_unary_rpc_method_handler(answer)
