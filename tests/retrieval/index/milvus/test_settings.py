"""The Milvus of the settings: addresses, files, credentials."""

from pathlib import Path

import pytest

from retrieval.errors import UsageError
from retrieval.index.milvus.settings import parse_milvus


@pytest.mark.parametrize(
    "url", ["localhost:19530", "ftp://milvus", "http://", "http://milvus:19530?x=1", "index.sqlite"]
)
def test_what_is_no_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(UsageError, match=r"ONRECORD_INDEX_URL is .*, not an address like http://localhost:19530"):
        parse_milvus(url)


def test_a_name_that_ends_in_db_is_a_file(tmp_path: Path) -> None:
    parsed = parse_milvus(str(tmp_path / "below" / "index.db"))
    assert parsed.is_file and (tmp_path / "below").is_dir()
    assert not parse_milvus("https://milvus.example/index.db").is_file


def test_credentials_are_not_shown() -> None:
    for parsed in (parse_milvus("http://milvus:19530", "root:secret"), parse_milvus("http://root:secret@milvus:19530")):
        assert parsed.token == "root:secret"
        assert "secret" not in repr(parsed) + parsed.name + parsed.url
        assert parsed.redact("bad login root:secret, secret") == "bad login [key], [key]"
