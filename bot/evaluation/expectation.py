"""Parse a line of a publisher's question file: a question, and what a right answer cites and says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.answering.messages import validate_question
from retrieval.errors import UsageError


@dataclass(frozen=True, slots=True)
class Expectation:
    """A question, the articles (ids or URLs) of which an answer must cite one, and the words that it must contain."""

    line: int
    question: str
    articles: tuple[str, ...] = ()
    words: str = ""


def parse_expectation(place: str, line: int, row: Mapping[str, Any]) -> Expectation:
    """Parse one line; `gold` is another name for `article`. Raises UsageError that names `place`."""
    articles, words = row.get("article") or row.get("gold") or [], row.get("answer") or ""
    articles = articles if isinstance(articles, list) else [articles]
    if not all(isinstance(name, str | int) for name in articles):
        raise UsageError(f"{place}: `article` is neither an id or URL nor a list of them.")
    if not isinstance(words, str | int | float):
        raise UsageError(f"{place}: `answer` is not text; write the words that the answer is to contain.")
    return Expectation(line, validate_question(row["question"]), tuple(map(str, articles)), str(words))
