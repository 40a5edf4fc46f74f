"""One line of a publisher's file: a question, and what a right answer rests on and says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.answering.messages import validate_question
from retrieval.errors import UsageError


@dataclass(frozen=True, slots=True)
class Expectation:
    """A question with the articles (ids or URLs) of which one is to be cited, and the words that are to be said."""

    line: int
    question: str
    articles: tuple[str, ...] = ()
    words: str = ""


def expected(place: str, line: int, row: Mapping[str, Any]) -> Expectation:
    """What a line expects; `gold` is another name for `article`. Raises UsageError that names the place."""
    articles, words = row.get("article") or row.get("gold") or [], row.get("answer") or ""
    articles = articles if isinstance(articles, list) else [articles]
    if not all(isinstance(name, str | int) for name in articles):
        raise UsageError(f"{place}: `article` is neither an id or URL nor a list of them.")
    if not isinstance(words, str | int | float):
        raise UsageError(f"{place}: `answer` is not text; write the words that the answer is to contain.")
    return Expectation(line, validate_question(row["question"]), tuple(map(str, articles)), str(words))
