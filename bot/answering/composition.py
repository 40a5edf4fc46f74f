"""Compose answers: number and cite claims, or decline and offer the nearest articles."""

from collections.abc import Sequence
from dataclasses import replace

from bot.answering.citations import cite_from_catalog
from bot.answering.messages import Answer, Citation, Claim, Sentence
from bot.answering.speaker_quotes import enclosing_sentences
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit
from retrieval.search.hybrid_search import SearchResult
from retrieval.text.sentences import Span

NO_ANSWER = "The articles do not answer this."
MAX_NEAREST = 3
PARAGRAPH, SPACE = "\n\n", " "  # separators of extracted sentences and of generated ones


class AnswerBuilder:
    """Builds an answer claim by claim; each supporting span is numbered once, in the order of the text."""

    def __init__(self, catalog: CatalogReader) -> None:
        self._catalog = catalog
        self._numbers: dict[tuple[str, Span], int] = {}
        self._citations: list[Citation] = []
        self._text = ""

    def add(self, claim: Claim, *, after: str = PARAGRAPH) -> Sentence:
        """Add a claim and return it with its citation markers; `after` separates it from the claim before."""
        known = len(self._citations)
        marks = "".join(f"[{self._number(article, span, claim.speaker)}]" for article, span in claim.support)
        text = f"{after if self._text else ''}{claim.text} {marks}"
        self._text += text
        return Sentence(text, tuple(self._citations[known:]))

    @property
    def has_text(self) -> bool:
        """Whether any claim has been added."""
        return bool(self._text)

    def answer(self, question: str, standalone: str, unmentioned: Sequence[str] = ()) -> Answer:
        """Return the answer of the claims so far; names that no article mentions make it partial and are noted."""
        return Answer(
            question=question,
            standalone_question=standalone,
            status="partial" if unmentioned else "answered",
            text=self._text,
            citations=tuple(self._citations),
            newest_source=max((citation.published for citation in self._citations), default=""),
            notes=(f"No article mentions {' or '.join(unmentioned)}.",) if unmentioned else (),
        )

    def _number(self, article: str, span: Span, speaker: str) -> int:
        """The number of a span's citation; cites it at its first use."""
        key = (article, span)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self._citations.append(cite_from_catalog(self._catalog, self._numbers[key], article, span, speaker))
        return self._numbers[key]


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
        return replace(declined_answer(question, standalone, found.hits, catalog), text=text)
    names = " and ".join(voice.name for voice in found.speaker_match.dominant.speakers)
    text = f"The articles quote {names}, but not on {asked.topic_text}." if asked and asked.topic_text else NO_ANSWER
    offered = [
        cite_from_catalog(
            catalog, number, hit.article, enclosing_sentences(catalog.article(hit.article), hit), hit.quote.speaker
        )
        for number, hit in enumerate(found.other_quotes[:MAX_NEAREST], start=1)
    ]
    return Answer(question, standalone, "no_answer", text, nearest=tuple(offered))
