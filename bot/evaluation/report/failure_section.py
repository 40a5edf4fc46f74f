"""One question that was not answered rightly: what was expected, what was said, what was found instead."""

from bot.answering.messages import Citation, Status
from bot.evaluation.failure_cause import DEEP
from bot.evaluation.measure import QuestionResult
from bot.evaluation.report.html_text import filled, linked, shortened, shown
from bot.formatting import day
from retrieval.documents import Article

ANSWERS: dict[Status, str] = {"answered": "Answer", "partial": "Answer in part", "no_answer": "Declined"}
LONGEST_EXCERPT, LONGEST_ANSWER = 320, 600  # characters


def failure(result: QuestionResult) -> str:
    """The question as a section of its own."""
    expectation, said = result.expectation, shortened(result.answer.text, LONGEST_ANSWER)
    return filled(
        "failure.html",
        question=shown(expectation.question),
        line=str(expectation.line),
        expected="".join(_row("Expected article", place) for place in _expected(result)),
        rank=_row("Rank", _rank(result)) if result.articles else "",
        words=_row("Expected words", shown(expectation.words)) if expectation.words else "",
        answer=_row(ANSWERS[result.answer.status], shown(said)),
        notes="".join(_row("Note", shown(note)) for note in result.answer.notes),
        retrieved="".join(map(_retrieved, result.retrieved)) or "<li>Nothing.</li>",
    )


def _expected(result: QuestionResult) -> list[str]:
    """The articles that the index has; where it has none of them, what the file calls them."""
    return [_article(article) for article in result.articles] or [shown(name) for name in result.expectation.articles]


def _article(article: Article) -> str:
    return f"{linked(article.title or article.id, article.url)}{_facts(article.outlet, article.published)}"


def _rank(result: QuestionResult) -> str:
    return str(result.rank) if result.rank else f"not among the first {DEEP} passages"


def _retrieved(citation: Citation) -> str:
    title = linked(citation.title or citation.article, citation.deep_link)
    excerpt = shown(shortened(citation.quote, LONGEST_EXCERPT))
    facts = _facts(citation.outlet, citation.published)
    return f'<li value="{citation.number}">{title}{facts}<blockquote dir="auto">{excerpt}</blockquote></li>'


def _facts(outlet: str, published: str) -> str:
    facts = " · ".join(fact for fact in (outlet, day(published)) if fact)
    return f' <span class="facts">{shown(facts)}</span>' if facts else ""


def _row(name: str, value: str) -> str:
    return f'<div><dt>{name}</dt><dd dir="auto">{value}</dd></div>'
