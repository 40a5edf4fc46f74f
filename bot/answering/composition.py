"""Claims to an answer: numbered, cited, with what a reader needs to judge how fresh it is."""

from collections.abc import Sequence
from dataclasses import replace

from bot.answering.citations import cited
from bot.answering.messages import Answer, Citation, Claim, Sentence
from bot.answering.speaker_quotes import in_sentences
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit
from retrieval.search.hybrid_search import SearchResult
from retrieval.text.sentences import Span

NO_ANSWER = "The articles do not answer this."
NEAREST = 3
PARAGRAPH, SPACE = "\n\n", " "  # between sentences of the articles, and between those of a model


class Composition:
    """An answer that grows by one claim at a time, each with the numbers of its sources.

    Each supporting span is numbered once, in the order of the text.
    """

    def __init__(self, catalog: CatalogReader) -> None:
        self._catalog = catalog
        self._numbers: dict[tuple[str, Span], int] = {}
        self._citations: list[Citation] = []
        self._text = ""

    def add(self, claim: Claim, *, after: str = PARAGRAPH) -> Sentence:
        """The claim with its markers; `after` stands between it and the one before."""
        known = len(self._citations)
        marks = "".join(f"[{self._number(article, span, claim.speaker)}]" for article, span in claim.support)
        text = f"{after if self._text else ''}{claim.text} {marks}"
        self._text += text
        return Sentence(text, tuple(self._citations[known:]))

    @property
    def has_text(self) -> bool:
        """Whether anything has been said."""
        return bool(self._text)

    def answer(self, question: str, standalone: str, unmentioned: Sequence[str] = ()) -> Answer:
        """What has been said so far; names that no article mentions make it partial, and are said."""
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
        key = (article, span)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self._citations.append(cited(self._catalog, self._numbers[key], article, span, speaker))
        return self._numbers[key]


def decline(question: str, standalone: str, hits: Sequence[Hit], catalog: CatalogReader) -> Answer:
    """The honest answer when the articles do not say, with the nearest of them offered."""
    nearest: dict[str, Citation] = {}
    for hit in hits:
        passage = hit.passage
        if len(nearest) < NEAREST and passage.article not in nearest:
            span = (passage.start, passage.end)
            nearest[passage.article] = cited(catalog, len(nearest) + 1, passage.article, span)
    return Answer(question, standalone, "no_answer", NO_ANSWER, nearest=tuple(nearest.values()))


def decline_speaker(question: str, standalone: str, found: SearchResult, catalog: CatalogReader) -> Answer:
    """The honest answer when somebody is quoted, but not on this: says so, and offers what they did speak about."""
    asked = found.asked.speech
    if not found.match.voices:
        text = f"The articles quote nobody called {asked.name if asked else 'that'}."
        return replace(decline(question, standalone, found.hits, catalog), text=text)
    names = " and ".join(voice.name for voice in found.match.likeliest.voices)
    text = f"The articles quote {names}, but not on {asked.about}." if asked and asked.about else NO_ANSWER
    offered = [
        cited(catalog, at, hit.article, in_sentences(catalog.article(hit.article), hit), hit.quote.speaker)
        for at, hit in enumerate(found.others[:NEAREST], start=1)
    ]
    return Answer(question, standalone, "no_answer", text, nearest=tuple(offered))
