"""The command line."""

import signal
import sys
from collections.abc import Sequence

from bot.cli.exit_code import ExitCode

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command, as `command_line.main` says, and end with SystemExit.

    The command line is imported here, so that a signal meanwhile ends the process as one that comes later does.
    """
    if arguments is None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        from bot.cli import command_line

        command_line.main(arguments)
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)
