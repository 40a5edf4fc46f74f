"""Read plain text files: the first line that looks like a headline is the title; byline and date may follow it.

YAML front matter is read as in Markdown files; the body is left as it is.
"""

import re
from pathlib import Path

from retrieval.documents import Article
from retrieval.ingest.parsing.files.front_matter import Fields, field_text, split_front_matter
from retrieval.ingest.parsing.files.markdown import build_article
from retrieval.text.boilerplate import guess_headline
from retrieval.text.dates import DateConvention, to_iso

_BYLINE = re.compile(
    # The lookahead: so many names in a row could be told apart in millions of ways.
    r"^by (?!(?>.*? and ){12})"  # a line with so many can be split into names in thousands of ways
    r"([A-Z][\w.’'-]+(?: [\w.’'-]+){1,4}(?:(?:, | and )[A-Z][\w.’'-]+(?: [\w.’'-]+){1,3})*)$",
    re.I | re.M,
)
# Characters and words of a line that is a date: `Published: Thursday, 5 May 2025, 10:30 pm`.
_MAX_DATELINE_LENGTH, _MAX_DATELINE_WORDS = 60, 7
_UPDATED = re.compile(r"(?:last )?(?:updated|modified|revised|corrected)\b", re.IGNORECASE)
_TOP_LENGTH = 600  # characters, in which byline and date are looked for


def read_plain_text(path: Path, content: str) -> Article:
    """The article in one text file. Raises ValueError when its front matter is not YAML."""
    fields, text = split_front_matter(content)
    found = facts_above(text)
    title = field_text(fields, "title") or guess_headline(text) or _first_words(text) or path.stem
    return build_article(path, found | fields, text, title)


def facts_above(text: str) -> Fields:
    """The authors, the date and the update that lines at the top of a text tell, as they are written."""
    byline, dates = _BYLINE.search(text[:_TOP_LENGTH]), _datelines(text[:_TOP_LENGTH])
    return {
        "authors": re.split(r", | and ", byline[1]) if byline else (),
        "date": next((line for line in dates if not _UPDATED.match(line)), ""),
        "updated": next((line for line in dates if _UPDATED.match(line)), ""),
    }


def _datelines(top: str) -> list[str]:
    """The lines that are dates, those that may be one of two days among them."""
    lines = (" ".join(line.split()) for line in top.splitlines()[1:])
    short = (line for line in lines if len(line) <= _MAX_DATELINE_LENGTH and len(line.split()) <= _MAX_DATELINE_WORDS)
    return [line for line in short if to_iso(line, DateConvention(day_first=True))[7:]]


def _first_words(text: str) -> str:
    words = text.split()
    return " ".join(words[:10]) + (" …" if len(words) > 10 else "")
