"""The tests of search run on both: words and vectors in the folder, and in Milvus."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.index.milvus.settings import parse_milvus
from retrieval.index.store import Store
from retrieval.index.vectors.minilm import MiniLM
from tests.support.articles import fill
from tests.support.newsroom import ARTICLES


@pytest.fixture
def store(either_store: Store) -> Store:
    return either_store


@pytest.fixture(scope="package", params=["folder", pytest.param("milvus", marks=pytest.mark.milvus)])
def newsroom(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, newsroom_folder: Path, model: MiniLM
) -> Iterator[Store]:
    """The newsroom's index, opened once for all tests that only read it."""
    if request.param == "folder":
        with Store(newsroom_folder, lambda: model) as opened:
            yield opened
        return
    milvus = parse_milvus(request.getfixturevalue("milvus").url)
    with Store(tmp_path_factory.mktemp("newsroom"), lambda: model, milvus=milvus) as opened:
        fill(opened, *ARTICLES)
        yield opened
