"""Titles, authors and dates of made-up pages in the markup of the large publishing systems."""

import pytest

from retrieval.ingest.parsing.markup.html import parse_html
from retrieval.ingest.parsing.pages.metadata import page_metadata
from tests.support.labelled_pages import PAGES, LabelledPage


@pytest.mark.parametrize("labelled", PAGES, ids=lambda page: page.system)
def test_the_facts_of_a_page_are_those_that_a_reader_sees(labelled: LabelledPage) -> None:
    found = page_metadata(parse_html(labelled.html), labelled.url)
    assert (found.title, found.authors) == (labelled.title, labelled.authors)
    assert (found.published, found.updated) == (labelled.published, labelled.updated)
