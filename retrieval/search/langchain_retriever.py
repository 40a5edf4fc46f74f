"""The same hits as a LangChain retriever, for chains and agents."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from retrieval.catalog.filters import Filters
from retrieval.documents import Hit
from retrieval.search.hybrid_search import DEFAULT_HITS, Search


class OnRecordRetriever(BaseRetriever):
    """Passages for a question as Documents, best first, with the facts of their articles as metadata."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    search: Search
    filters: Filters | None = None
    k: int = DEFAULT_HITS

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [_document(hit) for hit in self.search(query, self.k, filters=self.filters).hits]


def _document(hit: Hit) -> Document:
    return Document(
        id=hit.passage.id,
        page_content=hit.passage.text,
        metadata={
            "article": hit.passage.article,
            "start": hit.passage.start,
            "end": hit.passage.end,
            "heading": hit.passage.heading,
            "title": hit.title,
            "url": hit.url,
            "outlet": hit.outlet,
            "authors": list(hit.authors),
            "published": hit.published,
            "updated": hit.updated,
            "score": hit.score,
        },
    )
