"""The exit codes of `onrecord`; docs/commands.md lists them for scripts."""

from enum import IntEnum


class ExitCode(IntEnum):
    OK = 0
    UNEXPECTED = 1
    USAGE = 2  # an option, a setting or an input that is wrong
    NO_ANSWER = 3  # the articles do not say; nothing is found; no speaker is known
    MODEL = 4  # a model or the vector index cannot be used
    SOURCE = 5  # a source cannot be read, or has not been read for too long
    STORAGE = 6  # a file of the data folder is damaged, or the disk is full
    INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it
