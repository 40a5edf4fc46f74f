"""End a command that serves: in order where that is quick, and in any case soon after a signal."""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from threading import Thread
from types import FrameType
from typing import Self

from bot.cli.exit_code import ExitCode

DEADLINE_SECONDS = 1.3  # after a signal until the process ends, whatever it still waits for
LAST_SECONDS = 0.4  # for a last action that depends on a server


class Termination:
    """Ends the process on SIGTERM with exit code 0 and on SIGINT with 130, at the latest after DEADLINE_SECONDS.

    Nothing is lost by the deadline: what is stored survives a process that is killed. A thread keeps it, which learns
    of the signal from the file that Python writes signals to: the main thread may be in a library that returns late.
    Where the deadline ends the process, it calls `last` before, which may take LAST_SECONDS.
    """

    def __init__(self, last: Callable[[], None] | None = None) -> None:
        self.code, self._last = ExitCode.OK, last
        self._has_begun = False
        self._signals, self._wakeup = socket.socketpair()
        self._wakeup.setblocking(False)
        self._former = {number: signal.signal(number, self._exit) for number in (signal.SIGINT, signal.SIGTERM)}
        self._former_wakeup = signal.set_wakeup_fd(self._wakeup.fileno(), warn_on_full_buffer=False)
        Thread(target=self._await_signal, name="termination", daemon=True).start()

    def begin(self, number: int) -> None:
        """Start the clock and set the exit code; a second signal changes neither."""
        if not self._has_begun:
            self._has_begun = True
            self.code = ExitCode.INTERRUPTED if number == signal.SIGINT else ExitCode.OK
            Thread(target=self._end_at_deadline, name="deadline", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """After a signal, end the process without the interpreter's clean-up.

        That may take a second, and no thread runs meanwhile that would keep the deadline. Without a signal, handle
        signals as before.
        """
        if self._has_begun:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(self.code)
        for number, handler in self._former.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._former_wakeup)
        self._wakeup.close()

    def _exit(self, number: int, frame: FrameType | None) -> None:
        self.begin(number)
        sys.exit(self.code)

    def _await_signal(self) -> None:
        while received := self._signals.recv(1):  # nothing once it is closed
            if received[0] in (signal.SIGINT, signal.SIGTERM):
                self.begin(received[0])

    def _end_at_deadline(self) -> None:
        time.sleep(DEADLINE_SECONDS)
        if self._last:
            last = Thread(target=self._last, daemon=True)
            last.start()
            last.join(LAST_SECONDS)
        os._exit(self.code)
