"""What servers answer from, an index of the newsroom's articles or an empty one, and servers with settings."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from tests.support.guarded_server import LetIn, listening


@pytest.fixture
def store(newsroom_copy: Store) -> Store:
    """The newsroom's articles, indexed in a folder of the test's own."""
    return newsroom_copy


@pytest.fixture
def empty_store(tmp_path: Path, model: MiniLM) -> Iterator[Store]:
    """An index without articles."""
    with Store(tmp_path / "empty", lambda: model) as opened:
        yield opened


@pytest.fixture
def let_in(store: Store) -> Iterator[LetIn]:
    """Starts servers over the newsroom's articles, with the settings that a test names."""
    with ExitStack() as stack:
        yield lambda host="127.0.0.1", **settings: stack.enter_context(listening(store, host, **settings))
