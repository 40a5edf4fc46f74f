"""What answers are written from: the newsroom's articles."""

import pytest

from retrieval.index.store import Store


@pytest.fixture
def store(newsroom_copy: Store) -> Store:
    """The newsroom's articles, indexed in a folder of the test's own."""
    return newsroom_copy
