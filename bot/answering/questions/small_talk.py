"""Answer turns that are no questions with one friendly line."""

from collections.abc import Callable

from bot.answering.messages import Answer
from bot.answering.questions.reader_strings import Phrases
from retrieval.models.turn_kinds import TalkKind

CATALOG = "catalog"  # `answered_by` of answers that were made without a search


def talk_answer(question: str, kind: TalkKind, phrases: Phrases, examples: Callable[[], tuple[str, ...]]) -> Answer:
    """Say the line for a turn that is no question, with example questions where its kind takes them."""
    suggestions = examples() if phrases.takes_examples(kind) else ()
    return Answer(question, question, "no_question", phrases.line(kind), answered_by=CATALOG, suggestions=suggestions)
