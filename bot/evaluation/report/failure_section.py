"""Render one wrongly answered question: what was expected, the answer, and the passages found instead."""

from bot.answering.messages import Citation, Status
from bot.evaluation.failure_cause import SEARCH_DEPTH
from bot.evaluation.question_result import QuestionResult
from bot.evaluation.report.html_text import escape_text, fill_template, link, shorten
from bot.formatting import format_date
from retrieval.documents import Article

ANSWERS: dict[Status, str] = {
    "answered": "Answer",
    "partial": "Answer in part",
    "no_answer": "Declined",
    "no_question": "No question",
}
LONGEST_EXCERPT, LONGEST_ANSWER = 320, 600  # characters


def failure_section(result: QuestionResult) -> str:
    """Render the question as a section of the report."""
    expectation, answer = result.expectation, shorten(result.answer.text, LONGEST_ANSWER)
    return fill_template(
        "failure.html",
        question=escape_text(expectation.question),
        line=str(expectation.line),
        expected="".join(_row("Expected article", place) for place in _expected(result)),
        rank=_row("Rank", _rank(result)) if result.articles else "",
        words=_row("Expected words", escape_text(expectation.words)) if expectation.words else "",
        answer=_row(ANSWERS[result.answer.status], escape_text(answer)),
        notes="".join(_row("Note", escape_text(note)) for note in result.answer.notes),
        retrieved="".join(map(_retrieved, result.retrieved)) or "<li>Nothing.</li>",
    )


def _expected(result: QuestionResult) -> list[str]:
    """The expected articles; where the index has none of them, their names in the question file."""
    return [_article(article) for article in result.articles] or [
        escape_text(name) for name in result.expectation.articles
    ]


def _article(article: Article) -> str:
    return f"{link(article.title or article.id, article.url)}{_facts(article.outlet, article.published)}"


def _rank(result: QuestionResult) -> str:
    return str(result.rank) if result.rank else f"not among the first {SEARCH_DEPTH} passages"


def _retrieved(citation: Citation) -> str:
    title = link(citation.title or citation.article, citation.deep_link)
    excerpt = escape_text(shorten(citation.quote, LONGEST_EXCERPT))
    facts = _facts(citation.outlet, citation.published)
    return f'<li value="{citation.number}">{title}{facts}<blockquote dir="auto">{excerpt}</blockquote></li>'


def _facts(outlet: str, published: str) -> str:
    facts = " · ".join(fact for fact in (outlet, format_date(published)) if fact)
    return f' <span class="facts">{escape_text(facts)}</span>' if facts else ""


def _row(name: str, value: str) -> str:
    return f'<div><dt>{name}</dt><dd dir="auto">{value}</dd></div>'
