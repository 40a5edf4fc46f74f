"""llama.cpp's own server for one model file, as a process: `python -m bot.models.local_server FILE CONTEXT`.

The first line of stdin is the key that requests need. When the server can be asked, its address is written to stdout.
It ends when stdin does, which is when whoever started it has ended, in whatever way.
"""

import os
import signal
import sys
import threading
from pathlib import Path

import xllamacpp

LOOPBACK = "127.0.0.1"
ERRORS_ALONE = 1  # llama.cpp's verbosity; higher ones come to log what is asked
KEPT_PROMPTS = 128  # MiB of earlier prompts' state; llama.cpp's own limit is 8 GiB


def serve(file: Path, context: int, key: str) -> xllamacpp.Server:
    """The running server, on a port that was free; `context` are its tokens. Raises RuntimeError."""
    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.model_alias = {file.stem}
    params.n_ctx, params.n_parallel = context, 1
    params.hostnames, params.port = [LOOPBACK], 0
    params.api_keys = [key]  # any page in a browser may send requests to loopback
    params.ui = params.endpoint_slots = False  # the slots show prompts
    params.verbosity, params.cache_ram_mib = ERRORS_ALONE, KEPT_PROMPTS
    return xllamacpp.Server(params)


def main() -> None:
    """The process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever is interrupted in the terminal decides what ends
    key = sys.stdin.readline().strip()
    _end_with_stdin()
    server = serve(Path(sys.argv[1]), int(sys.argv[2]), key)
    print(server.listening_address, flush=True)
    threading.Event().wait()


def _end_with_stdin() -> None:
    threading.Thread(target=_wait_for_the_end, daemon=True).start()
    if sys.platform == "linux":
        import fcntl

        # While a model is loaded no thread of Python runs. The kernel ends us even then, by a signal nobody handles.
        fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


def _wait_for_the_end() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
