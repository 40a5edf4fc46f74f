"""A Milvus Lite server to test against, in a process of its own, and a gate that asks for a token or hangs."""

import os
import socket
import subprocess
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

from tests.support.endpoint_standin import free_port

PATIENCE = 60.0  # seconds until it takes connections
HELD = 3.0  # seconds that a held request waits


class MilvusServer:
    """Milvus Lite on loopback, which can be killed and started again, with its data or without."""

    def __init__(self, folder: Path) -> None:
        if not find_spec("milvus_lite"):
            reason = "milvus-lite is not installed"
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
        self._folder, self._number, self.port = folder, 0, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        place = ["--host", "127.0.0.1", "--port", str(self.port), "--data-dir", str(self._folder / str(self._number))]
        run = [sys.executable, "-m", "milvus_lite", "server", *place]
        self._process = subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < deadline and self._process.poll() is None, "Milvus Lite does not come up"
            time.sleep(0.05)

    def kill(self) -> None:
        """End it without warning."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def lose_everything(self) -> None:
        """Kill it and start it again with an empty folder."""
        self.kill()
        self._number += 1
        self.start()

    def _answers(self) -> bool:
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
