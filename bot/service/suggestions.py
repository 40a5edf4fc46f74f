"""Suggest questions that the articles can answer: opening questions, and follow-ups to an answer.

Each asks what a speaker said and is searched for before it is offered, so that no suggestion ends in a refusal.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from threading import Lock

from bot.answering.messages import Answer
from retrieval.catalog import quote_table
from retrieval.catalog.catalog import Catalog
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import QuoteHit
from retrieval.index import pending
from retrieval.quotes.speaker_index.lookup import SpeakerMatch
from retrieval.search.hybrid_search import Search, SearchResult
from retrieval.search.quote_search import MOST_QUOTED_NAMES

MAX_OPENING_QUESTIONS, MAX_FOLLOW_UPS = 3, 2
MAX_SPEAKERS = 12  # most quoted people whose quotes become opening questions
MIN_TOPIC_SHARE = 0.75  # of a suggested question that its best quote speaks of
MAX_SEARCHES = 8  # candidate questions that are searched for; fewer suggestions are offered after that

# A noun, approximately: it follows an article or a preposition, and is followed by what seldom follows an adjective.
_AFTER_NOUN = (
    r"(?=[,.;:!?”\"]|\s+(?:and|or|of|in|on|at|to|that|is|was|are|were|will|would|has|have|had|for|from|by|with|if|unless)"
    r"\b)"
)
_TOPIC = re.compile(
    rf"\b((?:the|an?|our|their)\s+[a-z]{{5,}}){_AFTER_NOUN}|"
    rf"\b(?:make|about|of|on|for|over|against)\s+([a-z]{{6,}}){_AFTER_NOUN}"
)


def opening_questions(search: Search, catalog: CatalogReader, most: int = MAX_OPENING_QUESTIONS) -> tuple[str, ...]:
    """Suggest questions about what the most quoted people say, each about another person where there are enough."""
    quote_search = search.quote_search(catalog)
    people = [voice for voice in quote_search.speakers(limit=MOST_QUOTED_NAMES) if voice.is_person][:MAX_SPEAKERS]
    quotes = (quote_search.quotes_by(SpeakerMatch((voice,)), Filters()) for voice in people)
    by_person = [list(islice(_quote_questions(hits), 2)) for hits in quotes]
    first = [questions[0] for questions in by_person if questions]
    second = [question for questions in by_person for question in questions[1:]]
    without_topic = [f"What did {voice.name} say?" for voice in people]
    return _answerable([*first, *second, *without_topic], search, catalog, most)


class ExampleQuestions:
    """The opening questions of an index, made again when it changes; thread-safe."""

    def __init__(self, search: Search, catalog: Catalog) -> None:
        self._search, self._catalog = search, catalog
        self._lock, self._cached = Lock(), ("", tuple[str, ...]())

    def __call__(self) -> tuple[str, ...]:
        """Up to three questions."""
        state = f"{pending.vector_generation(self._catalog)} {self._catalog.last_run()}"
        with self._lock:
            if self._cached[0] != state:
                with self._catalog.snapshot() as catalog:
                    self._cached = (state, opening_questions(self._search, catalog))
            return self._cached[1]


def follow_up_questions(
    answer: Answer, search: Search, catalog: CatalogReader, most: int = MAX_FOLLOW_UPS
) -> tuple[str, ...]:
    """Suggest questions about the other quotes in the articles that an answer cites."""
    articles = dict.fromkeys(citation.article for citation in answer.citations)
    cited = {(citation.article, citation.start) for citation in answer.citations}
    answered = {citation.speaker for citation in answer.citations}
    hits = [hit for article in articles for hit in quote_table.quotes_of_article(catalog, article)]
    others = [hit for hit in hits if hit.quote.is_person and (hit.article, hit.quote.start) not in cited]
    others.sort(key=lambda hit: hit.quote.speaker in answered)  # other speakers first
    candidates = (question for question in _quote_questions(others) if question != answer.question)
    return _answerable(candidates, search, catalog, most)


def _quote_questions(hits: Iterable[QuoteHit]) -> Iterator[str]:
    """Ask what the speaker of each quote said about each topic that the quote names, each question once."""
    seen = set[str]()
    for hit in hits:
        for topic in _TOPIC.finditer(hit.quote.words):
            question = f"What did {hit.quote.speaker} say about {topic[1] or topic[2]}?"
            if hit.quote.is_said and hit.quote.speaker and question not in seen and not question.endswith("ing?"):
                seen.add(question)
                yield question


def _answerable(questions: Iterable[str], search: Search, catalog: CatalogReader, most: int) -> tuple[str, ...]:
    """Return the first `most` questions that quotes answer."""
    candidates = islice(dict.fromkeys(questions), MAX_SEARCHES)
    answered = (question for question in candidates if _is_answered(search(question, catalog=catalog)))
    return tuple(islice(answered, most))


def _is_answered(found: SearchResult) -> bool:
    """Whether a quote speaks of what the question asks about: it was made from one, so no reading is needed."""
    return any(hit.score >= MIN_TOPIC_SHARE for hit in found.speaker_quotes[:1])
