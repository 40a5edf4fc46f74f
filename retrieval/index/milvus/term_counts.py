"""How many passages have a term, in a table of the catalog that is the same on every machine.

It is kept where the words are in an engine that tells no frequencies; with each batch of passages it changes in the
transaction that marks them as indexed.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from retrieval.catalog.database.dialects import among, text_list
from retrieval.catalog.database.tables import terms as term_table
from retrieval.catalog.reader import CatalogReader

ALL = ("", "")  # stands for a term that every passage has
END = "\U0010ffff"  # sorts after every letter
LONGEST = 1_000

_IS_USED = term_table.c.passages > 0
_FREQUENCIES = select(term_table).where(_IS_USED, among(term_table.c.term, text_list("terms")))
_BEGINNING = select(term_table.c.term, term_table.c.passages).where(
    _IS_USED,
    term_table.c.field == "text",
    term_table.c.term >= bindparam("start"),
    term_table.c.term < bindparam("end"),
    func.length(term_table.c.term).between(bindparam("shortest"), bindparam("longest")),
)


def frequencies(catalog: CatalogReader, terms: Sequence[str]) -> dict[tuple[str, str], int]:
    """The number of passages with each term by field and term, and of ALL passages; unknown ones are left out."""
    return {(row.field, row.term): row.passages for row in catalog.rows(_FREQUENCIES, terms=[*terms, ALL[1]])}


def terms_from(catalog: CatalogReader, start: str, shortest: int = 0, longest: int = LONGEST) -> dict[str, int]:
    """The terms of texts that begin with some characters, of these lengths, with the number of passages."""
    found = catalog.rows(_BEGINNING, start=start, end=start + END, shortest=shortest, longest=longest)
    return {row.term: row.passages for row in found}
