"""Read Markdown files with YAML front matter as plain text, with the spans of their headings."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from retrieval.documents import Article, digest
from retrieval.ingest.parsing.markup.authors import split_names
from retrieval.ingest.parsing.markup.paragraphs import Paragraph, join_paragraphs
from retrieval.text.dates import to_iso
from retrieval.text.sentences import Span

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)


def read_markdown(path: Path, content: str) -> Article:
    """The article in one Markdown file. Raises ValueError when its front matter is not YAML."""
    facts, body = split_front_matter(content)
    paragraphs = list(_paragraphs(MarkdownIt("commonmark").enable("table").parse(body)))
    text, headings = join_paragraphs(paragraphs)
    title = str(facts.get("title") or next((text for text, is_heading in paragraphs if is_heading), "") or path.stem)
    return markdown_article(path, facts, text, title, headings)


def split_front_matter(content: str) -> tuple[dict[str, Any], str]:
    """Split content into the fields of its front matter and its body. Raises ValueError when that is not YAML."""
    match = _FRONT_MATTER.match(content)
    if not match:
        return {}, content
    try:
        facts = yaml.safe_load(match[1])
    except yaml.YAMLError as exc:
        raise ValueError(f"has front matter that is not YAML ({getattr(exc, 'problem', exc)})") from exc
    if not isinstance(facts, dict):  # two horizontal rules with a paragraph between them
        return {}, content
    return {str(key): value for key, value in facts.items()}, content[match.end() :]


def markdown_article(
    path: Path, facts: dict[str, Any], text: str, title: str, headings: tuple[Span, ...] = ()
) -> Article:
    """Build an article from the fields of its front matter and its text."""
    url = str(facts.get("url") or facts.get("canonical_url") or path.resolve().as_uri())
    return Article(
        id=str(facts.get("id") or digest(url)[:12]),
        source=str(path),
        url=url,
        title=title,
        text=text,
        authors=split_names(facts.get("authors") or facts.get("author")),
        outlet=str(facts.get("outlet") or facts.get("publisher") or ""),
        published=to_iso(facts.get("date") or facts.get("published")),
        updated=to_iso(facts.get("updated")),
        language=str(facts.get("language") or facts.get("lang") or ""),
        headings=headings,
    )


def _paragraphs(tokens: list[Token]) -> Iterator[Paragraph]:
    for index, token in enumerate(tokens):
        if token.type == "inline":
            text = _inline_text(token).strip()
            if text:
                yield text, tokens[index - 1].type == "heading_open"
        elif token.type in ("fence", "code_block") and token.content.strip():
            yield token.content.strip(), False


def _inline_text(token: Token) -> str:
    pieces = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
        elif child.type in ("text", "code_inline"):
            pieces.append(child.content)
    return "".join(pieces)
