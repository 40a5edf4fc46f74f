"""One question asked and compared with what was expected."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.citations import cite_from_catalog
from bot.answering.messages import Answer, Citation
from bot.app.build import App
from bot.evaluation.expectation import Expectation
from bot.evaluation.failure_cause import (
    ANSWER_DEPTH,
    DECLINED,
    NOT_FOUND,
    NOT_INDEXED,
    OTHER_ARTICLES_CITED,
    RANKED_TOO_LOW,
    SEARCH_DEPTH,
    WORDS_MISSING,
    WORDS_NOT_IN_ARTICLE,
    FailureCause,
)
from retrieval.catalog.reader import CatalogReader, find_article
from retrieval.documents import Article, Hit

MAX_RETRIEVED = 3  # passages that a publisher sees instead of the expected one

_MARKS = re.compile(r"\s?\[\d+\]")
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What came of one question.

    `rank` is that of the first passage of an expected article, 0 if there was none; `articles` are those expected that
    the index has; `cause` is None where the answer is right; `retrieved` are the best passages where it is not, each
    numbered by its rank.
    """

    expectation: Expectation
    answer: Answer
    rank: int
    articles: tuple[Article, ...]
    cause: FailureCause | None
    retrieved: tuple[Citation, ...] = ()


def evaluate_question(app: App, expectation: Expectation, k: int = ANSWER_DEPTH) -> QuestionResult:
    """Ask over the first `k` passages (10 at least); an expected article that is not among them is looked for below."""
    asking = app.conversation.look(expectation.question, k=max(k, ANSWER_DEPTH))
    hits, answer = asking.found.hits, asking.answer
    with app.store.catalog.snapshot() as catalog:
        known = tuple(dict.fromkeys(filter(None, (find_article(catalog, name) for name in expectation.articles))))
        wanted = {*expectation.articles, *known}
        rank, articles = _rank(hits, wanted), tuple(map(catalog.article, known))
        if _is_right(answer, expectation, wanted):
            return QuestionResult(expectation, answer, rank, articles, None)
        if known and not rank:
            rank = _rank(app.search(expectation.question, SEARCH_DEPTH, catalog=catalog).hits, wanted)
        cause = _cause(answer, expectation, rank, articles, wanted)
        return QuestionResult(expectation, answer, rank, articles, cause, _retrieved(catalog, hits))


def _rank(hits: Sequence[Hit], wanted: set[str]) -> int:
    places = ({hit.passage.article, hit.url, *hit.copies} for hit in hits)
    return next((rank for rank, found in enumerate(places, 1) if found & wanted), 0)


def _is_right(answer: Answer, expectation: Expectation, wanted: set[str]) -> bool:
    """Whether something is cited, a wanted article where one is named, and the words are said where there are any."""
    return (
        bool(answer.citations) and _cites(answer, wanted) and _normalized(expectation.words) in _normalized(answer.text)
    )


def _cites(answer: Answer, wanted: set[str]) -> bool:
    return not wanted or any(_citation_names(citation) & wanted for citation in answer.citations)


def _citation_names(citation: Citation) -> set[str]:
    """Id and URL of the article, and of those with the same text."""
    return {citation.article, citation.url, *(name for copy in citation.copies for name in (copy.article, copy.url))}


def _cause(
    answer: Answer, expectation: Expectation, rank: int, articles: Sequence[Article], wanted: set[str]
) -> FailureCause:
    """The first step at which it went wrong."""
    if wanted and not articles:
        return NOT_INDEXED
    if wanted and not _cites(answer, wanted) and not 0 < rank <= ANSWER_DEPTH:
        return RANKED_TOO_LOW if rank else NOT_FOUND
    if not answer.citations:
        return DECLINED
    if not _cites(answer, wanted):
        return OTHER_ARTICLES_CITED
    words = _normalized(expectation.words)
    is_written = not articles or any(words in _normalized(article.text) for article in articles)
    return WORDS_MISSING if is_written else WORDS_NOT_IN_ARTICLE


def _normalized(text: str) -> str:
    """The text as it is compared: without case, marks of citations, and which quotation marks and spaces are used."""
    return " ".join(_MARKS.sub("", text).translate(_STRAIGHT).casefold().split())


def _retrieved(catalog: CatalogReader, hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """The best passages; one whose article was withdrawn since is left out."""
    found = ((rank, hit.passage) for rank, hit in enumerate(hits[:MAX_RETRIEVED], 1))
    return tuple(
        cite_from_catalog(catalog, rank, passage.article, (passage.start, passage.end))
        for rank, passage in found
        if find_article(catalog, passage.article)
    )
