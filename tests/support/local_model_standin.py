"""Stand in for a local model: `python -m tests.support.local_model_standin STARTS [what each start does]`.

A start `answers`, `dies` when it is asked, `fails` at once, or is `slow`. Each writes its number into the file STARTS.
"""

import os
import sys
import time
from pathlib import Path

from tests.support.endpoint_standin import Answer as Reply
from tests.support.endpoint_standin import Asked, Standin, talking

SLOW = 1.0  # seconds
TEXT = '{"found": true, "sentences": [{"passage": 1, "text": "Lorries will pay 14 crowns a crossing."}]}'


def main() -> None:
    """The process; it ends with its stdin, as the real one."""
    starts = Path(sys.argv[1])
    earlier = starts.read_text().splitlines() if starts.exists() else []
    starts.write_text("\n".join([*earlier, str(os.getpid())]))
    does = sys.argv[2:][min(len(earlier), len(sys.argv) - 3)]
    key = sys.stdin.readline().strip()
    if does == "fails":
        sys.exit("No such tensor.")
    if does == "slow":
        time.sleep(SLOW)

    def answer(asked: Asked) -> Reply:
        if does == "dies" or asked.headers["authorization"] != f"Bearer {key}":
            os._exit(1)
        return talking(TEXT)

    with Standin(answer).serving() as server:
        print(server.host, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
