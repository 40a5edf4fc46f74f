"""Serve one model file with llama.cpp's own server: `python -m bot.models.local_server FILE CONTEXT_TOKENS`.

The first line of stdin is the key that requests need. When the server is ready, its address is written to stdout.
The process ends when stdin ends, which happens when its parent ends, even if the parent is killed.
"""

import os
import signal
import sys
import threading
from pathlib import Path

import xllamacpp

LOOPBACK = "127.0.0.1"
LOG_ERRORS_ONLY = 1  # llama.cpp's verbosity; higher levels log prompts
PROMPT_CACHE_MIB = 128  # for the state of earlier prompts; llama.cpp's default is 8 GiB


def start_server(file: Path, context_tokens: int, key: str) -> xllamacpp.Server:
    """Start the server on a free port. Raises RuntimeError where the model cannot be loaded."""
    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.model_alias = {file.stem}
    params.n_ctx, params.n_parallel = context_tokens, 1
    params.hostnames, params.port = [LOOPBACK], 0
    params.api_keys = [key]  # any page in a browser may send requests to loopback
    params.ui = params.endpoint_slots = False  # the slots endpoint shows prompts
    params.verbosity, params.cache_ram_mib = LOG_ERRORS_ONLY, PROMPT_CACHE_MIB
    return xllamacpp.Server(params)


def main() -> None:
    """Run the server until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches parent and child; the parent decides whether to end
    key = sys.stdin.readline().strip()
    _exit_with_stdin()
    server = start_server(Path(sys.argv[1]), int(sys.argv[2]), key)
    print(server.listening_address, flush=True)
    threading.Event().wait()


def _exit_with_stdin() -> None:
    threading.Thread(target=_exit_when_stdin_ends, daemon=True).start()
    if sys.platform == "linux":
        import fcntl

        # No Python thread runs while a model is loading; the kernel's unhandled SIGIO ends the process even then.
        fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


def _exit_when_stdin_ends() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
