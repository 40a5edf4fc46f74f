"""Read Markdown files with YAML front matter as plain text, with the spans of their headings."""

from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt

from retrieval.documents import Article, digest
from retrieval.ingest.parsing.files.file_names import source_name
from retrieval.ingest.parsing.files.front_matter import Fields, field_text, split_front_matter
from retrieval.ingest.parsing.markup.authors import split_names
from retrieval.ingest.parsing.markup.decoding import storable
from retrieval.ingest.parsing.markup.paragraphs import Paragraph, join_paragraphs
from retrieval.ingest.parsing.markup.tables import row_lines
from retrieval.text.addresses.canonical_url import without_credentials
from retrieval.text.dates import date_convention, date_problem, to_iso
from retrieval.text.sentences import Span

# Characters of a paragraph; markdown-it takes quadratic time for comments that are never closed in a longer one.
_MAX_LENGTH_WITH_COMMENTS = 20_000
_COMMENTS = ("<!", "<?")  # comments, declarations and processing instructions


def read_markdown(path: Path, content: str) -> Article:
    """The article in one Markdown file. Raises ValueError when its front matter is not YAML."""
    fields, body = split_front_matter(content)
    paragraphs = list(_paragraphs(body))
    text, headings = join_paragraphs(paragraphs)
    first_heading = next((text for text, is_heading in paragraphs if is_heading), "")
    return build_article(path, fields, text, field_text(fields, "title") or first_heading or path.stem, headings)


def build_article(path: Path, fields: Fields, text: str, title: str, headings: tuple[Span, ...] = ()) -> Article:
    """Build an article from the fields of its front matter and its text."""
    url = without_credentials(field_text(fields, "url", "canonical_url")) or path.resolve().as_uri()
    published = fields.get("date") or fields.get("published")
    language = field_text(fields, "language", "lang")
    convention = date_convention(language=language, url=url)
    return Article(
        id=field_text(fields, "id") or digest(url)[:12],
        source=source_name(path),
        url=url,
        title=storable(title),
        text=text,
        authors=split_names(fields.get("authors") or fields.get("author")),
        outlet=field_text(fields, "outlet", "publisher"),
        published=to_iso(published, convention),
        updated=to_iso(fields.get("updated"), convention),
        language=language,
        headings=headings,
        warnings=tuple(filter(None, [date_problem(published, convention)])),
    )


def _paragraphs(body: str) -> Iterator[Paragraph]:
    """The paragraphs of Markdown; blocks are parsed first, then the content of one after the other, to save memory."""
    markdown = MarkdownIt("commonmark").enable("table").disable(["inline", "text_join"])
    references = dict[str, object]()
    tokens = markdown.parse(body, references)
    without_comments = MarkdownIt("commonmark").disable("html_inline")
    table = list[list[str]]()  # the rows so far of the table that the tokens are in
    for index, token in enumerate(tokens):
        if token.type == "inline":
            is_long = len(token.content) > _MAX_LENGTH_WITH_COMMENTS and any(map(token.content.count, _COMMENTS))
            text = _inline_text(without_comments if is_long else markdown, token.content, references).strip()
            before = tokens[index - 1].type
            if before in ("th_open", "td_open"):
                table[-1].append(text)
            elif text:
                yield text, before == "heading_open"
        elif token.type == "tr_open":
            table.append([])
        elif token.type == "table_close":
            yield from ((line, False) for line in row_lines(table[0], table[1:]))
            table = []
        elif token.type in ("fence", "code_block") and token.content.strip():
            yield token.content.strip(), False


def _inline_text(markdown: MarkdownIt, content: str, references: dict[str, object]) -> str:
    pieces = []
    for token in markdown.inline.parse(content, markdown, references, []):
        if token.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
        elif token.type in ("text", "text_special", "code_inline"):
            pieces.append(token.content)
    return "".join(pieces)
