"""Collect the facts of a page's article: title, authors, dates and the rest."""

from retrieval.ingest.parsing.pages.metadata.page_metadata import PageMetadata, page_metadata

__all__ = ["PageMetadata", "page_metadata"]
