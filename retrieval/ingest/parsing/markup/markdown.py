"""Markdown with front matter: what a reader sees, as plain text with the spans of its headings."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from retrieval.documents import Article, digest
from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.text.dates import iso
from retrieval.text.sentences import Span

_BETWEEN = "\n\n"
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)


def read_markdown(path: Path, content: str) -> Article:
    """The article in one Markdown file. Raises ValueError when its front matter is not YAML."""
    facts, body = split_front_matter(content)
    parts = list(_parts(MarkdownIt("commonmark").enable("table").parse(body)))
    text, headings = join(parts)
    title = str(facts.get("title") or next((part for part, is_heading in parts if is_heading), "") or path.stem)
    return article_of(path, facts, text, title, headings)


def split_front_matter(content: str) -> tuple[dict[str, Any], str]:
    """The facts in the front matter and the body. Raises ValueError when the front matter is not YAML."""
    found = _FRONT_MATTER.match(content)
    if not found:
        return {}, content
    try:
        facts = yaml.safe_load(found[1])
    except yaml.YAMLError as exc:
        raise ValueError(f"has front matter that is not YAML ({getattr(exc, 'problem', exc)})") from exc
    if not isinstance(facts, dict):  # two rules with a paragraph between them
        return {}, content
    return {str(key): value for key, value in facts.items()}, content[found.end() :]


def article_of(path: Path, facts: dict[str, Any], text: str, title: str, headings: tuple[Span, ...] = ()) -> Article:
    """An article with the facts of its front matter."""
    url = str(facts.get("url") or facts.get("canonical_url") or path.resolve().as_uri())
    return Article(
        id=str(facts.get("id") or digest(url)[:12]),
        source=str(path),
        url=url,
        title=title,
        text=text,
        authors=people(facts.get("authors") or facts.get("author")),
        outlet=str(facts.get("outlet") or facts.get("publisher") or ""),
        published=iso(facts.get("date") or facts.get("published")),
        updated=iso(facts.get("updated")),
        language=str(facts.get("language") or facts.get("lang") or ""),
        headings=headings,
    )


def people(written: Any) -> tuple[str, ...]:
    """Names from a list of strings or of objects with a name, or from one string with commas, semicolons or `and`."""
    if isinstance(written, str):
        written = written.replace(";", ",").replace(" and ", ",").split(",")
    if isinstance(written, dict):
        written = [written]
    if not isinstance(written, list | tuple):
        return ()
    names = (item.get("name") if isinstance(item, dict) else item for item in written)
    return tuple(
        storable(name.strip().removeprefix("By ").strip()) for name in names if isinstance(name, str) and name.strip()
    )


def join(parts: list[tuple[str, bool]]) -> tuple[str, tuple[Span, ...]]:
    """Paragraphs and headings to one text with a blank line between them, and the spans of the headings."""
    start, headings = 0, list[Span]()
    for part, is_heading in parts:
        if is_heading:
            headings.append((start, start + len(part)))
        start += len(part) + len(_BETWEEN)
    return _BETWEEN.join(part for part, _ in parts), tuple(headings)


def _parts(tokens: list[Token]) -> Iterator[tuple[str, bool]]:
    for at, token in enumerate(tokens):
        if token.type == "inline":
            text = _inline(token).strip()
            if text:
                yield text, tokens[at - 1].type == "heading_open"
        elif token.type in ("fence", "code_block") and token.content.strip():
            yield token.content.strip(), False


def _inline(token: Token) -> str:
    pieces = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
        elif child.type in ("text", "code_inline"):
            pieces.append(child.content)
    return "".join(pieces)
