"""Compose answers: number and cite claims, join the answers to parts, or decline and offer the nearest articles."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answering.citations import cite_from_catalog
from bot.answering.extraction.speaker_quotes import enclosing_sentences
from bot.answering.messages import Answer, Citation, Claim, Highlight, Sentence
from bot.answering.questions.reader_strings import Phrases, english_phrases
from bot.formatting import format_date
from retrieval.catalog.archive import article_languages
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import Hit, indexed_text
from retrieval.quotes.speaker_index.merging import name_words
from retrieval.search.hybrid_search import SearchResult
from retrieval.search.quote_intent import QuoteIntent
from retrieval.text.language import language_name
from retrieval.text.sentences import Span
from retrieval.text.terms import terms

MAX_NEAREST = 3
MAX_LANGUAGES = 4  # that are named to a reader, those of the most articles
NEAR_COSINE = 0.4  # of a passage; questions on other topics than the articles' stay below
PARAGRAPH, SPACE = "\n\n", " "  # separators of extracted sentences and of generated ones

_MARKERS = re.compile(r"(?:\[\d+\])+$")  # at the end of a sentence, where composition puts them
_NUMBER = re.compile(r"\d+")


class AnswerBuilder:
    """Builds an answer claim by claim; each supporting span is numbered once, in the order of the text."""

    def __init__(self, catalog: CatalogReader, phrases: Phrases | None = None) -> None:
        self._catalog, self._phrases = catalog, phrases or english_phrases()
        self._numbers: dict[tuple[str, Span], int] = {}
        self._citations: list[Citation] = []
        self._highlights: list[Highlight] = []
        self._text = ""

    def add(self, claim: Claim, *, after: str = PARAGRAPH) -> Sentence:
        """Add a claim and return it with its citation markers; `after` separates it from the claim before."""
        known = len(self._citations)
        marks = "".join(f"[{self._number(article, span, claim)}]" for article, span in claim.support)
        lead = after if self._text else ""
        text = f"{lead}{claim.text} {marks}" if marks else f"{lead}{claim.text}"
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
        say, alternative = self._phrases.say, f" {self._phrases.say('or')} "
        notes = [say("unmentioned", names=alternative.join(unmentioned))] if unmentioned else []
        notes += [missing_part_note(part, self._phrases) for part in missing]
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


def missing_part_note(part: str, phrases: Phrases) -> str:
    """Tell the reader that a part of the question is not answered."""
    return phrases.say("unanswered_part", part=part.rstrip(" ?."))


def _highlights(answer: Span | None, cited: Span) -> tuple[Highlight, ...]:
    """The answering words within a cited span."""
    if answer is None or not (cited[0] <= answer[0] and answer[1] <= cited[1]):
        return ()
    return (Highlight(answer[0] - cited[0], answer[1] - cited[0]),)


def near_hits(found: SearchResult) -> list[Hit]:
    """The hits that are worth a look where they do not answer: near by cosine, all where there are no cosines."""
    hits = [hit for hit in found.hits if hit.dense >= NEAR_COSINE]
    return hits if any(hit.dense for hit in found.hits) else list(found.hits)


def declined_answer(
    question: str, standalone: str, hits: Sequence[Hit], catalog: CatalogReader, phrases: Phrases | None = None
) -> Answer:
    """Decline because the articles do not answer, and offer the nearest ones."""
    nearest: dict[str, Citation] = {}
    for hit in hits:
        passage = hit.passage
        if len(nearest) < MAX_NEAREST and passage.article not in nearest:
            span = (passage.start, passage.end)
            nearest[passage.article] = cite_from_catalog(catalog, len(nearest) + 1, passage.article, span)
    text = (phrases or english_phrases()).say("no_answer")
    return Answer(question, standalone, "no_answer", text, nearest=tuple(nearest.values()))


def declined_language_answer(question: str, language: str, catalog: CatalogReader, phrases: Phrases) -> Answer:
    """Decline because no article is in the question's language, and say in which ones there are articles."""
    known = [language_name(one, phrases.language) for one in article_languages(catalog)][:MAX_LANGUAGES]
    text = phrases.say("other_language", language=language_name(language, phrases.language), languages=", ".join(known))
    return Answer(question, question, "no_answer", text)


