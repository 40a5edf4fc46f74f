"""Answer the parts of a question one after the other, as one answer."""

from collections.abc import Callable, Generator, Sequence

from bot.answering.composition import PARAGRAPH, join_answers, numbered_on
from bot.answering.messages import Answer, Sentence
from bot.answering.questions.reader_strings import Phrases
from bot.service.turns.turn import AnsweringSteps, Stage
from retrieval.search.hybrid_search import SearchResult

JoinedSteps = Generator[Stage | Sentence, None, tuple[Answer, SearchResult] | None]


def answer_in_parts(
    parts: Sequence[str], answer_part: Callable[[str], AnsweringSteps], phrases: Phrases
) -> JoinedSteps:
    """Answer the parts one after the other, citations numbered on; None where the articles answer none of them.

    The answer is partial where a part has no answer, and a note says what is missing. Its search result is that of the
    first part that is answered.
    """
    sentences, answers = list[Sentence](), list[tuple[Answer, SearchResult]]()
    for part in parts:
        cited = sum(len(sentence.citations) for sentence in sentences)
        told, answer = yield from _part_sentences(answer_part(part), cited, after=PARAGRAPH if sentences else "")
        sentences += told
        answers.append(answer)
    return join_answers(sentences, answers, parts, phrases) if sentences else None


def _part_sentences(
    steps: AnsweringSteps, cited: int, *, after: str
) -> Generator[Stage | Sentence, None, tuple[list[Sentence], tuple[Answer, SearchResult]]]:
    """Pass on the events of one part, its citations numbered on; return its sentences and its answer."""
    told = list[Sentence]()
    while True:
        try:
            event = next(steps)
        except StopIteration as end:
            return told, end.value
        if isinstance(event, Sentence):
            event = numbered_on(event, cited, after="" if told else after)
            told.append(event)
        yield event
