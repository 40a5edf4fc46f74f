"""Questions that the articles can answer: to begin with, and to go on with after an answer.

Each asks for somebody's words and is searched for before it is offered, so that none of them ends in a refusal.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from bot.answering.messages import Answer
from bot.answering.speaker_quotes import quote_claims
from retrieval.catalog.filters import Filters
from retrieval.catalog.reader import CatalogReader
from retrieval.documents import QuoteHit
from retrieval.quotes import quote_table
from retrieval.quotes.speakers.speaker_index import SpeakerMatch
from retrieval.search.hybrid_search import Search
from retrieval.search.quote_search import LEADING

OPENERS, FOLLOW_UPS = 3, 2
MOST_VOICES = 12  # that are looked at for openers
MOST_TRIED = 8  # questions that are searched for before it is left at fewer

# A noun, as well as that can be told: it follows an article or a preposition, and what follows it follows no adjective.
_NEXT = (
    r"(?=[,.;:!?”\"]|\s+(?:and|or|of|in|on|at|to|that|is|was|are|were|will|would|has|have|had|for|from|by|with|if|unless)"
    r"\b)"
)
_TOPIC = re.compile(
    rf"\b((?:the|an?|our|their)\s+[a-z]{{5,}}){_NEXT}|\b(?:make|about|of|on|for|over|against)\s+([a-z]{{6,}}){_NEXT}"
)


def openers(search: Search, catalog: CatalogReader, most: int = OPENERS) -> tuple[str, ...]:
    """Questions about what those say who are quoted most, each about somebody else where there are enough."""
    record = search.record(catalog)
    people = [voice for voice in record.voices(most=LEADING) if voice.is_person][:MOST_VOICES]
    about = (record.of(SpeakerMatch((voice,)), Filters()) for voice in people)
    asked = [list(islice(_questions(hits), 2)) for hits in about]
    first = [questions[0] for questions in asked if questions]
    second = [question for questions in asked for question in questions[1:]]
    plain = [f"What did {voice.name} say?" for voice in people]
    return _answerable([*first, *second, *plain], search, catalog, most)


def follow_ups(answer: Answer, search: Search, catalog: CatalogReader, most: int = FOLLOW_UPS) -> tuple[str, ...]:
    """Questions about what else is said in the articles that an answer cites."""
    articles = dict.fromkeys(citation.article for citation in answer.citations)
    cited = {(citation.article, citation.start) for citation in answer.citations}
    said = {citation.speaker for citation in answer.citations}
    hits = [hit for article in articles for hit in quote_table.of_article(catalog.db, article)]
    others = [hit for hit in hits if hit.quote.is_person and (hit.article, hit.quote.start) not in cited]
    others.sort(key=lambda hit: hit.quote.speaker in said)
    asked = (question for question in _questions(others) if question != answer.question)
    return _answerable(asked, search, catalog, most)


def _questions(hits: Iterable[QuoteHit]) -> Iterator[str]:
    seen = set[str]()
    for hit in hits:
        for topic in _TOPIC.finditer(hit.quote.words):
            question = f"What did {hit.quote.speaker} say about {topic[1] or topic[2]}?"
            if hit.quote.said and hit.quote.speaker and question not in seen and not question.endswith("ing?"):
                seen.add(question)
                yield question


def _answerable(questions: Iterable[str], search: Search, catalog: CatalogReader, most: int) -> tuple[str, ...]:
    tried = islice(dict.fromkeys(questions), MOST_TRIED)
    return tuple(islice((one for one in tried if quote_claims(search(one, catalog=catalog), catalog)), most))
