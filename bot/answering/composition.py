"""Compose answers: number and cite claims, or decline and offer the nearest articles."""

from collections.abc import Sequence
from dataclasses import replace

from bot.answering.citations import cite_from_catalog
from bot.answering.extraction.speaker_quotes import enclosing_sentences
from bot.answering.messages import Answer, Citation, Claim, Highlight, Sentence
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit
from retrieval.search.hybrid_search import SearchResult
from retrieval.text.sentences import Span

NO_ANSWER = "The articles do not answer this."
MAX_NEAREST = 3
NEAR_COSINE = 0.4  # of a passage; questions on other topics than the articles' stay below
PARAGRAPH, SPACE = "\n\n", " "  # separators of extracted sentences and of generated ones


class AnswerBuilder:
    """Builds an answer claim by claim; each supporting span is numbered once, in the order of the text."""

    def __init__(self, catalog: CatalogReader) -> None:
        self._catalog = catalog
        self._numbers: dict[tuple[str, Span], int] = {}
        self._citations: list[Citation] = []
        self._highlights: list[Highlight] = []
        self._text = ""

    def add(self, claim: Claim, *, after: str = PARAGRAPH) -> Sentence:
        """Add a claim and return it with its citation markers; `after` separates it from the claim before."""
        known = len(self._citations)
        marks = "".join(f"[{self._number(article, span, claim)}]" for article, span in claim.support)
        lead = after if self._text else ""
        text = f"{lead}{claim.text} {marks}"
        answers = [claim.answer] if claim.answer else []
        found = [Highlight(len(lead) + start, len(lead) + end) for start, end in answers]
        self._highlights += [Highlight(len(self._text) + one.start, len(self._text) + one.end) for one in found]
        self._text += text
        return Sentence(text, tuple(self._citations[known:]), tuple(found))

    @property
    def has_text(self) -> bool:
        """Whether any claim has been added."""
        return bool(self._text)

    def answer(
        self, question: str, standalone: str, unmentioned: Sequence[str] = (), missing: Sequence[str] = ()
    ) -> Answer:
        """Return the answer of the claims so far.

        Names that no article mentions and parts of the question that are not answered make it partial, and are noted.
        """
        notes = [f"No article mentions {' or '.join(unmentioned)}."] if unmentioned else []
        notes += [f"The articles do not answer this part: {part.rstrip(' ?.')}?" for part in missing]
        return Answer(
            question=question,
            standalone_question=standalone,
            status="partial" if notes else "answered",
            text=self._text,
            citations=tuple(self._citations),
            highlights=tuple(self._highlights),
            newest_source=max((citation.published for citation in self._citations), default=""),
            notes=tuple(notes),
        )

    def _number(self, article: str, span: Span, claim: Claim) -> int:
        """The number of a span's citation; cites it at its first use."""
        key = (article, span)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            citation = cite_from_catalog(self._catalog, self._numbers[key], article, span, claim.speaker)
            self._citations.append(replace(citation, highlights=_highlights(claim.cited_answer, span)))
        return self._numbers[key]


def _highlights(answer: Span | None, cited: Span) -> tuple[Highlight, ...]:
    """The answering words within a cited span."""
    if answer is None or not (cited[0] <= answer[0] and answer[1] <= cited[1]):
        return ()
    return (Highlight(answer[0] - cited[0], answer[1] - cited[0]),)


def near_hits(found: SearchResult) -> list[Hit]:
    """The hits that are worth a look where they do not answer: near by cosine, all where there are no cosines."""
    hits = [hit for hit in found.hits if hit.dense >= NEAR_COSINE]
    return hits if any(hit.dense for hit in found.hits) else list(found.hits)


def declined_answer(question: str, standalone: str, hits: Sequence[Hit], catalog: CatalogReader) -> Answer:
    """Decline because the articles do not answer, and offer the nearest ones."""
    nearest: dict[str, Citation] = {}
    for hit in hits:
        passage = hit.passage
        if len(nearest) < MAX_NEAREST and passage.article not in nearest:
            span = (passage.start, passage.end)
            nearest[passage.article] = cite_from_catalog(catalog, len(nearest) + 1, passage.article, span)
    return Answer(question, standalone, "no_answer", NO_ANSWER, nearest=tuple(nearest.values()))


def declined_quote_answer(question: str, standalone: str, found: SearchResult, catalog: CatalogReader) -> Answer:
    """Decline because the speaker is not quoted, or not on this topic, and offer the speaker's other quotes."""
    asked = found.question.quote_intent
    if not found.speaker_match.speakers:
        text = f"The articles quote nobody called {asked.speaker_name if asked else 'that'}."
        return replace(declined_answer(question, standalone, near_hits(found), catalog), text=text)
    names = " and ".join(voice.name for voice in found.speaker_match.dominant.speakers)
    text = f"The articles quote {names}, but not on {asked.topic_text}." if asked and asked.topic_text else NO_ANSWER
    offered = [
        cite_from_catalog(
            catalog, number, hit.article, enclosing_sentences(catalog.article(hit.article), hit), hit.quote.speaker
        )
        for number, hit in enumerate(found.other_quotes[:MAX_NEAREST], start=1)
    ]
    return Answer(question, standalone, "no_answer", text, nearest=tuple(offered))
