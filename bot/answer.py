"""Claims to an answer: numbered, cited, with what a reader needs to judge how fresh it is."""

from collections.abc import Sequence

from bot.citations import cite, cite_hit
from bot.messages import Answer, Citation, Claim
from retrieval.catalog import Catalog
from retrieval.documents import Hit
from retrieval.sentences import Span

NO_ANSWER = "The articles do not answer this."
NEAREST = 3


def compose(
    question: str, standalone: str, claims: Sequence[Claim], catalog: Catalog, unmentioned: Sequence[str] = ()
) -> Answer:
    """Number each supporting span once, in the order of the text, and mark every claim with its numbers.

    Names that no article mentions make it a partial answer, and are said.
    """
    citations: list[Citation] = []
    numbers: dict[tuple[str, Span], int] = {}
    lines = []
    for claim in claims:
        marks = []
        for hit, span in claim.support:
            key = (hit.passage.article, span)
            if key not in numbers:
                numbers[key] = len(numbers) + 1
                citations.append(cite(numbers[key], catalog.article(hit.passage.article), span, claim.speaker))
            marks.append(f"[{numbers[key]}]")
        lines.append(f"{claim.text} {''.join(marks)}")
    return Answer(
        question=question,
        standalone_question=standalone,
        status="partial" if unmentioned else "answered",
        text="\n\n".join(lines),
        citations=tuple(citations),
        newest_source=max((citation.published for citation in citations), default=""),
        notes=(f"No article mentions {' or '.join(unmentioned)}.",) if unmentioned else (),
    )


def decline(question: str, standalone: str, hits: Sequence[Hit], catalog: Catalog) -> Answer:
    """The honest answer when the articles do not say, with the nearest of them offered."""
    nearest: dict[str, Citation] = {}
    for hit in hits:
        if len(nearest) < NEAREST and hit.passage.article not in nearest:
            article = catalog.article(hit.passage.article)
            nearest[article.id] = cite_hit(len(nearest) + 1, article, hit)
    return Answer(question, standalone, "no_answer", NO_ANSWER, nearest=tuple(nearest.values()))
