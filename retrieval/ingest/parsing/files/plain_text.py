"""Read plain text files: the first line that looks like a headline is the title; byline and date may follow it.

YAML front matter is read as in Markdown files; the body is left as it is.
"""

import re
from pathlib import Path

from retrieval.documents import Article
from retrieval.ingest.parsing.files.front_matter import field_text, split_front_matter
from retrieval.ingest.parsing.files.markdown import build_article
from retrieval.text.boilerplate import guess_headline

_BYLINE = re.compile(
    # The lookahead: so many names in a row could be told apart in millions of ways.
    r"^by (?!(?>.*? and ){12})"  # a line with so many can be split into names in thousands of ways
    r"([A-Z][\w.’'-]+(?: [\w.’'-]+){1,4}(?:(?:, | and )[A-Z][\w.’'-]+(?: [\w.’'-]+){1,3})*)$",
    re.I | re.M,
)
_DATELINE = re.compile(
    r"^(?:published|posted)?:?\s*(\w+ \d{1,2},? \d{4}|\d{1,2} \w+ \d{4}|\d{4}-\d\d-\d\d)$", re.I | re.M
)
_TOP_LENGTH = 600  # characters, in which byline and date are looked for


def read_plain_text(path: Path, content: str) -> Article:
    """The article in one text file. Raises ValueError when its front matter is not YAML."""
    fields, text = split_front_matter(content)
    byline, dateline = _BYLINE.search(text[:_TOP_LENGTH]), _DATELINE.search(text[:_TOP_LENGTH])
    found = {
        "authors": re.split(r", | and ", byline[1]) if byline else (),
        "date": dateline[1] if dateline else "",
    }
    title = field_text(fields, "title") or guess_headline(text) or _first_words(text) or path.stem
    return build_article(path, found | fields, text, title)


def _first_words(text: str) -> str:
    words = text.split()
    return " ".join(words[:10]) + (" …" if len(words) > 10 else "")
