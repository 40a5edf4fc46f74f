"""What one look saw of one document."""

from dataclasses import dataclass
from typing import Literal

from retrieval.documents import Article
from retrieval.errors import SourceError
from retrieval.ingest.watching.page_state import PageState


@dataclass(frozen=True, slots=True)
class Observation:
    """One document: what to remember of it, the articles it brought, why it brought none.

    It was `read`, or is the `same` as it was, or `known` from the list alone and not asked for, or `gone` for good; or
    it is the `list` itself.
    """

    visit: PageState
    what: Literal["read", "same", "known", "gone", "list"] = "read"
    articles: tuple[Article, ...] = ()
    failed: SourceError | None = None
