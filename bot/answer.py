"""Claims to an answer: numbered, cited, with what a reader needs to judge how fresh it is."""

from collections.abc import Sequence
from dataclasses import replace

from bot.citations import cite, cite_hit
from bot.messages import Answer, Citation, Claim
from bot.remarks import in_sentences
from retrieval.catalog import Catalog
from retrieval.documents import Hit
from retrieval.search import Found
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
        for article, span in claim.support:
            key = (article, span)
            if key not in numbers:
                numbers[key] = len(numbers) + 1
                citations.append(cite(numbers[key], catalog.article(article), span, claim.speaker))
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


def decline_speaker(question: str, standalone: str, found: Found, catalog: Catalog) -> Answer:
    """The honest answer when somebody is quoted, but not on this: says so, and offers what they did speak about."""
    asked = found.asked.speech
    if not found.match.voices:
        text = f"The articles quote nobody called {asked.name if asked else 'that'}."
        return replace(decline(question, standalone, found.hits, catalog), text=text)
    names = " and ".join(voice.name for voice in found.match.likeliest.voices)
    text = f"The articles quote {names}, but not on {asked.about}." if asked and asked.about else NO_ANSWER
    offered = [
        cite(at, article, in_sentences(article, hit), hit.quote.speaker)
        for at, hit in enumerate(found.others[:NEAREST], start=1)
        for article in [catalog.article(hit.article)]
    ]
    return Answer(question, standalone, "no_answer", text, nearest=tuple(offered))
