"""Remove from a page what is plainly not its article, and give its text a plain form, before it is extracted.

Each rule is general: it names a kind of markup, never a site. `python -m evals pages` measures their gain.
"""

from copy import deepcopy

from lxml.html import HtmlElement

from retrieval.ingest.parsing.pages.cleaning.body_parts import keep_body_parts
from retrieval.ingest.parsing.pages.cleaning.boilerplate_parts import drop_boilerplate_parts
from retrieval.ingest.parsing.pages.cleaning.inline_markup import (
    drop_invisible,
    flatten_text_blocks,
    write_quotation_marks,
)
from retrieval.ingest.parsing.pages.cleaning.link_lines import drop_link_lines
from retrieval.ingest.parsing.pages.cleaning.other_articles import (
    drop_inner_articles,
    drop_other_articles,
    join_body_parts,
)
from retrieval.ingest.parsing.pages.cleaning.tables import lay_out_tables
from retrieval.ingest.parsing.pages.cleaning.text_blocks import separate_paragraphs


def prune(page: HtmlElement) -> HtmlElement:
    """A copy of the page with the text of its article in plain paragraphs, without what surrounds it."""
    page = deepcopy(page)
    drop_invisible(page)
    write_quotation_marks(page)
    lay_out_tables(page)
    separate_paragraphs(page)
    join_body_parts(page)
    drop_inner_articles(page)
    drop_other_articles(page)
    drop_boilerplate_parts(page)
    drop_link_lines(page)
    flatten_text_blocks(page)
    keep_body_parts(page)
    return page
