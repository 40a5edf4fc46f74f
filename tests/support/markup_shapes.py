"""Markdown and HTML of hostile shapes in any size, as text_shapes.py has texts."""

from collections.abc import Callable

Shape = Callable[[int], str]

_SENTENCE = "The harbour council voted on Tuesday to close the ferry pier after divers found cracks in its pillars. "


def _repeated(unit: str, before: str = "", after: str = "") -> Shape:
    return lambda size: before + unit * (size // len(unit)) + after


def _wide_table(size: int) -> str:
    return "\n".join(f"|{cell * (size // 6)}" for cell in ("a|", "-|", "b|"))


def _deep_list(size: int) -> str:
    return "".join(f"{' ' * (2 * at)}- item\n" for at in range(int(size**0.5)))


MARKDOWN_SHAPES: dict[str, Shape] = {
    "headings": _repeated("## Head\n\n"),
    "headings with text": _repeated(f"## Who will pay\n\n{_SENTENCE}\n\n"),
    "underlined headings": _repeated("Head\n===\n"),
    "lines of one space": _repeated(" \n", _SENTENCE, _SENTENCE),
    "one run of spaces": _repeated(" ", _SENTENCE, _SENTENCE),
    "line breaks": _repeated("<br>", _SENTENCE),
    "hard line breaks": _repeated("word  \n"),
    "one paragraph of lines": _repeated("word\n"),
    "tiny paragraphs": _repeated("a\n\n"),
    "wide table": _wide_table,
    "long table": _repeated("|c|d|\n", "|a|b|\n|-|-|\n"),
    "quotations in one another": _repeated(">"),
    "lines of a quotation": _repeated("> a\n"),
    "lists in one another": _deep_list,
    "list items": _repeated("- item\n"),
    "numbered items": _repeated("1. item\n"),
    "rules": _repeated("---\n"),
    "links": _repeated("[a](http://x.example/) "),
    "brackets": _repeated("["),
    "unfinished links": _repeated("[a]("),
    "stars": _repeated("*a "),
    "backticks": lambda size: " ".join("`" * length for length in range(1, int((2 * size) ** 0.5))),
    "angle brackets": _repeated("<"),
    "addresses in brackets": _repeated("<http://a.example>"),
    "open comments": _repeated("a <!-- "),
    "entities": _repeated("&amp;"),
    "fences": _repeated("```\na\n```\n"),
    "open fence": _repeated("a\n", "```\n"),
    "boilerplate": _repeated("Read more\n\n"),
    "footers": _repeated("Comments\n\n", _SENTENCE, f"\n\n{_SENTENCE * 3}"),
    "headlines": _repeated("Pier Closes For Repairs\n\n"),
    "open front matter": _repeated("a: b\n", "---\n"),
    "names": _repeated("Ada Lo and ", "By "),
}

_HEAD = "<!doctype html><html><head><title>Pier closes for repairs</title>"
_BODY = f"</head><body><article><h1>Pier closes for repairs</h1><p>{_SENTENCE * 3}</p>"
_END = f"<p>{_SENTENCE * 3}</p></article></body></html>"


def _in_body(unit: str, before: str = "", after: str = "") -> Shape:
    return _repeated(unit, f"{_HEAD}{_BODY}{before}", f"{after}{_END}")


def _in_head(unit: str, before: str = "", after: str = "") -> Shape:
    return _repeated(unit, f"{_HEAD}{before}", f"{after}{_BODY}{_END}")


_LD = '<script type="application/ld+json">'
PAGE_SHAPES: dict[str, Shape] = {
    "paragraphs": _in_body(f"<p>{_SENTENCE}</p>"),
    "tiny paragraphs": _in_body("<p>a</p>"),
    "headings": _in_body("<h2>Head</h2>"),
    "first headings": _in_body("<h1>Head</h1>"),
    "linked headings": _in_body("<div><h2><a href='x'>Head lines</a></h2><p>a b c</p></div>"),
    "articles in one another": _in_body("<article><h2><a href='x'>Head</a></h2>"),
    "line breaks": _in_body("<br>"),
    "line breaks in a paragraph": _in_body("<br>", "<p>", "</p>"),
    "empty lines in a paragraph": _in_body("word word<br><br>", "<p>", "</p>"),
    "inline elements": _in_body("<span class=x>a</span> ", "<p>", "</p>"),
    "inline elements in one another": _in_body("<b>a", "<p>", "</p>"),
    "containers in one another": _in_body("<div>text here"),
    "lists in one another": _in_body("<ul><li>a"),
    "tables in one another": _in_body("<table><tr><td>a"),
    "list items": _in_body("<li>item</li>", "<ul>", "</ul>"),
    "links": _in_body("<a href='/x'>a link</a> ", "<p>", "</p>"),
    "wide table": _in_body("<td>a</td>", "<table><tr>", "</tr></table>"),
    "long table": _in_body("<tr><td>a</td><td>b</td></tr>", "<table>", "</table>"),
    "attributes": lambda size: f"{_HEAD}{_BODY}<p {' '.join(f'a{at}=1' for at in range(size // 9))}>a</p>{_END}",
    "classes": _in_body("share-", "<div class='", "'>a</div>"),
    "parts of a body": _in_body("<div class='article-body'><p>a b c d</p></div>"),
    "dropped parts with text between": _in_body("<div class='share'>a</div>text "),
    "walls": _in_body("<div class=paywall>a</div>"),
    "embedded posts": _in_body("<blockquote class='twitter-tweet'>a b</blockquote>"),
    "one line": _in_body("word "),
    "lines of one space": _in_body(" \n", "<p>", "</p>"),
    "line separators": _in_body("\u2028 ", "<p>", "</p>"),
    "open brackets": _in_body("<"),
    "open comments": _in_body("<!-- "),
    "repeated headline": _in_body("<p>Pier closes for repairs</p>"),
    "farewells": _in_body("<p>Sign up for x</p>"),
    "dates": _in_body("<p>12 March 2025</p>"),
    "authors in elements": _in_head("<meta name=author content='Ada Lo'>"),
    "authors in one element": _in_head("Ada Lo, ", "<meta name=author content='", "'>"),
    "title of separators": _in_head("Ada - ", "<meta property=og:title content='", "'>"),
    "authors in JSON": _in_head('"Ada Lo",', f'{_LD}{{"@type":"NewsArticle","author":[', '"Bo Li"]}</script>'),
    "wrapping of JSON": _in_head("// ", _LD, "</script>"),
    "JSON in one another": _in_head("[", _LD, "</script>"),
}