def declined_quote_answer(question: str, standalone: str, found: SearchResult, catalog: CatalogReader) -> Answer:
    """Decline, and offer the speaker's other quotes.

    That the speaker is not quoted is said only where no article has the name, that nothing is on the topic only where
    no word of it stands near: what is on it may be told in other words.
    """
    asked = found.question.quote_intent
    if not found.speaker_match.people:
        declined = declined_answer(question, standalone, near_hits(found), catalog)
        if asked is None or not asked.speaker_terms & found.question.unknown_terms:
            return declined
        return replace(declined, text=f"The articles quote nobody called {asked.speaker_name}.")
    offered = [
        cite_from_catalog(
            catalog, number, hit.article, enclosing_sentences(catalog.article(hit.article), hit), hit.quote.speaker
        )
        for number, hit in enumerate((found.other_quotes or found.speaker_quotes)[:MAX_NEAREST], start=1)
    ]
    return Answer(question, standalone, "no_answer", _declined_quotes_text(found, offered), nearest=tuple(offered))


def _declined_quotes_text(found: SearchResult, offered: Sequence[Citation]) -> str:
    """What the articles lack of a speaker's words: any of the days asked about, or a word of the topic."""
    asked, names = found.question.quote_intent, [one.name for one in found.speaker_match.dominant.speakers]
    quoted = f"The articles quote {' and '.join(names)}, but not"
    no_answer = english_phrases().say("no_answer")
    if asked and asked.topic_text:
        return no_answer if _may_speak_of_topic(found, asked) else f"{quoted} on {asked.topic_text}."
    if not (found.question.since or found.question.until):
        return no_answer
    newest = format_date(max((citation.published for citation in offered), default=""))
    return f"{quoted} in that time{f'; the newest words of theirs are of {newest}' if newest else ''}."


def _may_speak_of_topic(found: SearchResult, asked: QuoteIntent) -> bool:
    """Whether a quote of the speaker has a word of the topic near it, or a passage has one beside the surname."""
    if any(hit.score for hit in found.speaker_quotes):
        return True
    surnames = {
        term for one in found.speaker_match.people for word in name_words(one.name)[-1:] for term in terms(word)
    }
    passages = (frozenset(terms(indexed_text(hit))) for hit in found.hits)
    return any(words & asked.topic_terms and words & surnames for words in passages)


def numbered_on(sentence: Sentence, cited: int, *, after: str) -> Sentence:
    """A sentence whose citations are numbered on from those before; `after` separates it from the answer before."""

    def number_on(markers: re.Match[str]) -> str:
        return _NUMBER.sub(lambda number: str(int(number.group()) + cited), markers.group())

    return Sentence(
        after + _MARKERS.sub(number_on, sentence.text),
        tuple(replace(citation, number=citation.number + cited) for citation in sentence.citations),
        tuple(Highlight(one.start + len(after), one.end + len(after)) for one in sentence.highlights),
    )


def join_answers(
    sentences: Sequence[Sentence],
    answers: Sequence[tuple[Answer, SearchResult]],
    parts: Sequence[str],
    phrases: Phrases,
) -> tuple[Answer, SearchResult]:
    """One answer of all sentences, with what is missing in its notes."""
    citations = tuple(citation for sentence in sentences for citation in sentence.citations)
    missing = [
        missing_part_note(part, phrases) if answer.text == phrases.say("no_answer") else answer.text
        for part, (answer, _) in zip(parts, answers, strict=True)
        if answer.status == "no_answer"
    ]
    notes = dict.fromkeys(note for answer, _ in answers for note in answer.notes)
    is_partial = bool(missing) or any(answer.status == "partial" for answer, _ in answers)
    first, found = next(pair for pair in answers if pair[0].status != "no_answer")
    return replace(
        first,
        status="partial" if is_partial else "answered",
        text="".join(sentence.text for sentence in sentences),
        citations=citations,
        highlights=_joined_highlights(sentences),
        newest_source=max((citation.published for citation in citations), default=""),
        evidence=max(answer.evidence for answer, _ in answers),
        notes=(*missing, *notes),
    ), found


def _joined_highlights(sentences: Sequence[Sentence]) -> tuple[Highlight, ...]:
    """The answering words of all sentences, as characters of their joined text."""
    found, at = list[Highlight](), 0
    for sentence in sentences:
        found += [Highlight(one.start + at, one.end + at) for one in sentence.highlights]
        at += len(sentence.text)
    return tuple(found)
