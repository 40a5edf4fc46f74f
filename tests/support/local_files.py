"""Files as the command line reads them, with one parser process for all tests of a run."""

import atexit
from functools import cache
from pathlib import Path

from retrieval.documents import Article
from retrieval.errors import SourceError
from retrieval.ingest import local_files
from retrieval.ingest.parsing.sandbox.parser_process import ParserProcess


@cache
def parser() -> ParserProcess:
    """The parser process of this run."""
    opened = ParserProcess()
    atexit.register(opened.close)
    return opened


def read_files(source: Path | str, *, largest: int = local_files.MAX_FILE_BYTES) -> list[Article | SourceError]:
    """All that a file, folder or glob has."""
    return list(local_files.read_files(str(source), parser(), largest=largest))
