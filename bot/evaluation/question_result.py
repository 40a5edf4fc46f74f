"""Ask one question and compare its answer with what was expected."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.citations import cite_from_catalog
from bot.answering.messages import Answer, Citation
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
from bot.service.conversation import Conversation
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.reader import CatalogReader, find_article
from retrieval.documents import Article, Hit
from retrieval.search.hybrid_search import Search

MAX_RETRIEVED = 3  # passages that the report shows where the expected one was not found

_MARKS = re.compile(r"\s?\[\d+\]")
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """The outcome of one question.

    `rank` is the rank of the first passage of an expected article, 0 where there is none; `articles` are the expected
    articles that are in the index; `cause` is None where the answer is right; `retrieved` are the best passages where
    it is wrong, numbered by rank.
    """

    expectation: Expectation
    answer: Answer
    rank: int
    articles: tuple[Article, ...]
    cause: FailureCause | None
    retrieved: tuple[Citation, ...] = ()


def evaluate_question(
    expectation: Expectation,
    k: int = ANSWER_DEPTH,
    *,
    conversation: Conversation,
    search: Search,
    catalog: Catalog,
) -> QuestionResult:
    """Ask a question over the first `k` passages, at least ANSWER_DEPTH, and compare the answer with the expectation.

    The rank of an expected article that is not among them is searched for in the first SEARCH_DEPTH passages.
    """
    trace = conversation.ask_with_trace(expectation.question, k=max(k, ANSWER_DEPTH))
    hits, answer = trace.search_result.hits, trace.answer
    with catalog.snapshot() as snapshot:
        known = tuple(dict.fromkeys(filter(None, (find_article(snapshot, name) for name in expectation.articles))))
        expected = {*expectation.articles, *known}
        rank, articles = _rank(hits, expected), tuple(map(snapshot.article, known))
        if _is_correct(answer, expectation, expected):
            return QuestionResult(expectation, answer, rank, articles, None)
        if known and not rank:
            rank = _rank(search(expectation.question, SEARCH_DEPTH, catalog=snapshot).hits, expected)
        cause = _cause(answer, expectation, rank, articles, expected)
        return QuestionResult(expectation, answer, rank, articles, cause, _retrieved(snapshot, hits))


def _rank(hits: Sequence[Hit], expected: set[str]) -> int:
    places = ({hit.passage.article, hit.url, *hit.copies} for hit in hits)
    return next((rank for rank, found in enumerate(places, 1) if found & expected), 0)


def _is_correct(answer: Answer, expectation: Expectation, expected: set[str]) -> bool:
    """Whether the answer cites an expected article (any article where none is expected) and has the expected words."""
    return (
        bool(answer.citations)
        and _cites(answer, expected)
        and _normalized(expectation.words) in _normalized(answer.text)
    )


def _cites(answer: Answer, expected: set[str]) -> bool:
    return not expected or any(_citation_names(citation) & expected for citation in answer.citations)


def _citation_names(citation: Citation) -> set[str]:
    """The ids and URLs of the cited article and of its copies."""
    return {citation.article, citation.url, *(name for copy in citation.copies for name in (copy.article, copy.url))}


def _cause(
    answer: Answer, expectation: Expectation, rank: int, articles: Sequence[Article], expected: set[str]
) -> FailureCause:
    """The first stage at which the question failed."""
    if expected and not articles:
        return NOT_INDEXED
    if expected and not _cites(answer, expected) and not 0 < rank <= ANSWER_DEPTH:
        return RANKED_TOO_LOW if rank else NOT_FOUND
    if not answer.citations:
        return DECLINED
    if not _cites(answer, expected):
        return OTHER_ARTICLES_CITED
    expected_words = _normalized(expectation.words)
    in_article = not articles or any(expected_words in _normalized(article.text) for article in articles)
    return WORDS_MISSING if in_article else WORDS_NOT_IN_ARTICLE


def _normalized(text: str) -> str:
    """A text for comparison: without case and citation markers, with one kind of quotation marks and of white space."""
    return " ".join(_MARKS.sub("", text).translate(_STRAIGHT).casefold().split())


def _retrieved(catalog: CatalogReader, hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """Cite the best passages, except those whose article was withdrawn since the search."""
    found = ((rank, hit.passage) for rank, hit in enumerate(hits[:MAX_RETRIEVED], 1))
    return tuple(
        cite_from_catalog(catalog, rank, passage.article, (passage.start, passage.end))
        for rank, passage in found
        if find_article(catalog, passage.article)
    )
