"""What an assistant can do with the archive; every result cites articles with deep links."""

from dataclasses import asdict, replace
from typing import Annotated, Any

from pydantic import Field

from bot.answering.citations import cite_from_catalog
from bot.answering.messages import Citation, answer_as_dict
from bot.answering.verification.evidence import quote_at_span
from bot.answering.verification.quotations import locate_quotation
from bot.app.build import App
from bot.service.quote_listing import find_quotes, misspelling_message, no_quotes_message, quote_as_dict
from bot.web.responses.redaction import redact_copies, web_url
from retrieval.catalog import archive, quote_table
from retrieval.catalog.filters import Filters, parse_filters
from retrieval.catalog.reader import CatalogReader, find_article
from retrieval.documents import Article, Hit
from retrieval.errors import UsageError
from retrieval.text.sentences import Span

SEARCHED = 30  # passages whose articles a quotation is looked for in
MAX_PLACES, MAX_NEAREST = 10, 3  # of a quotation that are told; passages offered where it has none
MAX_WORDS = 2_000  # characters of a query, of a topic or of a quotation

Words = Annotated[str, Field(min_length=1, max_length=MAX_WORDS)]
Day = Annotated[str, Field(description="A day such as 2025-03-11; empty for no limit.")]
Count = Annotated[int, Field(ge=1, le=50)]


class ArchiveTools:
    """The tools over one opened index; `is_remote` withholds paths of this machine from what is answered."""

    def __init__(self, app: App, *, is_remote: bool) -> None:
        self._app, self._is_remote = app, is_remote

    def ask(self, question: Words, since: Day = "", until: Day = "", outlet: str = "") -> dict[str, Any]:
        """Answer a question with what the articles say, each sentence cited, or say that they do not answer it."""
        filters = parse_filters(since=since, until=until, outlet=outlet)
        answer = self._app.conversation.ask(question, filters=filters)
        citations, nearest = (tuple(map(self._cited, some)) for some in (answer.citations, answer.nearest))
        full = answer_as_dict(replace(answer, citations=citations, nearest=nearest))
        names = ("question", "standalone_question", "status", "text", "citations", "nearest", "newest_source")
        return {name: full[name] for name in names}

    def search(self, query: Words, k: Count = 10, since: Day = "", until: Day = "", outlet: str = "") -> dict[str, Any]:
        """The passages found for a query or a question, best first."""
        filters = parse_filters(since=since, until=until, outlet=outlet)
        with self._app.store.catalog.snapshot() as catalog:
            hits = self._app.search(query, k, filters=filters, catalog=catalog).hits
            return {"query": query, "hits": [self._cite(catalog, hit.passage.article, _span(hit)) for hit in hits]}

    def quotes(
        self,
        speaker: Annotated[str, Field(max_length=MAX_WORDS, description="Whose words; empty for anybody's.")] = "",
        about: Annotated[str, Field(max_length=MAX_WORDS, description="On what; empty for anything.")] = "",
        k: Count = 10,
    ) -> dict[str, Any]:
        """What a person said, or what was said on a topic: verbatim or reported words with their articles."""
        if not speaker.strip() and not about.strip():
            raise UsageError("Name a speaker, a topic or both.")
        with self._app.store.catalog.snapshot() as catalog:
            match, found = find_quotes(self._app.search.quote_search(catalog), speaker, about, Filters())
            note = misspelling_message(speaker, match) if found else no_quotes_message(speaker, about, match)
            listed = [quote_as_dict(hit, catalog) for hit in found[:k]]
        return {"note": note, "quotes": [one | self._links(one) for one in listed]}

    def article(self, id: Annotated[str, Field(description="Its id, as in citations, or its URL.")]) -> dict[str, Any]:
        """One article with its whole text."""
        with self._app.store.catalog.snapshot() as catalog:
            found = catalog.article(find_article(catalog, id))
        return self._described(found) | {"text": found.text}

    def latest(self, k: Count = 10, since: Day = "", until: Day = "", outlet: str = "") -> dict[str, Any]:
        """The newest articles, without their texts."""
        filters = parse_filters(since=since, until=until, outlet=outlet)
        with self._app.store.catalog.snapshot() as catalog:
            among = catalog.matching_articles(filters) if filters.restricts_articles else None
            found = archive.newest_articles(catalog, k, among)
            return {"articles": [self._described(catalog.article(key)) for key in found]}

    def check_quote(self, words: Words) -> dict[str, Any]:
        """Whether words stand verbatim in an article, where, and whom the article gives them to."""
        with self._app.store.catalog.snapshot() as catalog:
            hits = self._app.search(words, SEARCHED, catalog=catalog).hits
            keys = list(dict.fromkeys(hit.passage.article for hit in hits))
            places = [place for key in keys if (place := self._place(catalog, key, words))][:MAX_PLACES]
            nearest = (
                [] if places else [self._cite(catalog, hit.passage.article, _span(hit)) for hit in hits[:MAX_NEAREST]]
            )
        return {"words": words, "verbatim": bool(places), "places": places, "nearest": nearest}

    def _place(self, catalog: CatalogReader, key: str, words: str) -> dict[str, Any] | None:
        """The first place of the words in an article, with the speaker of the quote there; None where it has none."""
        found = locate_quotation(words.strip().strip('“”"„«»'), [catalog.article(key).text], [0])
        if not found:
            return None
        quote = quote_at_span(found.span, quote_table.quotes_of_article(catalog, key))
        is_said = quote is not None and quote.quote.is_said
        return self._cite(catalog, key, found.span, quote.quote.speaker if quote and is_said else "")

    def _cite(self, catalog: CatalogReader, article: str, span: Span, speaker: str = "") -> dict[str, Any]:
        cited = asdict(self._cited(cite_from_catalog(catalog, 1, article, span, speaker)))
        return {name: value for name, value in cited.items() if name not in ("number", "highlights")}

    def _cited(self, citation: Citation) -> Citation:
        if not self._is_remote:
            return citation
        links = self._links({"url": citation.url, "deep_link": citation.deep_link})
        copies = redact_copies(citation.copies)
        return replace(citation, copies=copies, url=links["url"], deep_link=links["deep_link"])

    def _described(self, article: Article) -> dict[str, Any]:
        names = ("id", "url", "title", "authors", "outlet", "published", "updated", "language", "section")
        facts = {name: getattr(article, name) for name in names}
        return facts | {"url": web_url(article.url) if self._is_remote else article.url}

    def _links(self, cited: dict[str, Any]) -> dict[str, str]:
        """The links of a citation or a quote, to the web alone where the caller is not on this machine."""
        links = {name: str(cited[name]) for name in ("url", "deep_link")}
        return {name: web_url(link) if self._is_remote else link for name, link in links.items()}


def _span(hit: Hit) -> Span:
    return hit.passage.start, hit.passage.end
