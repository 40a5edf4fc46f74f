"""E-books: chapters are articles of their own, with what the book says of itself."""

from pathlib import Path

import pytest

from retrieval.documents import Article
from retrieval.ingest.fetched_document import FetchedDocument
from retrieval.ingest.parsing.formats.epub import parse_epub
from retrieval.ingest.parsing.pages.page import parse_page
from tests.support.document_files import epub
from tests.support.local_files import read_files

METADATA = (
    "<dc:title>Quay Quarterly</dc:title><dc:creator>Tom Obi</dc:creator><dc:date>2026-05-01</dc:date>"
    "<dc:publisher>Quay House</dc:publisher><dc:language>en-GB</dc:language>"
)
PAGES = {
    "cover": "<img src='x.png'/>",
    "nav": "<ol><li>The contents of all of this quarter.</li></ol>",
    "one": "<h1>The long tide</h1><p>The tide was long that year, the keeper told the Quarterly.</p>",
    "two": "<h1>The short tide</h1><p>The tide was short the year after, she said in May.</p>",
}


def test_each_chapter_with_prose_is_an_article(tmp_path: Path) -> None:
    (tmp_path / "q.epub").write_bytes(epub(PAGES, metadata=METADATA))
    found = [one for one in read_files(tmp_path) if isinstance(one, Article)]
    assert [one.title for one in found] == ["The long tide", "The short tide"]
    assert len({one.id for one in found}) == len({one.url for one in found}) == 2
    assert {(one.section, one.outlet, one.authors, one.published, one.language) for one in found} == {
        ("Quay Quarterly", "Quay House", ("Tom Obi",), "2026-05-01", "en")
    }


def test_a_book_of_one_chapter_has_the_book_s_title() -> None:
    (found,) = parse_epub(epub({"one": "<p>The tide was long that year, the keeper said.</p>"}, metadata=METADATA))
    assert (found.title, found.anchor) == ("Quay Quarterly", "")


def test_chapters_from_the_web_have_addresses_of_their_own() -> None:
    found = parse_page(FetchedDocument("https://post.example/q.epub", epub(PAGES, metadata=METADATA)))
    assert [one.url for one in found] == [f"https://post.example/q.epub#OEBPS/{name}.xhtml" for name in ("one", "two")]


def test_a_book_that_its_publisher_encrypted_is_refused() -> None:
    locked = '<encryption><CipherReference URI="OEBPS/one.xhtml"/></encryption>'
    with pytest.raises(ValueError, match="encrypted by its publisher"):
        parse_epub(epub(PAGES, more={"META-INF/encryption.xml": locked}))
