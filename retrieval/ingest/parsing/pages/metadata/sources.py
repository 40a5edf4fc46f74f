"""The sources of metadata about one page's article: JSON-LD, meta elements, the entry of a feed, and the markup."""

from functools import cached_property

from lxml.html import HtmlElement

from retrieval.ingest.parsing.entry import Entry
from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.ingest.parsing.pages import json_ld
from retrieval.ingest.parsing.pages.metadata.article_header import ArticleHeader


class MetadataSources:
    """All sources of metadata about the article of a page at `url` (empty for a file) that `entry` lists."""

    def __init__(self, page: HtmlElement, url: str, entry: Entry) -> None:
        self.page, self.url, self.entry = page, url, entry
        self.objects = json_ld.page_objects(page)
        self.article = json_ld.find_article_object(self.objects, url)
        self.is_media = not self.article and any(
            json_ld.object_types(item) & json_ld.MEDIA_TYPES for item in self.objects
        )
        self.metas: dict[str, list[str]] = {}
        for element in page.iter("meta"):
            name = element.get("property") or element.get("name") or element.get("itemprop") or ""
            content = " ".join(storable(element.get("content") or "").split())
            if name and content:
                self.metas.setdefault(name.lower(), []).append(content)

    def meta(self, *names: str) -> list[str]:
        """Contents of the meta elements with these names, in this order."""
        return [content for name in names for content in self.metas.get(name, ())]

    def json_ld(self, *names: str) -> list[str]:
        """Texts of these properties of the JSON-LD article object."""
        return [storable(text) for name in names for text in json_ld.text_values(self.article.get(name))]

    def json_ld_people(self) -> list[str]:
        """Authors of the JSON-LD article object, else of the page's, without organisations."""
        pages = [item for item in self.objects if "WebPage" in json_ld.object_types(item)]
        named = (
            [storable(text) for key in ("author", "creator") for text in json_ld.people(item.get(key))]
            for item in (self.article, *pages)
        )
        return next(filter(None, named), [])

    def json_ld_of(self, kind: str, *names: str) -> list[str]:
        """Texts of these properties of all JSON-LD objects of a type, such as `WebPage`."""
        found = [item for item in self.objects if kind in json_ld.object_types(item)]
        return [storable(text) for item in found for name in names for text in json_ld.text_values(item.get(name))]

    def xpath(self, path: str) -> list[str]:
        """Texts or attribute values that an XPath selects in the page, without empty ones."""
        return [" ".join(storable(str(one)).split()) for one in self.page.xpath(path) if str(one).strip()]

    @cached_property
    def header(self) -> ArticleHeader:
        """The headline and what stands around it."""
        return ArticleHeader(self.page)
