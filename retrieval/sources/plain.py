"""Plain text: the first line that reads like a headline is the title; a byline and a date may follow it."""

import re
from pathlib import Path

from retrieval.clean import headline
from retrieval.dates import iso
from retrieval.documents import Article, digest

_BYLINE = re.compile(r"^by ([A-Z][\w.’'-]+(?: [\w.’'-]+){1,4}(?:(?:, | and )[A-Z][\w.’'-]+(?: [\w.’'-]+){1,3})*)$", re.I | re.M)
_DATELINE = re.compile(r"^(?:published|posted)?:?\s*(\w+ \d{1,2},? \d{4}|\d{1,2} \w+ \d{4}|\d{4}-\d\d-\d\d)$", re.I | re.M)
_TOP = 600  # characters; a byline stands here or nowhere


def read(path: Path, text: str) -> Article:
    """The article in one text file."""
    byline, dateline = _BYLINE.search(text[:_TOP]), _DATELINE.search(text[:_TOP])
    return Article(
        id=digest(path.resolve().as_uri())[:12],
        source=str(path),
        url=path.resolve().as_uri(),
        title=headline(text) or _first_words(text) or path.stem,
        text=text,
        authors=tuple(re.split(r", | and ", byline[1])) if byline else (),
        published=iso(dateline[1]) if dateline else "",
    )


def _first_words(text: str) -> str:
    words = text.split()
    return " ".join(words[:10]) + (" …" if len(words) > 10 else "")
