"""Plain text: the first line that reads like a headline is the title; a byline and a date may follow it.

A text with front matter is read like Markdown as far as the facts go, its body stays as it is.
"""

import re
from pathlib import Path

from retrieval.documents import Article
from retrieval.ingest.parsing.markup import markdown
from retrieval.text.boilerplate import headline

_BYLINE = re.compile(
    r"^by ([A-Z][\w.’'-]+(?: [\w.’'-]+){1,4}(?:(?:, | and )[A-Z][\w.’'-]+(?: [\w.’'-]+){1,3})*)$", re.I | re.M
)
_DATELINE = re.compile(
    r"^(?:published|posted)?:?\s*(\w+ \d{1,2},? \d{4}|\d{1,2} \w+ \d{4}|\d{4}-\d\d-\d\d)$", re.I | re.M
)
_TOP = 600  # characters; a byline stands here or nowhere


def read_plain_text(path: Path, content: str) -> Article:
    """The article in one text file. Raises ValueError when its front matter is not YAML."""
    facts, text = markdown.split_front_matter(content)
    byline, dateline = _BYLINE.search(text[:_TOP]), _DATELINE.search(text[:_TOP])
    found = {
        "authors": re.split(r", | and ", byline[1]) if byline else (),
        "date": dateline[1] if dateline else "",
    }
    title = str(facts.get("title") or headline(text) or _first_words(text) or path.stem)
    return markdown.article_of(path, found | facts, text, title)


def _first_words(text: str) -> str:
    words = text.split()
    return " ".join(words[:10]) + (" …" if len(words) > 10 else "")
